"""What a window asks of the model: frozen values, without torch, that cross threads.

The answers are those of `latentlab.engine.rendering.replies`.

Each kind of request has one slot in the mailbox: a newer one of the same `slot` replaces an older one.
`generation` numbers the requests of a slot, so that whoever asked can tell a stale answer. Pictures are
uint8 (H, W) for grey or (H, W, 3) for colour; arrays are never written to after they are sent.

`condition` is what a conditional model is told: a number for each of its condition names, one-hot where they
exclude each other; empty for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Picture, Point, Region

# For the types alone: the window's frame is on the screen before numpy is imported.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Request:
    """A wish with a number. `slot` names its place in the mailbox, lower `priority` goes first.

    One that is `patient` is long work that nobody looks at while the hand moves; requests that are made
    `by_hand` tell that it does.
    """

    slot: ClassVar[str]
    priority: ClassVar[int]
    patient: ClassVar[bool] = False
    by_hand: ClassVar[bool] = False
    generation: int


@dataclass(frozen=True)
class LoadRequest(Request):
    """Open a model (name or path) and a split of a data set that it fits."""

    slot: ClassVar[str] = "load"
    priority: ClassVar[int] = 0
    model: str
    data: str = "mnist"
    split: str = "test"


@dataclass(frozen=True)
class PointRequest(Request):
    """Decode one point. The picture under the hand: nothing goes before it."""

    slot: ClassVar[str] = "point"
    priority: ClassVar[int] = 1
    by_hand: ClassVar[bool] = True
    z: Point
    condition: Point = ()


@dataclass(frozen=True)
class SelectionRequest(Request):
    """All about one picture of the data set: its posterior, reconstruction, ELBO, posterior draws."""

    slot: ClassVar[str] = "selection"
    priority: ClassVar[int] = 2
    index: int
    draws: int = 8
    seed: int = 0


@dataclass(frozen=True)
class TrayRequest(Request):
    """Decode the pinned points."""

    slot: ClassVar[str] = "tray"
    priority: ClassVar[int] = 3
    points: tuple[Point, ...]
    condition: Point = ()


@dataclass(frozen=True)
class BeforeRequest(TrayRequest):
    """Decode the point that attributes are added to."""

    slot: ClassVar[str] = "before"


@dataclass(frozen=True)
class AnalogyRequest(TrayRequest):
    """Decode the points of an analogy, and the one that follows from them."""

    slot: ClassVar[str] = "analogy"


@dataclass(frozen=True)
class SheetRequest(Request):
    """Decode what becomes of pictures of the data: `pictures` are their numbers, one for each point.

    A conditional model is told of each what the data say of its picture.
    """

    slot: ClassVar[str] = "sheet"
    priority: ClassVar[int] = 5
    points: tuple[Point, ...]
    pictures: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class OwnPictureRequest(Request):
    """Encode a picture of the person's own: `pixels`, uint8 (H, W) or (H, W, 3) of any size, fitted so.

    With `compare`, a second reply tells how its ELBO compares with those of the open data.
    """

    slot: ClassVar[str] = "own"
    priority: ClassVar[int] = 2
    pixels: Picture
    fitting: Fitting = field(default_factory=Fitting)
    condition: Point = ()
    compare: bool = True


@dataclass(frozen=True, eq=False)
class PictureSlotRequest(OwnPictureRequest):
    """Encode a picture that takes part in an analogy."""

    slot: ClassVar[str] = "well"


@dataclass(frozen=True)
class DirectionsRequest(Request):
    """Find the directions of the attributes, or classes, of a data set in the open model."""

    slot: ClassVar[str] = "directions"
    priority: ClassVar[int] = 10
    data: str
    method: str = "means"


@dataclass(frozen=True, eq=False)
class GroupsRequest(Request):
    """Find the direction from group B to group A, float32 (N, D) and (M, D), and how far to trust it.

    `name`, `data` and `model_hash` come back with the reply: what to call it, and what it belongs to.
    """

    slot: ClassVar[str] = "groups"
    priority: ClassVar[int] = 10
    name: str
    data: str
    model_hash: str
    a: NDArray[np.float32]
    b: NDArray[np.float32]


@dataclass(frozen=True)
class WalkRequest(Request):
    """Decode a walk through `pins` in their order, `steps` pictures from each pin to the next.

    `path` is "lerp" or "slerp". P pins make (P - 1) * (steps - 1) + 1 pictures, pins included once.
    """

    slot: ClassVar[str] = "walk"
    priority: ClassVar[int] = 4
    pins: tuple[Point, ...]
    path: str = "lerp"
    steps: int = 12
    condition: Point = ()


@dataclass(frozen=True)
class ConditionStripRequest(Request):
    """Decode the probe under each of several conditions, at the point where it goes with each."""

    slot: ClassVar[str] = "conditions"
    priority: ClassVar[int] = 5
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]


@dataclass(frozen=True)
class WaysRequest(Request):
    """Decode points, each under a condition of its own: an attribute added by vector, and by condition."""

    slot: ClassVar[str] = "ways"
    priority: ClassVar[int] = 5
    points: tuple[Point, ...]
    conditions: tuple[Point, ...]


@dataclass(frozen=True)
class SamplesRequest(Request):
    """Decode `count` draws from the prior. A conditional model is told what is `asked`, (name, number) for
    each condition that matters, and of the others what real pictures have, those it learnt from or `data`.
    """

    slot: ClassVar[str] = "samples"
    priority: ClassVar[int] = 5
    asked: tuple[tuple[str, float], ...]
    count: int
    seed: int
    data: str


@dataclass(frozen=True, eq=False)
class TrajectoryRequest(Request):
    """Find where pictures lie that a diffusion model believes in: float32 (N, C, H, W), -1 to 1."""

    slot: ClassVar[str] = "trajectory"
    priority: ClassVar[int] = 5
    pictures: NDArray[np.float32]
    condition: Point = ()


@dataclass(frozen=True)
class GridRequest(Request):
    """Decode a grid of `columns` x `rows` points of the plane.

    `region` is (left, right, bottom, top), filled evenly by cells; None takes places of equal prior mass.
    The plane is that of `projection`, and `base` says what of z it does not show; None is a model's two
    dimensions themselves.
    """

    slot: ClassVar[str] = "grid"
    priority: ClassVar[int] = 6
    patient: ClassVar[bool] = True
    columns: int
    rows: int
    region: Region | None = None
    projection: Projection | None = None
    base: Point = ()
    condition: Point = ()


@dataclass(frozen=True)
class UnderlayRequest(GridRequest):
    """The decoded manifold that lies under the points of the plane."""

    slot: ClassVar[str] = "underlay"
    priority: ClassVar[int] = 7


@dataclass(frozen=True)
class TraversalRequest(Request):
    """Decode what each of some dimensions does: that one at `values`, the others as z has them."""

    slot: ClassVar[str] = "traversal"
    priority: ClassVar[int] = 8
    z: Point
    dimensions: tuple[int, ...]
    values: tuple[float, ...]
    condition: Point = ()


@dataclass(frozen=True)
class ProbeDensityRequest(Request):
    """Compare the density of encoded pictures at z with that at the pictures themselves."""

    slot: ClassVar[str] = "probe density"
    priority: ClassVar[int] = 5
    z: Point


@dataclass(frozen=True)
class DensityMapRequest(Request):
    """Find how densely encoded pictures lie in a region of a plane, in `columns` x `rows` cells."""

    slot: ClassVar[str] = "density map"
    priority: ClassVar[int] = 8
    patient: ClassVar[bool] = True
    columns: int
    rows: int
    region: Region
    projection: Projection


@dataclass(frozen=True)
class EncodeRequest(Request):
    """Find the place of every picture of the open data set."""

    slot: ClassVar[str] = "encodings"
    priority: ClassVar[int] = 9


@dataclass(frozen=True, eq=False)
class FollowRequest(Request):
    """Show a model in the midst of its training, with these weights.

    The first one of a training opens its model and data, and is answered by a `LoadedReply` too. It shares
    the slot of `LoadRequest`: whichever is newer decides which model is open.

    Attributes:
        name: what the training is called.
        kind, config: the model's.
        theta: float32 (P,), the weights in the order of `latentlab.engine.training.weights.in_order`.
        step: how many steps it took to come to them.
        data, split: the pictures to show in the plane.
    """

    slot: ClassVar[str] = LoadRequest.slot
    priority: ClassVar[int] = 2
    name: str
    kind: str
    config: Mapping[str, Any]
    theta: NDArray[np.float32]
    step: int
    data: str
    split: str
