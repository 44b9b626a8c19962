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
from latentlab.errors import LabError
from latentlab.models.players import Judged, Moment


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

    def batches(self, position: int) -> Iterator[Any]:
        """The rest of an epoch from this batch on."""

    def step(self, index: Any, moment: Moment) -> Tensor | None:
        """Learns from one batch; returns its figures, if any."""

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
