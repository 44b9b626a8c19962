"""Messages between the window and the training thread: frozen values. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latentlab.engine.training.plan import TrainingPlan
    from latentlab.engine.training.playing import PlayerSettings
    from latentlab.models.capabilities import Capability


@dataclass(frozen=True)
class Begin:
    """Train a new model: kind, config fields, plan, data spec, and target file.

    `proposed` says that the user has not chosen the plan's epochs and batch size: they are to suit the number
    of pictures. `start` is a model of this kind whose weights it begins with, and whose config it has.
    """

    kind: str
    fields: Mapping[str, Any]
    plan: TrainingPlan
    data: str
    out: Path
    proposed: bool = False
    start: Path | None = None


@dataclass(frozen=True)
class GoOn:
    """Resume the unfinished training in a file."""

    path: Path


@dataclass(frozen=True)
class SetBeta:
    """Weight the KL by this from the next step on."""

    beta: float


@dataclass(frozen=True)
class SetPlayers:
    """Give players these settings from the next step on."""

    settings: tuple[PlayerSettings, ...]


@dataclass(frozen=True)
class StepPlayer:
    """While paused: one step of this player alone, on the next batch, and pause again."""

    player: str


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


Order = SetBeta | SetPlayers | StepPlayer | Pause | Resume | Keep | Leave


@dataclass(frozen=True)
class Paused:
    """The training is paused; `fault` says why if nobody asked for it ("" if somebody did)."""

    step: int
    fault: str = ""


@dataclass(frozen=True)
class Players:
    """Who is trained in the phase that begins, or has other settings from now on.

    Attributes:
        settings: of each, in their order; () where nothing goes by gradients.
        learning_rate: the plan's highest; a player's is so many times its factor.
        who: the names of those who learn in this phase, also where nothing goes by gradients.
        ended: the names of those who learnt in phases before.
        first_step, steps: of the phase.
    """

    settings: tuple[PlayerSettings, ...] = ()
    learning_rate: float = 0.0
    who: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    first_step: int = 0
    steps: int = 0


@dataclass(frozen=True)
class Ended:
    """The thread has finished; `kept` is the model's file, None if the training was left unfinished.

    Attributes:
        kind, data: of the model, and the spec of the pictures it learnt from.
        metrics: the figures on held-out pictures, as the model's card has them.
        step, seconds: how many steps are done, and how long they took in all sessions.
        whole: whether the training ran to its end.
        later: what the model cannot do because it was kept before the phase that trains it.
    """

    kept: Path | None = None
    kind: str = field(default="", compare=False)
    data: str = field(default="", compare=False)
    metrics: Mapping[str, float | int] = field(default_factory=dict, compare=False)
    step: int = field(default=0, compare=False)
    seconds: float = field(default=0.0, compare=False)
    whole: bool = field(default=False, compare=False)
    later: frozenset[Capability] = field(default=frozenset(), compare=False)
