"""Training as a generator of events: iterate to train, stop iterating to stop, iterate again to resume.

A training has phases, mostly one: by gradients (`descent`) or in passes without (`passes`), as the model
declares. Everything that determines the next step is in `state()`: restored into a new trainer it gives, on a
CPU, exactly the weights of an uninterrupted training.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.data.image_set import ImageSet
from latentlab.engine.inference.device import available_cores, choose_device
from latentlab.engine.inference.encodings import require_shape
from latentlab.engine.training import playing, tuning
from latentlab.engine.training.distributed import ALONE, Team
from latentlab.engine.training.events import EpochEnded, Finished, Judging, Progress, Started, TrainingEvent
from latentlab.engine.training.judging import judge
from latentlab.engine.training.learner import Situation, TrainingError, is_out_of_memory
from latentlab.engine.training.objectives import phases_of
from latentlab.engine.training.pictures import Pictures
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.playing import PlayerSettings
from latentlab.engine.training.schedule import COUNTS, Schedule, ScheduledPhase
from latentlab.engine.training.snapshots import Weighed, weighed
from latentlab.errors import LabError

__all__ = ["Trainer", "TrainingError"]

_REPORT_EVERY_S = 0.05


class Trainer:
    """Trains a model on a data set. `run()` does the work; `averaged` is the model to keep.

    Args:
        model: an `nn.Module` that `Learns`, `LearnsInPhases` or `Fits`; it is moved to the device and
            trained in place.
        train: the pictures to learn from.
        plan: how.
        test: held-out pictures, judged after each epoch; none to save that time.
        team: the processes that train together.
        device: the device, if not the plan's.

    Attributes:
        step, epoch: the steps and whole epochs done so far.
        beta: the weight of the KL, before the plan's ramp; may be changed between two events.
        alone: the one player that steps on the next batch; "" for all. After that batch there is an event.
        steps, epochs: their totals.
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
        self.schedule = Schedule(phases_of(model, plan), plan, team, train)
        require_shape(train, getattr(model, "picture_shape", train.shape))
        self.plan, self.team = plan, team
        self.device = device or choose_device(plan.device)
        self.model = model.to(self.device).train()
        self.averaged = copy.deepcopy(self.model).requires_grad_(False).eval()
        # Two streams: the number of draws of noise must not change the order of the pictures.
        self.noise = torch.Generator(self.device).manual_seed(plan.seed + team.rank)
        self.pictures = Pictures(self.model, train, self.device)
        self.held_out: Pictures | None = None
        if test is not None:
            self.held_out = Pictures(self.model, test, self.device, self.schedule.most_judged)
        self.step = self.epoch = self.position = self.counted = 0
        self.seconds, self.beta, self.alone = 0.0, plan.beta, ""
        self._settings: dict[str, PlayerSettings] = {}
        self.steps, self.epochs = self.schedule.steps, self.schedule.epochs
        self.threads, self._began = plan.threads, False
        self._governor: tuning.Governor | None = None
        self._last_report = (0, 0.0)
        self._since, self._lasted = 0, 0.0
        self.precision = "bf16" if plan.precision == "bf16" else "fp32"
        self._enter(self.schedule.at(0))

    def run(self) -> Generator[TrainingEvent, None, None]:
        """Trains to the end, yielding events. Called again, it resumes where it stopped.

        Raises:
            TrainingError: if the loss is not finite, or memory runs out.
        """
        self._settle()
        names = (str(self.device), self.precision, self.threads)
        pictures = len(self.pictures)
        yield Started(self.steps, self.epochs, *names, step=self.step, pictures=pictures, beta=self.beta)
        while self.epoch < self.epochs:
            yield from self._train_epoch()
            done = self.learner.end_epoch(self.epoch - self.phase.first_epoch)
            test = yield from self._judge()
            train = self.learner.learnt(self.counted)
            self.epoch, self.position, self.counted = self.epoch + 1, 0, 0
            ended = EpochEnded(self.step, self.epoch, train, test)
            if done:
                # Before anything is saved: else one that is resumed here would go on.
                self.epoch = self.phase.stop_epoch
            yield ended
            if self.phase.stop_epoch <= self.epoch < self.epochs:
                self.learner.hand_on()
                self.step = self.phase.first_step + self.phase.steps
                self._enter(self.schedule.at(self.epoch))
        yield Finished(self.step, self.seconds)

    def train_step(self, index: Tensor) -> Tensor | None:
        """One step on the pictures at `index` (B,); returns the batch's figures."""
        moment = self.schedule.moment(self.phase, self.step, self.beta)
        figures = self.learner.step(index, moment, self.alone)
        self.step += 1
        return figures

    @property
    def players(self) -> tuple[PlayerSettings, ...]:
        """Who steps in this phase, and how; () without gradients."""
        return playing.settings_of(self.learner.players)

    def set_players(self, settings: Iterable[PlayerSettings]) -> None:
        """Changes players' settings from the next step on; a resumed training goes on with them.

        Raises:
            LabError: if one is out of range.
        """
        settings = tuple(settings)
        for one in settings:
            playing.check_settings(one)
        self._settings |= {one.name: one for one in settings}
        self.learner.set_players(self._settings)

    @property
    def beta_now(self) -> float:
        """The weight of the KL at this step, the plan's ramp included."""
        return self.schedule.moment(self.phase, self.step, self.beta).beta

    @property
    def without(self) -> dict[str, Any]:
        """The fields of the config of the model without the parts whose phases have not begun."""
        return self.schedule.without(self.phase)

    def weights_now(self) -> Weighed:
        """A copy of the averaged weights and buffers as they are now."""
        return weighed(self.averaged)

    def wrap_up(self) -> None:
        """Makes `averaged` worth saving: if the first pass is cut short, from what it has seen."""
        if self.phase.objective is None and self.position and self.epoch == self.phase.first_epoch:
            self.learner.end_epoch(0)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Everything that determines how the training continues, as tensors and plain values. Tensors are
        copies.
        """
        tensors = {
            **self.learner.state(self.position),
            "noise": self.noise.get_state(),
            "dropout": torch.get_rng_state(),
        }
        if self.device.type == "cuda":
            tensors["dropout_cuda"] = torch.cuda.get_rng_state(self.device)
        values = {name: getattr(self, name) for name in COUNTS}
        values["players"] = playing.as_values(self._settings)
        return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}, values

    def restore(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        """Restores a `state()` of a trainer of the same model, data and plan.

        Raises:
            LabError: if it belongs to another model, or is invalid.
        """
        phase = self.schedule.require_counts(values)
        if phase is not self.phase or values["precision"] != self.precision:
            self._enter(phase, values["precision"])
        try:
            position = self.learner.restore(tensors, values["epoch"] - phase.first_epoch, values["position"])
            # Another kind of device has another generator.
            if tensors["noise"].shape == self.noise.get_state().shape:
                self.noise.set_state(tensors["noise"])
            torch.set_rng_state(tensors["dropout"])
            if self.device.type == "cuda" and "dropout_cuda" in tensors:
                torch.cuda.set_rng_state(tensors["dropout_cuda"], self.device)
        except (RuntimeError, TypeError):  # torch's own errors for an invalid state
            raise LabError("the training's random numbers are damaged") from None
        for name in COUNTS:
            setattr(self, name, values[name])
        self.set_players(playing.from_values(values.get("players", {})).values())
        self.step -= self.position - position
        self.position = position
        # Until its first step nothing is settled: the state of one that is yet to begin has no threads.
        self._began = values["threads"] > 0

    # What a run is made of

    def _enter(self, phase: ScheduledPhase, precision: str = "") -> None:
        """Starts a phase; in another precision the optimiser starts afresh."""
        self.precision = precision or self.precision
        here = Situation(
            self.model, self.averaged, self.pictures, self.plan, self.team, self.device, self.noise
        )
        self.phase, self.learner = phase, phase.learner(here, self.precision)
        self.learner.set_players(self._settings)
        self._since, self._lasted = 0, 0.0

    def _settle(self) -> None:
        """Chooses what the plan leaves open (number format, threads) by measuring on a copy."""
        objective = self.schedule.objective
        if self.device.type == "cpu":
            if not self._began and objective is not None:
                # Dropout uses torch's global generator: a trial must not change the draws of the training.
                with torch.random.fork_rng(devices=[]):
                    images = self.pictures.images[: self.plan.batch]
                    precision, self.threads = tuning.settle(
                        self.model, images, self.plan.precision, self.plan.threads, objective
                    )
                self._compute_in(self.team.precision(precision))
            elif not self._began:
                self.threads = self.plan.threads or available_cores()
            torch.set_num_threads(self.threads)
            if self.plan.threads == 0 and objective is not None:
                self._governor = tuning.Governor(self.threads, available_cores())
        elif not self._began:
            self.threads = self.plan.threads or available_cores()
            if self.plan.precision == "auto" and self.device.type == "cuda" and objective is not None:
                self._compute_in("bf16")
        if not self._began:
            torch.manual_seed(self.plan.seed + self.team.rank)  # the generator that dropout uses
        self._began = True

    def _compute_in(self, precision: str) -> None:
        if precision != self.precision:
            self._enter(self.phase, precision)

    def _train_epoch(self) -> Iterator[TrainingEvent]:
        """The rest of the steps of this epoch."""
        mark = time.perf_counter()
        for index in self.learner.batches(self.position):
            # Counted first: a batch that fails must not be tried again.
            self.position += 1
            self._step_or_tell(index)
            self._since, self.counted = self._since + 1, self.counted + 1
            now = time.perf_counter()
            self._lasted += now - mark
            self.seconds += now - mark
            if self.alone:
                self.alone = ""
                yield self._progress()
            elif self._lasted > _REPORT_EVERY_S:
                yield self._progress()
                self._govern()
            mark = time.perf_counter()

    def _govern(self) -> None:
        """Changes the number of threads if another has become faster."""
        if self._governor is not None:
            threads = self._governor.note(*self._last_report)
            if threads != self.threads:
                self.threads = threads
                torch.set_num_threads(threads)

    def _progress(self) -> Progress:
        """The steps since the last report, across an epoch's end if need be: with few pictures epochs are
        short.
        """
        pace = self._lasted / self._since
        report = Progress(
            step=self.step,
            epoch=self.epoch + 1,
            terms=self.learner.recent(self._since),
            images_per_second=self.learner.batch / pace,
            seconds_left=(self.steps - self.step) * pace,
            beta=self.beta_now,
        )
        self._last_report = (self._since, self._lasted)
        self._since, self._lasted = 0, 0.0
        return report

    def _step_or_tell(self, index: Any) -> None:
        try:
            self.train_step(index)
        except TrainingError as error:
            raise TrainingError(f"{error.what} at step {self.step + 1}", hint=error.hint) from None
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        else:
            return
        smaller = max(1, self.learner.batch // 2)
        raise TrainingError(
            f"memory ran out at step {self.step + 1} with a batch of {self.learner.batch}",
            hint=f"Try a batch of {smaller}",
        )

    def _judge(self) -> Generator[TrainingEvent, None, Figures | None]:
        """The figures of the averaged weights on the held-out pictures."""
        if self.held_out is None or not self.team.leads:
            return None
        work = self.phase.work
        judged = judge(work, self.averaged, self.held_out, self.plan.seed, self.precision)
        while True:
            try:
                done = next(judged)
            except StopIteration as end:
                figures: Figures = end.value
                return figures
            yield Judging(self.step, done, len(self.held_out))
