"""What the window tells a training, and what it gets back: frozen values that cross threads. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latentlab.engine.training.plan import TrainingPlan


@dataclass(frozen=True)
class Begin:
    """Train a new model: kind and config fields, plan, the data's text, the file it is to go to.

    `proposed` says that nobody has chosen the plan's epochs and batch: they are to suit the pictures that are
    found there.
    """

    kind: str
    fields: Mapping[str, Any]
    plan: TrainingPlan
    data: str
    out: Path
    proposed: bool = False


@dataclass(frozen=True)
class GoOn:
    """Go on with a training that lies unfinished in a file."""

    path: Path


@dataclass(frozen=True)
class SetBeta:
    """Weigh the KL by this from the next step on."""

    beta: float


@dataclass(frozen=True)
class Pause:
    """Wait where you are, with a checkpoint on disk."""


@dataclass(frozen=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True)
class Keep:
    """Stop here and save the model as it is."""


@dataclass(frozen=True)
class Leave:
    """Stop here, to be gone on with another time."""


Order = SetBeta | Pause | Resume | Keep | Leave


@dataclass(frozen=True)
class Paused:
    """The training waits; `fault` says why if nobody asked it to ("" if somebody did)."""

    step: int
    fault: str = ""


@dataclass(frozen=True)
class Ended:
    """The thread has done its work; `kept` is the model's file, None if it was left unfinished."""

    kept: Path | None = None
