"""The request where a made picture comes from, and its replies: frozen values. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class OriginProgress(Reply):
    """The share of the work that is done in one space, 0 to 1; in words what it is."""

    space: str
    done: float
    words: str


@dataclass(frozen=True, eq=False)
class OriginReply(Reply):
    """The training pictures nearest to a picture, in one space; see `latentlab.engine.evaluation.origin`.

    Attributes:
        space: "pixels" or "features".
        measured: what the distances are, in words.
        numbers: of the nearest in the training split, the nearest first.
        pictures, classes, distances: the same pictures, the name of each one's class ("" for none), and how
            far they are.
        held_out: the distances of held-out pictures to their nearest training pictures, ascending.
        copy: whether it is a copy of the first.
        words: what that means.
        data: the spec of the data.
        exact: whether its training split is, to the bit, what the model learnt from, as far as its file says.
        last: whether no reply of another space follows.
    """

    space: str
    measured: str
    numbers: tuple[int, ...]
    pictures: tuple[Picture, ...]
    classes: tuple[str, ...]
    distances: tuple[float, ...]
    held_out: NDArray[np.float32]
    copy: bool
    words: str
    data: str
    exact: bool
    last: bool


@dataclass(frozen=True, eq=False)
class OriginRequest(Request[OriginReply | OriginProgress]):
    """Where a picture comes from: in pixels, then in features, if a classifier ships for the data.

    Attributes:
        picture: uint8 (H, W) or (H, W, 3).
        model: the name or path of the model that made it; "" for one that is not a file yet.
        instead: the spec of the data to take where the model's file does not say where its own are.
    """

    priority: ClassVar[int] = 0
    picture: Picture
    model: str
    instead: str = ""
