"""Training as a generator of events: iterate to train, stop iterating to stop, iterate again to go on.

Adam with a linear warm-up and a cosine decay of the learning rate, and an exponential moving average
(EMA) of the weights, which is what gets saved: theta_ema <- d theta_ema + (1 - d) theta, with d rising
from 0 to `ema_decay` so that the first, bad weights are soon forgotten.

The data set lies in memory as one uint8 tensor and is indexed a batch at a time: for small pictures a
loader costs more than the step it feeds. Everything that decides the next step is in `state()`: whoever
puts it back into a new trainer gets, on a CPU, exactly the weights of a training never interrupted.
"""

from __future__ import annotations

import copy
import math
import reprlib
import time
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import Told, told_of
from latentlab.engine.inference.device import autocast, available_cores, choose_device
from latentlab.engine.inference.encodings import require_shape
from latentlab.engine.training import tuning
from latentlab.engine.training.distributed import ALONE, Team
from latentlab.engine.training.events import (
    EpochEnded,
    Finished,
    Judging,
    Progress,
    Started,
    TrainingEvent,
)
from latentlab.engine.training.objectives import Batch, objective_of
from latentlab.engine.training.plan import RANGES, TrainingPlan
from latentlab.engine.training.weights import AdamW, Weights, as_one_vector, in_order
from latentlab.errors import LabError

_REPORT_EVERY_S = 0.05
_AVERAGE_EACH, _AVERAGE_EVERY = 24, 8
# A shorter memory of squared gradients than Adam's usual 0.999: the noise of z changes their size fast.
_BETAS = (0.9, 0.99)
# Held-out pictures at once, and numbers in them at the most: large pictures come fewer at a time.
_JUDGED_AT_ONCE, _JUDGED_NUMBERS = 1000, 2**24
# What `state()` knows beside tensors.
_COUNTS = ("step", "epoch", "position", "counted", "beta", "seconds", "threads", "precision")


class TrainingError(LabError):
    """The next step cannot be taken. The weights are the last good ones, and `run` may be called again."""


class Trainer:
    """Trains a model on a data set. `run()` does the work; `averaged` is the model to keep.

    Args:
        model: an `nn.Module` that `Trains`; it is moved to the device and trained in place.
        train: the pictures to learn from.
        plan: how.
        test: held-out pictures, judged after each epoch; none to save that time.
        team: the processes that train together.
        device: where, if not where the plan says.

    Attributes:
        step, epoch: how many steps and whole epochs have been done.
        beta: the weight of the KL, before the plan's ramp; may be changed between two events.
        steps: how many there will be.
    """

    def __init__(
        self,
        model: nn.Module,
        train: ImageSet,
        plan: TrainingPlan,
        test: ImageSet | None = None,
        *,
        team: Team = ALONE,
        device: torch.device | None = None,
    ) -> None:
        self.objective = objective_of(model, plan.importance_samples)
        if len(train) < plan.batch:
            raise LabError(
                f"a batch of {plan.batch:,} is more than there are pictures to learn from: "
                f"{train.name} has {len(train):,}",
                hint=f"Choose a batch of at most {len(train):,} (window: Options …; command line: --batch)",
            )
        if plan.batch % team.size:
            raise LabError(
                f"a batch of {plan.batch} cannot be shared evenly by {team.size} processes",
                hint=f"Choose a multiple of {team.size} (--batch)",
            )
        shape = getattr(model, "picture_shape", train.shape)
        require_shape(train, shape)
        self.plan, self.team = plan, team
        self.device = device or choose_device(plan.device)
        self.model = model.to(self.device).train()
        self.averaged = copy.deepcopy(self.model).requires_grad_(False).eval()
        self.images, self.conditions = self._held(train)
        self.test: Tensor | None = None
        self.test_conditions: Told | None = None
        if test is not None:
            self.test, self.test_conditions = self._held(test, self.objective.most_judged)
        # Two streams: how many draws the noise takes must not change the order of the pictures.
        self.order = torch.Generator().manual_seed(plan.seed)
        self._order_before = self.order.get_state()
        self.noise = torch.Generator(self.device).manual_seed(plan.seed + team.rank)
        self.step = self.epoch = self.position = self.counted = 0
        self.seconds, self.beta = 0.0, plan.beta
        self.steps = plan.epochs * (len(train) // plan.batch)
        self.threads, self._began = plan.threads, False
        self._governor: tuning.Governor | None = None
        self._told_last = (0, 0.0)
        self.average = as_one_vector(in_order(self.averaged))
        self._compute_in("bf16" if plan.precision == "bf16" else "fp32")

    def run(self) -> Generator[TrainingEvent, None, None]:
        """Trains to the end, telling of it on the way. Begun anew, it goes on where it stopped.

        Raises:
            TrainingError: if the loss stops being a number, or memory runs out.
        """
        self._settle()
        names = (str(self.device), self.precision, self.threads)
        yield Started(
            self.steps,
            self.plan.epochs,
            *names,
            step=self.step,
            pictures=len(self.images),
            beta=self.beta,
        )
        while self.epoch < self.plan.epochs:
            yield from self._train_epoch()
            test = yield from self._judge()
            self.team.sum_(self._sums)
            train = self.objective.terms(self._sums, self.counted * self.team.size)
            self.epoch, self.position, self.counted = self.epoch + 1, 0, 0
            self._sums.zero_()
            yield EpochEnded(self.step, self.epoch, train, test)
        yield Finished(self.step, self.seconds)

    def train_step(self, index: Tensor) -> Tensor:
        """One step on the pictures at `index` (B,).

        Returns:
            The batch's figures, as `Objective.loss` gives them.
        """
        weights = self.weights
        weights.refresh()
        index = self.team.share(index)
        x = self._pictures(index)
        y = None if self.conditions is None else self.conditions.at(index)
        shown = torch.bernoulli(x, generator=self.noise) if self.plan.binarise_input else None
        loss, figures = self._loss(Batch(x, shown, y))
        norm = weights.differentiate(loss, self.team)
        # Before the step, for after it the weights, and soon their averages, would not be numbers either.
        if not math.isfinite(norm):
            raise TrainingError(
                f"the loss stopped being a number at step {self.step + 1}",
                hint="Try a lower learning rate, or fp32 instead of bf16",
            )
        if norm > self.plan.gradient_norm:
            weights.gradient.mul_(self.plan.gradient_norm / norm)
        self.optimizer.step(self.plan.rate_at(self.step, self.steps))
        self.step += 1
        # Once the average is slow, every eighth step will do, with the decay of eight.
        if self.step <= _AVERAGE_EACH:
            self._take_average(1)
        elif self.step % _AVERAGE_EVERY == 0:
            self._take_average(_AVERAGE_EVERY)
        return figures

    def _loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What is minimised, and the batch's figures."""
        samples = self.plan.samples_at(self.step, self.steps)
        with autocast(self.device, self.precision):
            return self.objective.loss(self.weights.layers, batch, self.noise, self.beta_now, samples)

    @property
    def beta_now(self) -> float:
        """The weight of the KL at this step, the plan's ramp included."""
        return self.plan.beta_at(self.step, self.steps, self.beta)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """All that decides how the training goes on, as tensors and as plain values. Tensors are copies."""
        tensors = {
            "theta": self.weights.theta,
            "average": self.average,
            "mean": self.optimizer.mean,
            "mean_square": self.optimizer.mean_square,
            "optimizer_steps": torch.stack(self.optimizer.steps),
            "sums": self._sums,
            "order": self._order_before if self.position else self.order.get_state(),
            "noise": self.noise.get_state(),
            "dropout": torch.get_rng_state(),
        }
        if self.device.type == "cuda":
            tensors["dropout_cuda"] = torch.cuda.get_rng_state(self.device)
        values = {name: getattr(self, name) for name in _COUNTS}
        return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}, values

    def restore(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        """Puts back a `state()` of a trainer of the same model, data and plan.

        Raises:
            LabError: if it belongs to another model, or makes no sense.
        """
        self._require_counts(values)
        if values["precision"] != self.precision:
            self._compute_in(values["precision"])
        mine = {
            "theta": self.weights.theta,
            "average": self.average,
            "mean": self.optimizer.mean,
            "mean_square": self.optimizer.mean_square,
            "sums": self._sums,
        }
        for name, tensor in {**mine, "optimizer_steps": torch.stack(self.optimizer.steps)}.items():
            if tensors[name].dtype != tensor.dtype:
                raise LabError(f"the training's {name} is {tensors[name].dtype}, expected {tensor.dtype}")
            if tensors[name].shape != tensor.shape:
                found, expected = tuple(tensors[name].shape), tuple(tensor.shape)
                raise LabError(f"the training's {name} has shape {found}, the model asks for {expected}")
        for name, tensor in mine.items():
            with torch.no_grad():
                tensor.copy_(tensors[name])
        for steps, taken in zip(self.optimizer.steps, tensors["optimizer_steps"], strict=True):
            steps.fill_(float(taken))
        for name in _COUNTS:
            setattr(self, name, values[name])
        self._order_before = tensors["order"]
        try:
            self.order.set_state(self._order_before)
            if (
                tensors["noise"].shape == self.noise.get_state().shape
            ):  # another kind of device draws otherwise
                self.noise.set_state(tensors["noise"])
            torch.set_rng_state(tensors["dropout"])
            if self.device.type == "cuda" and "dropout_cuda" in tensors:
                torch.cuda.set_rng_state(tensors["dropout_cuda"], self.device)
        except (RuntimeError, TypeError):  # torch's own words for a state that is none
            raise LabError("the training's random numbers are damaged") from None
        self._began = True

    def _require_counts(self, values: Mapping[str, Any]) -> None:
        """Refuses counts that no training of this plan can have come to."""
        if values["precision"] not in ("fp32", "bf16"):
            raise LabError(f"the training's precision is {values['precision'][:40]!a}, expected fp32 or bf16")
        batches = len(self.images) // self.plan.batch
        for name, most in (
            ("step", self.steps),
            ("epoch", self.plan.epochs),
            ("position", batches),
            ("counted", values["position"]),
            ("threads", RANGES["threads"][1]),
        ):
            if type(values[name]) is not int or not 0 <= values[name] <= most:
                raise LabError(f"the training's {name} is {reprlib.repr(values[name])}, expected 0 to {most}")
        if not 0.0 <= values["seconds"] < math.inf:
            raise LabError(f"the training took {values['seconds']} seconds, it says")

    # What a run is made of

    def _settle(self) -> None:
        """Fixes what the plan leaves open (number format, threads) by measuring on a copy."""
        if self.device.type == "cpu":
            if not self._began:
                # Dropout draws from torch's own generator: a trial must not shift what training draws.
                with torch.random.fork_rng(devices=[]):
                    precision, self.threads = tuning.settle(
                        self.model, self.images[: self.plan.batch], self.plan.precision, self.plan.threads
                    )
                if precision != self.precision:
                    self._compute_in(precision)
            torch.set_num_threads(self.threads)
            if self.plan.threads == 0:
                self._governor = tuning.Governor(self.threads, available_cores())
        elif not self._began:
            self.threads = self.plan.threads or available_cores()
            if self.plan.precision == "auto" and self.device.type == "cuda":
                self._compute_in("bf16")
        if not self._began:
            torch.manual_seed(self.plan.seed + self.team.rank)  # what dropout draws from
        self._began = True

    def _compute_in(self, precision: str) -> None:
        """Makes what computes, and begins with no memory of gradients."""
        self.precision = precision
        self.weights = Weights(self.model, precision)
        self.optimizer = AdamW(self.weights, betas=_BETAS, weight_decay=self.plan.weight_decay)
        self._sums = torch.zeros(self.objective.width, device=self.device)
        self._recent, self._since, self._lasted = torch.zeros_like(self._sums), 0, 0.0

    def _train_epoch(self) -> Iterator[TrainingEvent]:
        """The steps that are left of this epoch."""
        mark = time.perf_counter()
        for index in self._batches():
            # Counted first: a batch that cannot be learnt from must not be met again.
            self.position += 1
            terms = self._step_or_tell(index)
            self._recent += terms
            self._sums += terms
            self._since, self.counted = self._since + 1, self.counted + 1
            now = time.perf_counter()
            self._lasted += now - mark
            self.seconds += now - mark
            if self._lasted > _REPORT_EVERY_S:
                yield self._progress()
                self._govern()
            mark = time.perf_counter()

    def _govern(self) -> None:
        """Takes another number of threads if that has become the better one."""
        if self._governor is not None:
            threads = self._governor.note(*self._told_last)
            if threads != self.threads:
                self.threads = threads
                torch.set_num_threads(threads)

    def _progress(self) -> Progress:
        """The steps since the last one told, past an epoch's end if need be: few pictures make it short."""
        pace = self._lasted / self._since
        told = Progress(
            step=self.step,
            epoch=self.epoch + 1,
            terms=self.objective.terms(self._recent, self._since),
            images_per_second=self.plan.batch / pace,
            seconds_left=(self.steps - self.step) * pace,
            beta=self.beta_now,
        )
        self._told_last = (self._since, self._lasted)
        self._recent.zero_()
        self._since, self._lasted = 0, 0.0
        return told

    def _step_or_tell(self, index: Tensor) -> Tensor:
        try:
            return self.train_step(index)
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
        smaller = max(1, self.plan.batch // 2)
        raise TrainingError(
            f"memory ran out at step {self.step + 1} with a batch of {self.plan.batch}",
            hint=f"Try a batch of {smaller}",
        )

    def _batches(self) -> Iterator[Tensor]:
        """The batches that are left of this epoch, in an order drawn for it."""
        if self.position:  # begun already: the same order once more
            self.order.set_state(self._order_before)
        self._order_before = self.order.get_state()
        order = torch.randperm(len(self.images), generator=self.order).to(self.device)
        full = len(order) - len(order) % self.plan.batch
        yield from order[:full].split(self.plan.batch)[self.position :]

    @torch.no_grad()
    def _judge(self) -> Generator[TrainingEvent, None, Figures | None]:
        """The averaged weights' figures on the held-out pictures, one draw a picture, seeded."""
        if self.test is None or not self.team.leads:
            return None
        noise = torch.Generator(self.device).manual_seed(self.plan.seed)
        sums = torch.zeros_like(self._sums)
        at_once = max(1, min(_JUDGED_AT_ONCE, _JUDGED_NUMBERS // self.test[0].numel()))
        for first in range(0, len(self.test), at_once):
            some = slice(first, first + at_once)
            y = None if self.test_conditions is None else self.test_conditions.at(some)
            batch = Batch(self.test[some].float() / 255.0, y=y)
            with autocast(self.device, "fp32" if self.objective.exact else self.precision):
                sums += self.objective.judge(self.averaged, batch, noise, first, len(self.test))
            yield Judging(self.step, min(some.stop, len(self.test)), len(self.test))
        return self.objective.terms(sums, len(self.test))

    def _held(self, data: ImageSet, most: int | None = None) -> tuple[Tensor, Told | None]:
        """Pictures and what the model is told of them, on the device; at most so many, from all over them."""
        images, told = data.images, told_of(self.model, data)
        if most is not None and len(images) > most:
            some = torch.linspace(0, len(images) - 1, most).round().long()
            images, told = images[some], None if told is None else told.those(some)
        return images.to(self.device), None if told is None else told.to(self.device)

    def _pictures(self, index: Tensor) -> Tensor:
        """The pictures at `index` in [0, 1], (B, C, H, W)."""
        # Whole rows of bytes at a time: five times as fast as indexing four dimensions.
        rows = self.images.flatten(1).index_select(0, index)
        return rows.view(-1, *self.images.shape[1:]).float().div_(255.0)

    @torch.no_grad()
    def _take_average(self, steps: int) -> None:
        """Takes the weights into the average as if `steps` steps had each done so."""
        decay = min(self.plan.ema_decay, self.step / (self.step + 10.0)) ** steps
        self.average.lerp_(self.weights.theta, 1.0 - decay)


def _is_out_of_memory(error: BaseException) -> bool:
    """torch says it in its own way for a GPU, and in words for a CPU."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return "not enough memory" in str(error) or "can't allocate memory" in str(error)
