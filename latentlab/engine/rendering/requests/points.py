"""To decode points: the one under the hand, those of a tray, of a walk, along dimensions, from the prior.

`condition` is what a conditional model is told: a number for each of its condition names, one-hot where they
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
    """The expected picture at z and what the prior says of z (nats)."""

    z: Point
    picture: Picture
    log_prior: float
    seconds: float
    condition: Point = ()


@dataclass(frozen=True)
class PointRequest(Request[PointReply]):
    """Decode one point. The picture under the hand: nothing goes before it."""

    priority: ClassVar[int] = 1
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    by_hand: ClassVar[bool] = True
    z: Point
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class WalkReply(Reply):
    """Pictures of a walk's, a tray's or a sheet's points, in their order, and prior densities (nats).

    Of a sheet's points no densities are told.
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
    """Decode the points of an analogy, and the one that follows from them."""


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
class SheetRequest(Request[WalkReply]):
    """Decode what becomes of pictures of the data: `pictures` are their numbers, one for each point.

    A conditional model is told of each what the data say of its picture.
    """

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    points: tuple[Point, ...]
    pictures: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class TraversalReply(Reply):
    """One dimension's pictures, side by side in one; `done` tells the last of the request's dimensions."""

    dimension: int
    values: tuple[float, ...]
    strip: Picture
    done: bool


@dataclass(frozen=True)
class TraversalRequest(Request[TraversalReply]):
    """Decode what each of some dimensions does: that one at `values`, the others as z has them."""

    priority: ClassVar[int] = 8
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    z: Point
    dimensions: tuple[int, ...]
    values: tuple[float, ...]
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class ConditionStripReply(Reply):
    """The probe under each condition of the request, in their order."""

    points: tuple[Point, ...]
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class ConditionStripRequest(Request[ConditionStripReply]):
    """Decode the probe under each of several conditions, at the point where it goes with each."""

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class WaysReply(Reply):
    """The points of the request, each under its condition, in their order."""

    points: tuple[Point, ...]
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class WaysRequest(Request[WaysReply]):
    """Decode points, each under a condition of its own: an attribute added by vector, and by condition."""

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class SamplesReply(Reply):
    """What was drawn: points, what the model was told at each (nothing, if it is told nothing), pictures.

    `origin` says in words how what was not asked for came about; "" if nothing was left to chance.
    """

    asked: tuple[tuple[str, float], ...]
    seed: int
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]
    origin: str


@dataclass(frozen=True)
class SamplesRequest(Request[SamplesReply]):
    """Decode `count` draws from the prior. A conditional model is told what is `asked`, (name, number) for
    each condition that matters, and of the others what real pictures have, those it learnt from or `data`.
    """

    priority: ClassVar[int] = 5
    asked: tuple[tuple[str, float], ...]
    count: int
    seed: int
    data: str
