"""The interface of a training phase, and what all phases of a training share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.engine.training.distributed import Team
from latentlab.engine.training.pictures import Pictures
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.playing import PlayerSettings
from latentlab.errors import LabError
from latentlab.models.players import Judged, Moment, Player


class TrainingError(LabError):
    """The next step failed. The weights are the last good ones, and `run` may be called again."""


@dataclass(frozen=True, eq=False)
class Situation:
    """The model, pictures, plan and device of a training; `noise` is used at every step."""

    model: nn.Module
    averaged: nn.Module
    pictures: Pictures
    plan: TrainingPlan
    team: Team
    device: torch.device
    noise: torch.Generator


class Learner(Protocol):
    """One phase: by gradients, or by passes without.

    Attributes:
        work: describes it and judges.
        epochs, per_epoch: its epochs or passes, and the batches of each.
        batch: pictures at once.
    """

    epochs: int
    per_epoch: int
    batch: int

    @property
    def work(self) -> Judged: ...

    @property
    def players(self) -> tuple[Player, ...]:
        """Who steps, with their settings as they are now; () without gradients."""

    def set_players(self, settings: Mapping[str, PlayerSettings]) -> None:
        """Changes settings of players, by their names, from the next step on."""

    def batches(self, position: int) -> Iterator[Any]:
        """The rest of an epoch from this batch on."""

    def step(self, index: Any, moment: Moment, alone: str = "") -> Tensor | None:
        """Learns from one batch; returns its figures, if any. If a player is called `alone`, only that one
        steps.
        """

    def recent(self, count: int) -> Figures:
        """The figures of the last so many batches."""

    def end_epoch(self, passed: int) -> bool:
        """Ends an epoch before it is judged; returns whether the phase ends early."""

    def learnt(self, counted: int) -> Figures:
        """The figures of the epoch, of which this process has seen so many batches."""

    def hand_on(self) -> None:
        """Ends the phase: the averaged weights replace the trained ones."""

    def state(self, position: int) -> dict[str, Tensor]:
        """Everything that determines how it goes on from this batch of an epoch."""

    def restore(self, tensors: Mapping[str, Tensor], passed: int, position: int) -> int:
        """Restores a `state()`; returns the next batch. Raises LabError if it is that of another model."""


def is_out_of_memory(error: BaseException) -> bool:
    """torch has an exception of its own for a GPU, and only a message for a CPU."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return "not enough memory" in str(error) or "can't allocate memory" in str(error)
