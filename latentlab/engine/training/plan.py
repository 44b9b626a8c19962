"""How to train: the numbers of a training, and what follows from them at each step. Torch-free.

learning rate   up in a line over `warmup_steps`, then down along a cosine to `final_rate` of it
weight of KL    beta_start + (beta - beta_start) * ramp;   ramp goes 0 to 1 over `beta_warmup_steps`, or, with
                `beta_cycles`, up over the first half of each cycle and stays at 1 over the second (Fu et
                al., Cyclical Annealing Schedule, 2019)

Begun with a beta far above the last, z says nothing at first, and a conditional decoder learns all it can
from what it is told; what z learns afterwards is what it was not told.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass

from latentlab.core.figures import FiguresSpec
from latentlab.errors import LabError
from latentlab.models.objectives.figures import DENOISING, ELBO, LABELS

PRECISIONS = ("auto", "fp32", "bf16")


@dataclass(frozen=True)
class TrainingPlan:
    """How to train.

    Attributes:
        epochs: passes over the data.
        batch: pictures a step.
        learning_rate: its highest value, reached after `warmup_steps`.
        warmup_steps: steps over which the learning rate rises from 0.
        final_rate: the share of the learning rate that is left at the end of the cosine.
        weight_decay: decoupled (AdamW), per unit of learning rate; on matrices, not on biases and norms.
        gradient_norm: gradients longer than this are shortened to it.
        beta: the weight of the KL; 1 for a VAE.
        beta_start: the weight that the warm-up, or each cycle, begins with.
        beta_warmup_steps: steps over which that weight becomes `beta`.
        beta_cycles: how often it begins anew over the whole training; 0 for never.
        importance_samples: K, the draws of z in the bound that is maximised. 1 is the ELBO; more make the
            tighter bound of an importance-weighted autoencoder (Burda et al. 2016).
        importance_from: the share of the steps before which it is the ELBO all the same, which is learnt
            K times as fast.
        ema_decay: how much of the averaged weights each step keeps.
        binarise_input: whether the encoder is shown, in training, black and white pictures drawn with
            the grey levels as probabilities, other ones each time. It can no longer learn pictures by
            heart, and its posteriors fit held-out ones better; the decoder is judged on the greys.
        seed: decides the order of the pictures and the noise (the first weights are the model's).
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32", "bf16", or "auto": the faster of the two on this machine.
        threads: CPU threads; 0 takes the better of 1 and all, measured at the start.
    """

    epochs: int = 20
    batch: int = 128
    learning_rate: float = 1e-3
    warmup_steps: int = 500
    final_rate: float = 0.01
    weight_decay: float = 0.0
    gradient_norm: float = 100.0
    beta: float = 1.0
    beta_start: float = 0.0
    beta_warmup_steps: int = 0
    beta_cycles: int = 0
    importance_samples: int = 1
    importance_from: float = 0.0
    ema_decay: float = 0.999
    binarise_input: bool = False
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"
    threads: int = 0

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate of step 0 .. steps - 1."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        progress = (step - self.warmup_steps) / max(1, steps - self.warmup_steps)
        low = self.final_rate
        return self.learning_rate * (low + (1.0 - low) * 0.5 * (1.0 + math.cos(math.pi * progress)))

    def beta_at(self, step: int, steps: int, beta: float) -> float:
        """The weight of the KL at step 0 .. steps - 1, on its way to `beta`."""
        return self.beta_start + (beta - self.beta_start) * self.ramp_at(step, steps)

    def ramp_at(self, step: int, steps: int) -> float:
        """How much of the way from `beta_start` has been gone at step 0 .. steps - 1."""
        if self.beta_cycles:
            cycle = max(1.0, steps / self.beta_cycles)
            return min(1.0, 2.0 * ((step % cycle) + 1.0) / cycle)
        if step >= self.beta_warmup_steps:
            return 1.0
        return (step + 1) / self.beta_warmup_steps

    def samples_at(self, step: int, steps: int) -> int:
        """The draws of z a picture at step 0 .. steps - 1."""
        return self.importance_samples if step >= self.importance_from * steps else 1


# What suits the objective of a kind of model better than the defaults.
_USUAL: Mapping[str, TrainingPlan] = {
    "ddpm": TrainingPlan(epochs=10, batch=64, gradient_norm=1.0),
    "classifier": TrainingPlan(
        epochs=6, learning_rate=2e-3, warmup_steps=200, weight_decay=0.02, gradient_norm=1.0
    ),
}
_FIGURES: Mapping[str, FiguresSpec] = {"ddpm": DENOISING, "classifier": LABELS}
# What means nothing to a model without latents.
_OF_LATENTS = frozenset(
    {"beta", "beta_start", "beta_warmup_steps", "beta_cycles", "importance_samples", "importance_from",
     "binarise_input"}
)  # fmt: skip


def usual_plan(kind: str) -> TrainingPlan:
    """The plan to begin with for a kind of model."""
    return _USUAL.get(kind, TrainingPlan())


def means_something(field: str, kind: str) -> bool:
    """Whether a field of the plan has any bearing on a kind of model."""
    return figures_of(kind).by_beta or field not in _OF_LATENTS


def figures_of(kind: str) -> FiguresSpec:
    """What a training of such a model tells."""
    return _FIGURES.get(kind, ELBO)


def has_plane(kind: str) -> bool:
    """Whether such a model has a latent space that can be followed while it learns."""
    return figures_of(kind).by_beta


def is_drawn_from(kind: str) -> bool:
    """Whether pictures are drawn from such a model, step by step, while it learns."""
    return figures_of(kind) is DENOISING


# What a number of the plan may be: (lowest, highest).
RANGES: Mapping[str, tuple[float, float]] = {
    "epochs": (1, 100_000),
    "batch": (1, 100_000),
    "learning_rate": (1e-9, 10.0),
    "warmup_steps": (0, 10_000_000),
    "final_rate": (0.0, 1.0),
    "weight_decay": (0.0, 10.0),
    "gradient_norm": (1e-6, 1e9),
    "beta": (0.0, 1e4),
    "beta_start": (0.0, 1e4),
    "beta_warmup_steps": (0, 10_000_000),
    "beta_cycles": (0, 1000),
    "importance_samples": (1, 1000),
    "importance_from": (0.0, 1.0),
    "ema_decay": (0.0, 1.0),
    "seed": (0, 2**63 - 1),
    "threads": (0, 1024),
}


def check_plan(plan: TrainingPlan) -> None:
    """Refuses a plan that cannot be followed.

    Raises:
        LabError: naming the first field that is out of range.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(plan, name, low)
        # What is no number is in no range; a whole number may be too large to be asked whether it is finite.
        if not low <= value <= high:
            shown = reprlib.repr(value)
            raise LabError(f"{name.replace('_', ' ')} is {shown}, expected {low:g} to {high:g}")
    if plan.precision not in PRECISIONS:
        raise LabError(f"no precision is called {plan.precision!r}", hint=f"Known: {', '.join(PRECISIONS)}")
