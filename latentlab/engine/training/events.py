"""What a training tells whoever watches it: the command line, a test, a window alike."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from latentlab.core.figures import Figures


@dataclass(frozen=True)
class Started:
    """Before the first step: how long it will be, and how it will be computed.

    `step` is 0, or where a training that was interrupted goes on; `pictures` are there to learn from, 0 if
    that is not told, and `unknown` beside them are not, for what the model is told of them is not known;
    `beta` is the weight of the KL, before the plan's ramp.
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

    `beta` is the weight of the KL now; `seconds_left` goes by the steps of late.
    """

    step: int
    epoch: int
    terms: Figures
    images_per_second: float
    seconds_left: float
    beta: float


@dataclass(frozen=True)
class Judging:
    """In the midst of judging the averaged weights: so many of the held-out pictures are done."""

    step: int
    done: int
    total: int


@dataclass(frozen=True)
class EpochEnded:
    """After each pass over the data: the averaged weights judged on held-out pictures."""

    step: int
    epoch: int
    train: Figures
    test: Figures | None


@dataclass(frozen=True)
class Checkpointed:
    """All that is needed to go on from this step is in a file."""

    step: int
    path: Path


@dataclass(frozen=True)
class CheckpointFailed:
    """It could not be written; the training goes on without."""

    step: int
    reason: str


@dataclass(frozen=True)
class Finished:
    """The last event of a training that ran to its end. `seconds` counts all its sittings."""

    step: int
    seconds: float


TrainingEvent = Started | Progress | Judging | EpochEnded | Checkpointed | CheckpointFailed | Finished


def as_json(event: TrainingEvent) -> dict[str, Any]:
    """An event by the names of its fields, ready for JSON, with `event` saying what it is."""
    told: dict[str, Any] = {"event": type(event).__name__}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, Figures):
            value = value.as_json(whole=True)
        told[field.name] = str(value) if isinstance(value, Path) else value
    return told
