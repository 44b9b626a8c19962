"""The training plan: its hyperparameters and their schedules. Torch-free.

learning rate   up in a line over `warmup_steps`, then down along a cosine to `final_rate` of it
weight of KL    beta_start + (beta - beta_start) * ramp;   ramp goes 0 to 1 over `beta_warmup_steps`, or, with
                `beta_cycles`, up over the first half of each cycle and stays at 1 over the second (Fu et
                al., Cyclical Annealing Schedule, 2019)

Begun with a beta far above the last, z says nothing at first, and a conditional decoder learns all it can
from the condition; what z learns afterwards is the rest.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from latentlab.core.figures import FiguresSpec
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability, makes_pictures
from latentlab.models.registry import find_kind
from latentlab.models.settings import setting, settings_of

PRECISIONS = ("auto", "fp32", "bf16")


@dataclass(frozen=True)
class TrainingPlan:
    """The hyperparameters of a training.

    Attributes:
        epochs: passes over the data.
        batch: pictures a step.
        learning_rate: its highest value, reached after `warmup_steps`.
        warmup_steps: steps over which the learning rate rises from 0.
        final_rate: the final learning rate as a share of the highest.
        weight_decay: decoupled (AdamW), per unit of learning rate; on matrices, not on biases and norms.
        gradient_norm: gradients are clipped to this norm.
        beta: the weight of the KL; 1 for the ELBO.
        beta_start: the initial weight of the warm-up, or of each cycle.
        beta_warmup_steps: steps over which it becomes `beta`.
        beta_cycles: how many cycles the whole training has; 0 for none.
        importance_samples: K, the draws of z in the bound that is maximised. 1 is the ELBO; more make the
            tighter bound of an importance-weighted autoencoder (Burda et al. 2016).
        importance_from: the share of the steps before which it is the ELBO all the same, which is learnt
            K times as fast.
        ema_decay: the decay of the moving average of the weights.
        binarise_input: whether the encoder is shown, in training, black and white pictures drawn with
            the grey levels as probabilities, other ones each time. It can no longer learn pictures by
            heart, and its posteriors fit held-out ones better; the decoder is judged on the greys.
        seed: of the order of the pictures and the noise (the initial weights are the model's).
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32", "bf16", or "auto": the faster of the two on this machine.
        threads: CPU threads; 0 takes the better of 1 and all, measured at the start.
    """

    epochs: int = setting(20, "passes over the data", low=1, high=100_000)
    batch: int = setting(128, "pictures a step", low=1, high=100_000)
    learning_rate: float = setting(1e-3, "highest learning rate of Adam", low=1e-9, high=10.0)
    warmup_steps: int = setting(
        500, "steps over which the learning rate rises from 0", low=0, high=10_000_000
    )
    final_rate: float = setting(
        0.01, "share of the learning rate left at the end of the cosine", low=0.0, high=1.0
    )
    weight_decay: float = setting(0.0, "decoupled weight decay", low=0.0, high=10.0)
    gradient_norm: float = setting(100.0, "longer gradients are shortened to this", low=1e-6, high=1e9)
    beta: float = setting(
        1.0, "weight of the KL: 1 for the ELBO, 0 for the reconstruction alone", low=0.0, high=1e4
    )
    beta_start: float = setting(
        0.0, "the weight of the KL that its warm-up, or each cycle, begins with", low=0.0, high=1e4
    )
    beta_warmup_steps: int = setting(0, "steps over which that weight becomes beta", low=0, high=10_000_000)
    beta_cycles: int = setting(
        0, "how often it begins anew over the whole training; 0 for never", low=0, high=1000
    )
    importance_samples: int = setting(
        1, "draws of z in the bound that is maximised: 1 is the ELBO, more are tighter", low=1, high=1000
    )
    importance_from: float = setting(
        0.0, "share of the steps before which it is the ELBO all the same", low=0.0, high=1.0
    )
    ema_decay: float = setting(0.999, "share of the averaged weights that each step keeps", low=0.0, high=1.0)
    binarise_input: bool = setting(
        False, "show the encoder black and white draws of the grey pictures in training"
    )
    seed: int = setting(0, "decides first weights, order and noise", low=0, high=2**63 - 1)
    device: str = setting("auto", "auto, cpu, cuda or mps")
    precision: str = setting(
        "auto", f"{', '.join(PRECISIONS)}; auto takes what is faster here", choices=PRECISIONS
    )
    threads: int = setting(0, "CPU threads; 0 takes the better of 1 and all", low=0, high=1024)

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate of step 0 .. steps - 1."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        progress = (step - self.warmup_steps) / max(1, steps - self.warmup_steps)
        low = self.final_rate
        return self.learning_rate * (low + (1.0 - low) * 0.5 * (1.0 + math.cos(math.pi * progress)))

    def beta_at(self, step: int, steps: int, beta: float) -> float:
        """The weight of the KL at step 0 .. steps - 1."""
        return self.beta_start + (beta - self.beta_start) * self.ramp_at(step, steps)

    def ramp_at(self, step: int, steps: int) -> float:
        """The fraction of the ramp from `beta_start` at step 0 .. steps - 1."""
        if self.beta_cycles:
            cycle = max(1.0, steps / self.beta_cycles)
            return min(1.0, 2.0 * ((step % cycle) + 1.0) / cycle)
        if step >= self.beta_warmup_steps:
            return 1.0
        return (step + 1) / self.beta_warmup_steps

    def samples_at(self, step: int, steps: int) -> int:
        """The draws of z for each picture at step 0 .. steps - 1."""
        return self.importance_samples if step >= self.importance_from * steps else 1


def usual_plan(kind: str) -> TrainingPlan:
    """The default plan of a kind of model."""
    return replace(TrainingPlan(), **find_kind(kind).usual)


def means_something(field: str, kind: str) -> bool:
    """Whether a field of the plan has any effect for a kind of model."""
    return field not in find_kind(kind).ignored


def round_of(kind: str) -> str:
    """What one round over the pictures is called: an "epoch", or a "pass" where nothing goes by gradients."""
    return "pass" if Capability.FITS in find_kind(kind).capabilities else "epoch"


def figures_of(kind: str) -> FiguresSpec:
    """The figures that training such a model reports."""
    return find_kind(kind).figures


def has_plane(kind: str) -> bool:
    """Whether such a model has a latent space that can be shown during training."""
    return Capability.DECODES in find_kind(kind).capabilities


def rebuilds(kind: str) -> bool:
    """Whether such a model encodes pictures and decodes them again."""
    return find_kind(kind).capabilities >= {Capability.ENCODES, Capability.DECODES}


def opens_at_the_end(kind: str) -> bool:
    """Whether such a model can be shown only after its training."""
    can = find_kind(kind).capabilities
    return makes_pictures(can) and not has_plane(kind) and not is_drawn_from(kind)


def is_drawn_from(kind: str) -> bool:
    """Whether such a model is sampled step by step during training."""
    return Capability.DENOISES in find_kind(kind).capabilities


# The range of each number of the plan: (lowest, highest).
RANGES: Mapping[str, tuple[float, float]] = {
    name: (about.low, about.high)
    for name, about in settings_of(TrainingPlan).items()
    if about.low is not None and about.high is not None
}


def check_plan(plan: TrainingPlan) -> None:
    """Refuses an invalid plan.

    Raises:
        LabError: naming the first field that is out of range.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(plan, name, low)
        # NaN is in no range; a whole number may be too large for `isfinite`.
        if not low <= value <= high:
            shown = reprlib.repr(value)
            raise LabError(f"{name.replace('_', ' ')} is {shown}, expected {low:g} to {high:g}")
    if plan.precision not in PRECISIONS:
        raise LabError(f"no precision is called {plan.precision!r}", hint=f"Known: {', '.join(PRECISIONS)}")
