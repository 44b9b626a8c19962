"""Requests for directions: of the attributes of a data set, or between two groups of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.engine.attributes.directions import Directions
    from latentlab.engine.attributes.trust import Trust


@dataclass(frozen=True, eq=False)
class DirectionsReply(Reply):
    """The directions; or, while pictures are still being encoded or directions steered, the share done.

    `still_told` is what z still says of the decoder's condition: for a model with attributes as conditions,
    its regressed directions.
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
    """The direction between two groups of `have` and `lack` pictures, with its trust from halves of them."""

    name: str
    data: str
    model_hash: str
    vector: Point
    have: int
    lack: int
    trust: Trust


@dataclass(frozen=True, eq=False)
class GroupsRequest(Request[GroupsReply]):
    """Find the direction from group B to group A, float32 (N, D) and (M, D), and its trust.

    `name`, `data` and `model_hash` are returned with the reply: its name, and what it belongs to.
    """

    priority: ClassVar[int] = 10
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    name: str
    data: str
    model_hash: str
    a: NDArray[np.float32]
    b: NDArray[np.float32]
