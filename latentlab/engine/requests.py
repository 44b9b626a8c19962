"""What a window asks of the model, and what it gets: frozen values, without torch, that cross threads.

Each kind of request has one slot in the mailbox: a newer one of the same `slot` replaces an older one.
`generation` numbers the requests of a slot, so that whoever asked can tell a stale answer. Pictures are
uint8 (H, W) for grey or (H, W, 3) for colour; arrays are never written to after they are sent.

`condition` is what a conditional model is told: a number for each of its condition names, one-hot where they
exclude each other; empty for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from latentlab.engine.cropping import Fitting
from latentlab.engine.projection import Point as Point
from latentlab.engine.projection import Projection

# For the types alone: the window's frame is on the screen before numpy is imported.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.engine.direction_parts import Trust
    from latentlab.engine.directions import Directions

Picture: TypeAlias = "NDArray[np.uint8]"
Region = tuple[float, float, float, float]
MOST_COMPONENTS = 16


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
class WellRequest(OwnPictureRequest):
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
    """Decode one point under each of several conditions."""

    slot: ClassVar[str] = "conditions"
    priority: ClassVar[int] = 5
    z: Point
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
        theta: float32 (P,), the weights in the order of `latentlab.engine.weights.in_order`.
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


@dataclass(frozen=True, eq=False)
class Reply:
    """The answer to the request of the same slot and generation."""

    generation: int


@dataclass(frozen=True, eq=False)
class PointReply(Reply):
    """The expected picture at z and what the prior says of z (nats)."""

    z: Point
    picture: Picture
    log_prior: float
    seconds: float
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class SelectionReply(Reply):
    """A data picture with its posterior (mean, sigma), reconstruction and ELBO terms (nats, at the mean
    of many draws), and pictures decoded from draws of its posterior. `condition` is what it is of, for a
    model that is told."""

    index: int
    original: Picture
    reconstruction: Picture
    mean: Point
    sigma: Point
    elbo: float
    reconstruction_nats: float
    kl: float
    draws: tuple[Picture, ...]
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class OwnPictureReply(Reply):
    """A picture as the model sees it, with its posterior, reconstruction and ELBO terms (nats).

    `below` is the share of `among` pictures of the open data whose ELBO is lower, and `negative_below` the
    same for the picture with light and dark exchanged; None until they have been compared. A conditional
    model was told `told`; its ELBO is highest, of all that it can be told, told `fits` ("" for other models).
    """

    slot: str
    fitting: Fitting
    seen: Picture
    reconstruction: Picture
    mean: Point
    sigma: Point
    elbo: float
    reconstruction_nats: float
    kl: float
    below: float | None = None
    among: int = 0
    negative_below: float | None = None
    told: str = ""
    fits: str = ""


@dataclass(frozen=True, eq=False)
class WalkReply(Reply):
    """Pictures of a walk's, a tray's or a sheet's points, in their order, and prior densities (nats).

    Of a sheet's points no densities are told.
    """

    slot: str
    points: tuple[Point, ...]
    pictures: tuple[Picture, ...]
    log_priors: tuple[float, ...]
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class ConditionStripReply(Reply):
    """One point under each condition of the request, in their order."""

    z: Point
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, eq=False)
class WaysReply(Reply):
    """The points of the request, each under its condition, in their order."""

    points: tuple[Point, ...]
    conditions: tuple[Point, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, eq=False)
class TrajectoryReply(Reply):
    """The posteriors' means of the request's pictures, in their order."""

    points: tuple[Point, ...]


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


@dataclass(frozen=True, eq=False)
class TraversalReply(Reply):
    """One dimension's pictures, side by side in one; `done` tells the last of the request's dimensions."""

    dimension: int
    values: tuple[float, ...]
    strip: Picture
    done: bool


@dataclass(frozen=True, eq=False)
class DirectionsReply(Reply):
    """What was found; or, while pictures are still being encoded, or directions steered, the share done.

    `still_told` is what z still says of the attributes that the decoder is told: of a model that is told
    attributes, its regressed directions.
    """

    directions: Directions | None
    share: float = 1.0
    steering: bool = False
    still_told: Directions | None = None


@dataclass(frozen=True, eq=False)
class GroupsReply(Reply):
    """The direction between two groups of `have` and `lack` pictures; trusted by halves of them."""

    name: str
    data: str
    model_hash: str
    vector: Point
    have: int
    lack: int
    trust: Trust


@dataclass(frozen=True, eq=False)
class GridReply(Reply):
    """A mosaic of the grid, top row first. Coarse replies come first: `done` tells the last.

    `mosaic` is (rows * H, columns * W) or with a colour axis; cells not decoded yet show the nearest
    decoded one. `across` (columns,) left to right and `up` (rows,) bottom to top are the cells' middles;
    `region`, `projection`, `base` and `condition` are those of the request. `seconds` is the time since the
    request was taken up.
    """

    slot: str
    region: Region | None
    across: tuple[float, ...]
    up: tuple[float, ...]
    mosaic: Picture
    done: bool
    seconds: float
    projection: Projection | None = None
    base: Point = ()
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class ProbeDensityReply(Reply):
    """The log density of encoded pictures at z (nats), and that which 99 of 100 held-out pictures lie above.

    `lower` is the share of held-out pictures that lie lower than z, and `pictures` says of how many
    posteriors that tells. Nothing is known where pictures have no places yet.
    """

    z: Point
    log_density: float | None = None
    usual: float | None = None
    lower: float = 0.0
    pictures: int = 0

    @property
    def far(self) -> bool:
        """Whether z lies outside the region where encoded pictures are."""
        return self.log_density is not None and self.usual is not None and self.log_density < self.usual


@dataclass(frozen=True, eq=False)
class DensityMapReply(Reply):
    """Log densities (nats) in the cells of a region of a plane, float32 (rows, columns), top row first.

    `log_density` is of the encoded pictures, projected on the plane, and `log_prior` of the prior; None for a
    model without one. `levels` are the log densities above which half, 90 % and 99 % of held-out pictures
    lie. A coarse reply may come first: `done` tells the last. `pictures` are as many as it tells of.
    """

    region: Region
    projection: Projection
    log_density: NDArray[np.float32]
    log_prior: NDArray[np.float32] | None
    levels: tuple[float, ...]
    pictures: int
    done: bool


@dataclass(frozen=True, eq=False)
class LoadedReply(Reply):
    """A model and a data set are open.

    `images` is uint8 (N, C, H, W) and `labels` int64 (N,) or None, shared, not to be written to.
    `condition_names` are the classes or attributes that the model is told, none for most models, and
    `exclusive` says that just one of them holds at a time. `implied`: see `latentlab.engine.implications`.
    `steered`: steered directions of this model in these data ship.
    """

    model: str
    path: str
    title: str
    hash: str
    latents: int
    metrics: tuple[tuple[str, float], ...]
    command: str
    data: str
    split: str
    classes: tuple[str, ...]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None
    device: str
    condition_names: tuple[str, ...] = ()
    exclusive: bool = True
    implied: tuple[tuple[int, int, bool], ...] = ()
    steered: bool = False


@dataclass(frozen=True, eq=False)
class EncodingsReply(Reply):
    """Posterior means and sigmas (n, D) of the first n of `total` pictures, growing as they are made.

    The last reply also tells, of all pictures: each dimension's mean KL (nats, infinite for an autoencoder)
    and the standard deviation of its means, and the two directions in which the means spread most. Unless
    the model is still learning, `principal` are the up to `MOST_COMPONENTS` directions in which they spread
    most, each one standard deviation long.
    """

    mean: NDArray[np.float32]
    sigma: NDArray[np.float32]
    total: int
    kl_per_dimension: Point = ()
    spread: Point = ()
    components: tuple[Point, Point] | None = None
    principal: tuple[Point, ...] = ()

    @property
    def done(self) -> bool:
        return len(self.mean) == self.total


@dataclass(frozen=True, eq=False)
class UnfoldedReply(EncodingsReply):
    """Where the pictures lie after `step` steps of a training, as far as is known yet."""

    step: int = 0


@dataclass(frozen=True, eq=False)
class Refusal(Reply):
    """The request could not be met; `message` is for the person, `details` for the log ("" if expected)."""

    slot: str
    message: str
    details: str = ""
