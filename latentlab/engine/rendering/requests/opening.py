"""Requests that open a model and data, from files or during a training, and encode the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.core.figures import NOTHING, FiguresSpec
from latentlab.engine.attributes.implications import Implied
from latentlab.engine.rendering.prior_facts import PriorFacts
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.core.columns import Kept
    from latentlab.data.keys import Keys

MOST_COMPONENTS = 16
# In place of a model's data, if its file does not say what they are.
UNKNOWN = "unknown"
_OF_A_PLANE = frozenset(
    {
        Capability.ENCODES,
        Capability.DECODES,
        Capability.HAS_LIKELIHOOD,
        Capability.HAS_PRIOR,
        Capability.SAMPLES,
    }
)


@dataclass(frozen=True, eq=False)
class LoadedReply(Reply):
    """A model and a data set are open.

    `images` is uint8 (N, C, H, W) and `labels` int64 (N,) or None, shared and read-only. `condition_names`
    are the classes or attributes of a conditional model, none for most models, and `exclusive` says that
    exactly one of them holds at a time. `told` is the condition of each picture, float32 (N, A), None for
    other models and where the data do not say. `implied`: see `latentlab.engine.attributes.implications`.
    `steered`: steered directions of this model on these data ship. `keys` identify each picture whatever its
    number; of the split "all", the first `testing` are held out. `notes` are messages for the user on how
    model and data match. `latents` is 0 for a model without a latent space. `capabilities` are the model's: a
    VAE's by default. `prior` is None for N(0, I). `columns` are the attributes of the pictures and the other
    columns of their table; `figures` the names of what the model can compute of each picture, as in
    `latentlab.engine.rendering.requests.figures`.
    `missing` names the model's own data if they were not found: it is open without pictures then.
    `start` is where a person first meets the model, () for the middle. `later` is what a model in training
    will be able to do when phases that have not begun have trained it. `training` are the figures that the
    training of such a model reports.
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
    capabilities: frozenset[Capability] = _OF_A_PLANE
    prior: PriorFacts | None = None
    columns: tuple[Kept, ...] = ()
    figures: tuple[str, ...] = ()
    missing: str = ""
    start: Point = ()
    later: frozenset[Capability] = frozenset()
    training: FiguresSpec = NOTHING

    def can(self, *capabilities: Capability) -> bool:
        """Whether the model has all of these capabilities."""
        return self.capabilities.issuperset(capabilities)

    @property
    def has_prior(self) -> bool:
        """Whether it says where in its latent space to draw from."""
        return self.can(Capability.HAS_PRIOR)

    @property
    def random_places(self) -> tuple[Point, ...]:
        """Draws of its prior; none of N(0, I), from which anyone can draw."""
        return () if self.prior is None else self.prior.draws

    @property
    def middle(self) -> Point:
        """The initial point in the latent space."""
        return (0.0,) * self.latents if self.prior is None else self.prior.middle

    @property
    def first_point(self) -> Point:
        """Where a person first meets the model: at a typical picture, if there are pictures."""
        return self.start if len(self.start) == self.latents else self.middle

    def class_of(self, index: int) -> str:
        """The name of a picture's class, "" where it is unknown."""
        label = -1 if self.labels is None else int(self.labels[index])
        return "" if label < 0 else self.classes[label]

    def split_of(self, index: int) -> str:
        """The split that a picture belongs to: "test" or "train"."""
        return self.split if self.split != "all" else "test" if index < self.testing else "train"

    def file_of(self, index: int) -> str:
        """The path of a picture below the data's root, "" where it is unknown."""
        return "" if self.keys is None else self.keys.names[index]


@dataclass(frozen=True)
class LoadRequest(Request[LoadedReply]):
    """Open a model (name or path) and a split of a matching data set.

    `alone` says that the model may be opened without pictures, where those are not to be found or do not
    suit it.
    """

    priority: ClassVar[int] = 0
    model: str
    data: str = "mnist"
    split: str = "test"
    alone: bool = False


@dataclass(frozen=True, eq=False)
class EncodingsReply(Reply):
    """Posterior means and sigmas (n, D) of the first n of `total` pictures, growing as they are made.

    The last reply also has, of all pictures: each dimension's mean KL (nats, infinite where unknown) and
    the standard deviation of its means, and the two directions in which the means spread most. Unless the
    model is in training, `principal` are the up to `MOST_COMPONENTS` principal components, each one standard
    deviation long.
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


@dataclass(frozen=True)
class EncodeRequest(Request[EncodingsReply]):
    """Encode every picture of the open data set."""

    priority: ClassVar[int] = 9
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})


@dataclass(frozen=True, eq=False)
class UnfoldedReply(EncodingsReply):
    """The encodings of the pictures after `step` steps of a training, as far as known yet."""

    step: int = 0


@dataclass(frozen=True, eq=False)
class FollowRequest(Request[LoadedReply | UnfoldedReply], place=LoadRequest):
    """Show a model that is being trained, with these weights.

    The first one of a training opens its model and data, and is answered by a `LoadedReply` too. It shares
    the mailbox slot of `LoadRequest`: whichever is newer decides which model is open.

    Attributes:
        name: the name of the training.
        kind, config: the model's.
        theta: float32 (P,), the weights in the order of `latentlab.engine.training.weights.in_order`.
        step: the number of training steps so far.
        data, split: the pictures to show in the plane.
        buffers: the model's, by name.
        later: see `LoadedReply`.
    """

    priority: ClassVar[int] = 2
    name: str
    kind: str
    config: Mapping[str, Any]
    theta: NDArray[np.float32]
    step: int
    data: str
    split: str
    buffers: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    later: frozenset[Capability] = frozenset()
