"""The events of a training, consumed alike by the command line, tests and the window."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from latentlab.core.figures import Figures


@dataclass(frozen=True)
class Started:
    """Before the first step: how long the training will be, and how it will be computed.

    `step` is 0, or where a resumed training continues; `pictures` are learnt from (0 if not given), and
    `unknown` more are not, because their condition is not known; `beta` is the weight of the KL, before the
    plan's ramp.
    """

    steps: int
    epochs: int
    device: str
    precision: str
    threads: int
    step: int = 0
    pictures: int = 0
    beta: float = 1.0
    unknown: int = 0


@dataclass(frozen=True)
class Progress:
    """Some twenty times a second: means over the steps since the last one.

    `beta` is the current weight of the KL; `seconds_left` is estimated from recent steps.
    """

    step: int
    epoch: int
    terms: Figures
    images_per_second: float
    seconds_left: float
    beta: float


@dataclass(frozen=True)
class Judging:
    """While the averaged weights are judged: so many of the held-out pictures are done."""

    step: int
    done: int
    total: int


@dataclass(frozen=True)
class EpochEnded:
    """After each epoch: the averaged weights judged on held-out pictures."""

    step: int
    epoch: int
    train: Figures
    test: Figures | None


@dataclass(frozen=True)
class Checkpointed:
    """Everything needed to resume from this step is in a file."""

    step: int
    path: Path


@dataclass(frozen=True)
class CheckpointFailed:
    """A checkpoint could not be written; the training goes on without."""

    step: int
    reason: str


@dataclass(frozen=True)
class Finished:
    """The last event of a training that ran to its end. `seconds` counts all its sessions."""

    step: int
    seconds: float


TrainingEvent = Started | Progress | Judging | EpochEnded | Checkpointed | CheckpointFailed | Finished


def as_json(event: TrainingEvent) -> dict[str, Any]:
    """An event as a dict by the names of its fields, ready for JSON, with its name under `event`."""
    told: dict[str, Any] = {"event": type(event).__name__}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, Figures):
            value = value.as_json(whole=True)
        told[field.name] = str(value) if isinstance(value, Path) else value
    return told
