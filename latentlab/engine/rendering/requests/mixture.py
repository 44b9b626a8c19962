"""Requests about a mixture's components and the steps of the EM that fitted it. Torch-free.

They are served by a thread of their own, which reads model and data itself: a fit takes a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.engine.rendering.serving import Reply, Request

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class EMStep:
    """The mixture after so many half passes of EM: 0 is where it begins, 2p - 1 the E step of pass p, 2p its
    M step.

    Attributes:
        number: of half passes.
        means: uint8 (K, H, W) or (K, H, W, 3).
        weights: float32 (K,).
        places: float32 (K, 2), the means on the plane.
        shadows: float32 (K, 2, 2), the covariances there.
        most: int16 (N,), the most responsible component of each picture on the plane; None before the first E
            step.
        shares: float32 (N,), its responsibility.
        log_p: log p of a training picture under this mixture, in nats, at an E step; else None.
    """

    number: int
    means: NDArray[np.uint8]
    weights: NDArray[np.float32]
    places: NDArray[np.float32]
    shadows: NDArray[np.float32]
    most: NDArray[np.int16] | None = None
    shares: NDArray[np.float32] | None = None
    log_p: float | None = None

    @property
    def is_e(self) -> bool:
        """Whether responsibilities have just been computed."""
        return self.number % 2 == 1

    @property
    def em_pass(self) -> int:
        """The pass that it belongs to, from 1; 0 for the start."""
        return (self.number + 1) // 2

    @property
    def bytes(self) -> int:
        """The memory that it takes."""
        parts = (self.means, self.weights, self.places, self.shadows, self.most, self.shares)
        return sum(part.nbytes for part in parts if part is not None)


@dataclass(frozen=True, eq=False)
class ComponentsReply(Reply):
    """A mixture as it is, and the plane of its training pictures.

    Attributes:
        model, hash: its name, and the first digits of its file's SHA-256.
        data: the name of the pictures.
        pictures: how many there are to learn from.
        points: float32 (N, 2), some of them on the plane of their first two principal components.
        explained: the share of the pictures' variance that lies in the plane.
        step: the mixture; its `number` is 2 x `passes`, with the responsibilities of an E step after that.
        passes: of the EM that fitted it, 0 if its file does not say.
        refits: whether EM can be run again.
    """

    model: str
    hash: str
    data: str
    pictures: int
    points: NDArray[np.float32]
    explained: float
    step: EMStep
    passes: int
    refits: bool


@dataclass(frozen=True)
class ComponentsRequest(Request[ComponentsReply]):
    """Look into a mixture.

    Attributes:
        model: its name or path.
        data: the spec of pictures to take if its file does not say which it was fitted to.
    """

    priority: ClassVar[int] = 1
    model: str
    data: str


@dataclass(frozen=True, eq=False)
class ComponentReply(Reply):
    """One component. Pictures are uint8 (n, H, W) or (n, H, W, 3).

    Attributes:
        component: its number.
        weight: pi.
        mean: (1, H, W[, 3]).
        less, more: the mean minus and plus twice each direction in which it spreads, the longest first.
        lengths: of these directions, in grey levels from 0 to 1.
        members: the training pictures that it is most responsible for.
        shares: float32, its responsibilities for them.
        count: the pictures that it answers for, the sum of all responsibilities.
        samples: drawn from it.
    """

    component: int
    weight: float
    mean: NDArray[np.uint8]
    less: NDArray[np.uint8]
    more: NDArray[np.uint8]
    lengths: tuple[float, ...]
    members: NDArray[np.uint8]
    shares: NDArray[np.float32]
    count: float
    samples: NDArray[np.uint8]


@dataclass(frozen=True)
class ComponentRequest(Request[ComponentReply]):
    """Look at one component of the mixture that was last asked for, with samples of a seed."""

    priority: ClassVar[int] = 2
    component: int
    seed: int = 0


@dataclass(frozen=True, eq=False)
class EMReply(Reply):
    """A step of EM, or None while it is computed: `done` of `total` parts of all passes."""

    step: EMStep | None
    done: int
    total: int

    @property
    def ended(self) -> bool:
        """Whether it is the last."""
        return self.done == self.total


@dataclass(frozen=True)
class EMRequest(Request[EMReply]):
    """Run the EM of the mixture that was last asked for again, from its start; False stops it."""

    priority: ClassVar[int] = 5
    run: bool = True


@dataclass(frozen=True, eq=False)
class FollowedReply(Reply):
    """A step of an EM that is under way, or None once all of a snapshot's are told.

    Attributes:
        training: its name.
        step: the next one that could be seen.
        first: whether nothing before it belongs to the same tape.
    """

    training: str
    step: EMStep | None = None
    first: bool = False


@dataclass(frozen=True, eq=False)
class FollowEMRequest(Request[FollowedReply]):
    """Draw the steps that a mixture in training has made since the last snapshot of it.

    Attributes:
        training: its name.
        kind, config, theta, buffers, step: as in `latentlab.engine.training.snapshot.Snapshot`.
        data: the spec of its pictures.
    """

    priority: ClassVar[int] = 4
    training: str
    kind: str
    config: Mapping[str, Any]
    theta: NDArray[np.float32]
    step: int
    data: str
    buffers: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
