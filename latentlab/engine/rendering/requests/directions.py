"""To find directions: of the attributes of a data set, or from one group of pictures to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability

# For the types alone: the window's frame is on the screen before numpy is imported.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.engine.attributes.directions import Directions
    from latentlab.engine.attributes.trust import Trust


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


@dataclass(frozen=True)
class DirectionsRequest(Request[DirectionsReply]):
    """Find the directions of the attributes, or classes, of a data set in the open model."""

    priority: ClassVar[int] = 10
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    data: str
    method: str = "means"


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
class GroupsRequest(Request[GroupsReply]):
    """Find the direction from group B to group A, float32 (N, D) and (M, D), and how far to trust it.

    `name`, `data` and `model_hash` come back with the reply: what to call it, and what it belongs to.
    """

    priority: ClassVar[int] = 10
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    name: str
    data: str
    model_hash: str
    a: NDArray[np.float32]
    b: NDArray[np.float32]
