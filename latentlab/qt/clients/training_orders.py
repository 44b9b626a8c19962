"""Messages between the window and the training thread: frozen values. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latentlab.engine.training.plan import TrainingPlan


@dataclass(frozen=True)
class Begin:
    """Train a new model: kind, config fields, plan, data spec, and target file.

    `proposed` says that the user has not chosen the plan's epochs and batch size: they are to suit the number
    of pictures.
    """

    kind: str
    fields: Mapping[str, Any]
    plan: TrainingPlan
    data: str
    out: Path
    proposed: bool = False


@dataclass(frozen=True)
class GoOn:
    """Resume the unfinished training in a file."""

    path: Path


@dataclass(frozen=True)
class SetBeta:
    """Weight the KL by this from the next step on."""

    beta: float


@dataclass(frozen=True)
class Pause:
    """Pause, with a checkpoint on disk."""


@dataclass(frozen=True)
class Resume:
    """Resume after a pause."""


@dataclass(frozen=True)
class Keep:
    """Stop and save the model as it is."""


@dataclass(frozen=True)
class Leave:
    """Stop, to be resumed another time."""


Order = SetBeta | Pause | Resume | Keep | Leave


@dataclass(frozen=True)
class Paused:
    """The training is paused; `fault` says why if nobody asked for it ("" if somebody did)."""

    step: int
    fault: str = ""


@dataclass(frozen=True)
class Ended:
    """The thread has finished; `kept` is the model's file, None if the training was left unfinished."""

    kept: Path | None = None
