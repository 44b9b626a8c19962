"""Requests to decode points: the probe, a tray, a walk, along dimensions, draws of the prior.

`condition` is that of a conditional model: a number for each of its condition names, one-hot where they
exclude each other; empty for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point
from latentlab.models.capabilities import Capability


@dataclass(frozen=True, eq=False)
class PointReply(Reply):
    """The expected picture at z and its log prior density (nats), None for a model without a prior."""

    z: Point
    picture: Picture
    log_prior: float | None
    seconds: float
    condition: Point = ()


@dataclass(frozen=True)
class PointRequest(Request[PointReply]):
    """Decode the probe. It has the highest priority."""

    priority: ClassVar[int] = 1
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    by_hand: ClassVar[bool] = True
    z: Point
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class WalkReply(Reply):
    """Pictures of the points of a walk, a tray or a sheet, in order, and prior densities (nats).

    For the points of a sheet, and of a model without a prior, no densities are given.
    """

    points: tuple[Point, ...]
    pictures: tuple[Picture, ...]
    log_priors: tuple[float, ...]
    condition: Point = ()


@dataclass(frozen=True)
class TrayRequest(Request[WalkReply]):
    """Decode the pinned points."""

    priority: ClassVar[int] = 3
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    points: tuple[Point, ...]
    condition: Point = ()


@dataclass(frozen=True)
class BeforeRequest(TrayRequest):
    """Decode the point that attributes are added to."""


@dataclass(frozen=True)
class AnalogyRequest(TrayRequest):
    """Decode the points of an analogy, and the one computed from them."""


@dataclass(frozen=True)
class WalkRequest(Request[WalkReply]):
    """Decode a walk through `pins` in their order, `steps` pictures from each pin to the next.

    `path` is "lerp" or "slerp". P pins make (P - 1) * (steps - 1) + 1 pictures, pins included once.
    """

    priority: ClassVar[int] = 4
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    pins: tuple[Point, ...]
    path: str = "lerp"
    steps: int = 12
    condition: Point = ()


@dataclass(frozen=True)
class FilmRequest(WalkRequest):
    """Decode the frames of a film of a walk, which may be more than the walk has steps."""


@dataclass(frozen=True)
class SheetRequest(Request[WalkReply]):
    """Decode points derived from pictures of the data: `pictures` are their numbers, one for each point.

    A conditional model decodes each under its picture's condition.
    """

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    points: tuple[Point, ...]
    pictures: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class TraversalReply(Reply):
    """One dimension's pictures, side by side in one; `done` marks the last of the request's dimensions."""

    dimension: int
    values: tuple[float, ...]
    strip: Picture
    done: bool


@dataclass(frozen=True)
class TraversalRequest(Request[TraversalReply]):
    """Decode a traversal of each of some dimensions: that one at `values`, the others as in z."""

    priority: ClassVar[int] = 8
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    z: Point
    dimensions: tuple[int, ...]
    values: tuple[float, ...]
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class ConditionStripReply(Reply):
    """The probe under each condition of the request, in order."""

    points: tuple[Point, ...]
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class ConditionStripRequest(Request[ConditionStripReply]):
    """Decode the probe under each of several conditions, at the point given for each."""

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class WaysReply(Reply):
    """The points of the request, each under its condition, in order."""

    points: tuple[Point, ...]
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class WaysRequest(Request[WaysReply]):
    """Decode points, each under a condition of its own: to compare an attribute added by vector and by
    condition.
    """

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class SamplesReply(Reply):
    """Samples: points, the condition of each (empty for an unconditional model), pictures.

    `origin` says how what was not asked for was drawn; "" if nothing was.
    """

    asked: tuple[tuple[str, float], ...]
    seed: int
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]
    origin: str


@dataclass(frozen=True)
class SamplesRequest(Request[SamplesReply]):
    """Decode `count` draws from the prior. For a conditional model `asked` is (name, number) for each fixed
    condition; the others are drawn from real pictures, those it learnt from or `data`.
    """

    priority: ClassVar[int] = 5
    asked: tuple[tuple[str, float], ...]
    count: int
    seed: int
    data: str
