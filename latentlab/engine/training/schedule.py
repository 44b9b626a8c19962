"""The schedule of a training: its phases one after another, each with its epochs and steps."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from latentlab.data.image_set import ImageSet
from latentlab.engine.training.descent import Descent
from latentlab.engine.training.distributed import Team
from latentlab.engine.training.learner import Learner, Situation
from latentlab.engine.training.passes import Passes
from latentlab.engine.training.plan import RANGES, TrainingPlan
from latentlab.errors import LabError
from latentlab.models.players import Fitting, Moment, Objective, Phase, as_fitting, as_objective

# The plain values of `Trainer.state`.
COUNTS = ("step", "epoch", "position", "counted", "beta", "seconds", "threads", "precision")


@dataclass(frozen=True, eq=False)
class ScheduledPhase:
    """One phase in the schedule: its first epoch, number of epochs, first step, batches in an epoch, what the
    config of the model is without what it trains, and its name.
    """

    work: Objective | Fitting
    first_epoch: int
    epochs: int
    first_step: int
    per_epoch: int
    without: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def stop_epoch(self) -> int:
        """The index after its last epoch."""
        return self.first_epoch + self.epochs

    @property
    def steps(self) -> int:
        """The number of steps."""
        return self.epochs * self.per_epoch

    @property
    def objective(self) -> Objective | None:
        """Its objective; None for a fitted phase."""
        return as_objective(self.work)

    @property
    def who(self) -> tuple[str, ...]:
        """The names of those who learn in it: its players, or what it is called."""
        players = () if self.objective is None else self.objective.players
        return tuple(one.name for one in players if one.name) or (self.name,)

    def learner(self, here: Situation, precision: str) -> Learner:
        """A new learner for it."""
        fitting, objective = as_fitting(self.work), as_objective(self.work)
        if fitting is not None:
            return Passes(fitting, here)
        assert objective is not None
        return Descent(objective, here, self.epochs, precision)


class Schedule:
    """The phases of a training, one after another.

    Args:
        phases: the phases of the model.
        plan: the plan.
        team: the processes that train together.
        train: the pictures to learn from.

    Raises:
        LabError: if there are too few pictures for a batch, or a batch cannot be shared.
    """

    def __init__(self, phases: tuple[Phase, ...], plan: TrainingPlan, team: Team, train: ImageSet) -> None:
        self._plan = plan
        if any(as_objective(phase.work) for phase in phases):
            _require_batch(plan, team, train)
        self.phases: list[ScheduledPhase] = []
        epoch = step = 0
        for phase, epochs in zip(phases, _epochs(phases, plan.epochs), strict=True):
            fitting = as_fitting(phase.work)
            # Passes use every picture.
            per_epoch = -(-len(train) // fitting.at_once) if fitting else len(train) // plan.batch
            scheduled = ScheduledPhase(phase.work, epoch, epochs, step, per_epoch, phase.without, phase.name)
            self.phases.append(scheduled)
            epoch, step = scheduled.stop_epoch, step + scheduled.steps
        self.epochs, self.steps = epoch, step

    @property
    def objective(self) -> Objective | None:
        """The objective of the first phase that has one; None if none has."""
        return next((one.objective for one in self.phases if one.objective is not None), None)

    @property
    def most_judged(self) -> int | None:
        """The number of held-out pictures that suffices for the figures of every phase; None for all."""
        most = [one.work.most_judged for one in self.phases if one.work.most_judged is not None]
        return min(most, default=None)

    def at(self, epoch: int) -> ScheduledPhase:
        """The phase that an epoch belongs to; after the end, the last one."""
        return next((one for one in self.phases if epoch < one.stop_epoch), self.phases[-1])

    def without(self, phase: ScheduledPhase) -> dict[str, Any]:
        """The fields of the config of the model without what is trained after a phase."""
        later = self.phases[self.phases.index(phase) + 1 :]
        return {name: value for one in later for name, value in one.without.items()}

    def ended(self, phase: ScheduledPhase) -> tuple[str, ...]:
        """The names of those who learnt before a phase, and learn no more."""
        return tuple(name for one in self.phases[: self.phases.index(phase)] for name in one.who)

    def moment(self, phase: ScheduledPhase, step: int, beta: float) -> Moment:
        """The position of a training step in its phase; `beta` is the target weight of the KL."""
        own, steps = step - phase.first_step, phase.steps
        return Moment(own, steps, self._plan.beta_at(own, steps, beta), self._plan.samples_at(own, steps))

    def require_counts(self, values: Mapping[str, Any]) -> ScheduledPhase:
        """The phase that a saved training is in; refuses counts that are impossible with this plan.

        Raises:
            LabError: naming the first impossible one.
        """
        if values["precision"] not in ("fp32", "bf16"):
            raise LabError(f"the training's precision is {values['precision'][:40]!a}, expected fp32 or bf16")
        epoch = values["epoch"]
        phase = self.at(epoch if type(epoch) is int else 0)
        for name, most in (
            ("step", self.steps),
            ("epoch", self.epochs),
            ("position", phase.per_epoch),
            ("counted", values["position"]),
            ("threads", RANGES["threads"][1]),
        ):
            if type(values[name]) is not int or not 0 <= values[name] <= most:
                raise LabError(f"the training's {name} is {reprlib.repr(values[name])}, expected 0 to {most}")
        if not 0.0 <= values["seconds"] < math.inf:
            raise LabError(f"the training took {values['seconds']} seconds, it says")
        return phase


def _epochs(phases: tuple[Phase, ...], epochs: int) -> list[int]:
    """The epochs of each phase, by their shares and at least one; the passes of a fitted one."""
    left, shares = epochs, [phase.share for phase in phases if as_objective(phase.work)]
    each = []
    for phase in phases:
        fitting = as_fitting(phase.work)
        if fitting is not None:
            each.append(fitting.passes)
            continue
        after = len(shares) - 1
        own = left if not after else round(left * phase.share / sum(shares))
        own = max(1, min(own, left - after))
        each.append(own)
        left, shares = left - own, shares[1:]
    return each


def _require_batch(plan: TrainingPlan, team: Team, train: ImageSet) -> None:
    if len(train) < plan.batch:
        raise LabError(
            f"a batch of {plan.batch:,} is larger than the training set: {train.name} has {len(train):,}",
            hint=f"Choose a batch of at most {len(train):,} (window: Options …; command line: --batch)",
        )
    if plan.batch % team.size:
        raise LabError(
            f"a batch of {plan.batch} cannot be shared evenly by {team.size} processes",
            hint=f"Choose a multiple of {team.size} (--batch)",
        )
