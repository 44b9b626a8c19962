"""Training as a generator of events: iterate to train, stop iterating to stop.

Adam with a linear warm-up and a cosine decay of the learning rate, and an exponential moving average
(EMA) of the weights, which is what gets saved: theta_ema <- d theta_ema + (1 - d) theta, with d rising
from 0 to `ema_decay` so that the first, bad weights are soon forgotten.

The data set lies in memory as one uint8 tensor and is indexed a batch at a time: for small pictures a
loader costs more than the step it feeds.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.data.image_set import ImageSet
from latentlab.engine import tuning
from latentlab.engine.device import autocast, available_cores, choose_device
from latentlab.engine.events import EpochEnded, Finished, Progress, Started, Terms, TrainingEvent
from latentlab.engine.weights import AdamW, Weights, as_one_vector, in_order
from latentlab.errors import LabError
from latentlab.models.base import ElboTerms, Trains

_REPORT_EVERY_S = 0.5
_AVERAGE_EACH, _AVERAGE_EVERY = 24, 8
# A shorter memory of squared gradients than Adam's usual 0.999: the noise of z changes their size fast.
_BETAS = (0.9, 0.99)


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
        beta_warmup_steps: steps over which that weight rises from 0.
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
    beta_warmup_steps: int = 0
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

    def beta_at(self, step: int) -> float:
        """The weight of the KL at a step."""
        if step >= self.beta_warmup_steps:
            return self.beta
        return self.beta * (step + 1) / self.beta_warmup_steps


class Trainer:
    """Trains a model on a data set. `run()` does the work; `averaged` is the model to keep.

    Args:
        model: an `nn.Module` that `Trains`; it is moved to the plan's device and trained in place.
        train: the pictures to learn from.
        plan: how.
        test: held-out pictures, judged after each epoch; none to save that time.
    """

    def __init__(
        self, model: nn.Module, train: ImageSet, plan: TrainingPlan, test: ImageSet | None = None
    ) -> None:
        if not isinstance(model, Trains):
            raise LabError(f"a {type(model).__name__} has no objective to train")
        if len(train) < plan.batch:
            raise LabError(f"a batch of {plan.batch} needs as many pictures; {train.name} has {len(train)}")
        shape = getattr(model, "picture_shape", train.shape)
        if train.shape != shape:
            raise LabError(f"{train.name} has pictures of {train.shape}, the model takes {shape}")
        self.plan = plan
        self.device = choose_device(plan.device)
        self.model = model.to(self.device).train()
        self.averaged = copy.deepcopy(self.model).requires_grad_(False).eval()
        self.images = train.images.to(self.device)
        self.test = None if test is None else test.images.to(self.device)
        # Two streams: how many draws the noise takes must not change the order of the pictures.
        self.order = torch.Generator().manual_seed(plan.seed)
        self.noise = torch.Generator(self.device).manual_seed(plan.seed)
        self.step = 0
        self.steps = plan.epochs * (len(train) // plan.batch)
        self.threads = plan.threads
        self._average = as_one_vector(in_order(self.averaged))
        self._compute_in("bf16" if plan.precision == "bf16" else "fp32")

    def run(self) -> Iterator[TrainingEvent]:
        """Trains to the end, telling of it on the way.

        Raises:
            LabError: if the loss stops being a number; `averaged` then holds the last good weights.
        """
        started = time.perf_counter()
        torch.manual_seed(self.plan.seed)  # what dropout draws from
        self._settle()
        yield Started(self.steps, self.plan.epochs, str(self.device), self.precision, self.threads)
        for epoch in range(1, self.plan.epochs + 1):
            sums, counted = torch.zeros(2, device=self.device), 0
            recent, since, mark = torch.zeros(2, device=self.device), 0, time.perf_counter()
            for batch in self._batches():
                terms = self.train_step(batch)
                recent += terms
                since += 1
                now = time.perf_counter()
                if now - mark > _REPORT_EVERY_S:
                    rate = since * self.plan.batch / (now - mark)
                    yield Progress(self.step, epoch, _mean(recent, since), rate)
                    sums, counted = sums + recent, counted + since
                    recent, since, mark = torch.zeros_like(recent), 0, time.perf_counter()
            sums, counted = sums + recent, counted + since
            yield EpochEnded(self.step, epoch, _mean(sums, counted), self.judge())
        yield Finished(self.step, time.perf_counter() - started)

    def train_step(self, index: Tensor) -> Tensor:
        """One step on the pictures at `index` (B,); the batch's mean (reconstruction, KL), (2,)."""
        weights = self.weights
        weights.refresh()
        x = self._pictures(index)
        shown = torch.bernoulli(x, generator=self.noise) if self.plan.binarise_input else None
        with autocast(self.device, self.precision):
            terms: ElboTerms = weights.layers.elbo_terms(x, self.noise, shown=shown)  # type: ignore[operator]
        reconstruction, kl = terms.reconstruction.mean(), terms.kl.mean()
        norm = weights.differentiate(self.plan.beta_at(self.step) * kl - reconstruction)
        self.step += 1
        # Before the step, for after it the weights, and soon their averages, would not be numbers either.
        if not math.isfinite(norm):
            raise LabError(
                f"the loss stopped being a number at step {self.step}",
                hint="Try a lower learning rate, or fp32 instead of bf16",
            )
        if norm > self.plan.gradient_norm:
            weights.gradient.mul_(self.plan.gradient_norm / norm)
        self.optimizer.step(self.plan.rate_at(self.step - 1, self.steps))
        # Once the average is slow, every eighth step will do, with the decay of eight.
        if self.step <= _AVERAGE_EACH:
            self._take_average(1)
        elif self.step % _AVERAGE_EVERY == 0:
            self._take_average(_AVERAGE_EVERY)
        return torch.stack([reconstruction.detach(), kl.detach()])

    @torch.no_grad()
    def judge(self, batch: int = 1000) -> Terms | None:
        """The averaged weights' ELBO terms on the held-out pictures, one draw a picture, seeded."""
        if self.test is None:
            return None
        noise = torch.Generator(self.device).manual_seed(self.plan.seed)
        sums = torch.zeros(2, device=self.device)
        for images in self.test.split(batch):
            terms = self.averaged.elbo_terms(images.float() / 255.0, noise)
            sums += torch.stack([terms.reconstruction.sum(), terms.kl.sum()])
        return _mean(sums, len(self.test))

    def _settle(self) -> None:
        """Fixes what the plan leaves open (number format, threads) by measuring on a copy."""
        precision, self.threads = self.plan.precision, self.plan.threads or available_cores()
        if self.device.type == "cpu":
            # Dropout draws from torch's own generator: a trial must not shift what training draws.
            with torch.random.fork_rng(devices=[]):
                precision, self.threads = tuning.settle(
                    self.model, self.images[: self.plan.batch], precision, self.plan.threads
                )
            torch.set_num_threads(self.threads)
        elif precision == "auto":
            precision = "bf16" if self.device.type == "cuda" else "fp32"
        if precision != self.precision:
            self._compute_in(precision)

    def _compute_in(self, precision: str) -> None:
        """Makes what computes, and begins with no memory of gradients."""
        self.precision = precision
        self.weights = Weights(self.model, precision)
        self.optimizer = AdamW(self.weights, betas=_BETAS, weight_decay=self.plan.weight_decay)

    def _pictures(self, index: Tensor) -> Tensor:
        """The pictures at `index` in [0, 1], (B, C, H, W)."""
        # Whole rows of bytes at a time: five times as fast as indexing four dimensions.
        rows = self.images.flatten(1).index_select(0, index)
        return rows.view(-1, *self.images.shape[1:]).float().div_(255.0)

    def _batches(self) -> Iterator[Tensor]:
        order = torch.randperm(len(self.images), generator=self.order).to(self.device)
        full = len(order) - len(order) % self.plan.batch
        yield from order[:full].split(self.plan.batch)

    @torch.no_grad()
    def _take_average(self, steps: int) -> None:
        """Takes the weights into the average as if `steps` steps had each done so."""
        decay = min(self.plan.ema_decay, self.step / (self.step + 10.0)) ** steps
        self._average.lerp_(self.weights.theta, 1.0 - decay)


def _mean(sums: Tensor, count: int) -> Terms:
    reconstruction, kl = (sums / max(1, count)).tolist()
    return Terms(reconstruction, kl)
