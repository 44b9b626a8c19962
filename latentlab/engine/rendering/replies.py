"""What comes back from the model: the answers to `latentlab.engine.rendering.requests`, frozen, without
torch.

A reply has the generation of the request that it answers. Its arrays are never written to after it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from latentlab.engine.attributes.implications import Implied
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Picture, Point, Region

# For the types alone: the window's frame is on the screen before numpy is imported.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.data.keys import Keys
    from latentlab.engine.attributes.directions import Directions
    from latentlab.engine.attributes.trust import Trust

MOST_COMPONENTS = 16


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
    """The probe under each condition of the request, in their order."""

    points: tuple[Point, ...]
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
    `exclusive` says that just one of them holds at a time. `told` is what it is told of each picture, float32
    (N, A), None for other models and where the data do not say. `implied`: see
    `latentlab.engine.attributes.implications`.
    `steered`: steered directions of this model in these data ship.
    `keys` tell each picture whatever its number; of the split "all", the first `testing` are held out.
    `notes` are sentences on how model and data go together that a person should know.
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
    told: NDArray[np.float32] | None = None
    implied: Implied = ()
    steered: bool = False
    keys: Keys | None = None
    testing: int = 0
    notes: tuple[str, ...] = ()

    def class_of(self, index: int) -> str:
        """The name of a picture's class, "" where none is known."""
        label = -1 if self.labels is None else int(self.labels[index])
        return "" if label < 0 else self.classes[label]

    def split_of(self, index: int) -> str:
        """The split that a picture belongs to: "test" or "train"."""
        return self.split if self.split != "all" else "test" if index < self.testing else "train"

    def file_of(self, index: int) -> str:
        """The path of a picture below the data's root, "" where that is not known."""
        return "" if self.keys is None else self.keys.names[index]


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
