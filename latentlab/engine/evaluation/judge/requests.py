"""Requests to the judge and its replies: frozen values that cross threads. Torch-free.

They follow the rules of `latentlab.engine.rendering.serving`: the newest of a kind wins, and generations
reveal stale replies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.core.judgement import Cell, JudgeEvent, Table
from latentlab.engine.rendering.serving import Reply, Request

if TYPE_CHECKING:
    from latentlab.engine.evaluation.judge.behind import BehindPictures


@dataclass(frozen=True, eq=False)
class JudgeReply(Reply):
    """What has happened; see `latentlab.engine.evaluation.judge.run.judge`."""

    event: JudgeEvent


@dataclass(frozen=True)
class JudgeRequest(Request[JudgeReply]):
    """Judge models, and go on where this was stopped; without models, stop what runs.

    Attributes:
        models: names of models that ship, or paths.
        data: the spec of the data set.
        pictures: N, how many samples each of them draws.
        seed: of all draws.
    """

    priority: ClassVar[int] = 3
    models: tuple[str, ...]
    data: str = ""
    pictures: int = 0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class KeptReply(Reply):
    """The figures that are known of models; None if these data were never judged."""

    table: Table | None


@dataclass(frozen=True)
class KeptRequest(Request[KeptReply]):
    """What is known of models already, without judging; see `latentlab.engine.evaluation.judge.run.known`.

    Attributes:
        models: names of models that ship, or paths.
        data: the spec of the data set.
        pictures: N; 0 for that of the newest judging.
    """

    priority: ClassVar[int] = 2
    models: tuple[str, ...]
    data: str
    pictures: int = 0


@dataclass(frozen=True, eq=False)
class BehindReply(Reply):
    """The pictures behind a cell."""

    found: BehindPictures


@dataclass(frozen=True, eq=False)
class BehindRequest(Request[BehindReply]):
    """The pictures behind a cell, while it is judged on; see `pictures_behind`.

    Attributes:
        model: the model's path, or its name if it ships.
        data: the spec of the data set.
        table: the one that the cell stands in.
    """

    priority: ClassVar[int] = 1
    model: str
    data: str
    table: Table
    cell: Cell
