"""Requests about the eigenpictures of a Gaussian: themselves, a picture rebuilt from some, its samples beside
those of other models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from latentlab.engine.rendering.serving import A, Reply, Request
from latentlab.engine.types import Picture, Point
from latentlab.models.capabilities import Capability


@dataclass(frozen=True)
class EigenRequest(Request[A]):
    """A request to a model that has eigenpictures."""

    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.HAS_EIGENPICTURES})


@dataclass(frozen=True, eq=False)
class EigenpicturesReply(Reply):
    """The mean, and the first eigenpictures, grey where they are 0.

    Attributes:
        variances: of all the K that are kept, the largest first.
        rest, left_out: the variance of each of the others, and their number.
    """

    mean: Picture
    pictures: tuple[Picture, ...]
    variances: Point
    rest: float
    left_out: int


@dataclass(frozen=True)
class EigenpicturesRequest(EigenRequest[EigenpicturesReply]):
    """Draw the mean and the first `count` eigenpictures."""

    priority: ClassVar[int] = 4
    count: int = 40


@dataclass(frozen=True, eq=False)
class RankReply(Reply):
    """A picture, the same rebuilt from `rank` eigenpictures, and log p(x) for each number of them.

    Attributes:
        nats: log p(x) of the picture under the Gaussians that keep 0, 1, ... K of them.
        error: the root of the mean squared error of a pixel in [0, 1].
        index: of the picture in the data; None for one of the user's own.
    """

    rank: int
    original: Picture
    rebuilt: Picture
    nats: Point
    error: float
    index: int | None


@dataclass(frozen=True, eq=False)
class RankRequest(EigenRequest[RankReply]):
    """Rebuild a picture from the first `rank` eigenpictures.

    It is picture `index` of the data, or `pixels`, uint8 (H, W) or (H, W, 3), as large as the model's.
    """

    priority: ClassVar[int] = 2
    by_hand: ClassVar[bool] = True
    rank: int
    index: int | None = None
    pixels: Picture | None = None


@dataclass(frozen=True, eq=False)
class BesideReply(Reply):
    """Samples of one of several models.

    Attributes:
        row: its place among the models of the request.
        model: as it was asked for.
        pictures: side by side in one; None where it cannot be drawn from.
        note: where they come from, or why there are none.
        angles: of a linear decoder, the principal angles in degrees between the plane of its pictures and
            that of as many eigenpictures, the smallest first; () of others.
        done: whether this was the last one.
    """

    row: int
    model: str
    pictures: Picture | None
    note: str
    angles: Point
    done: bool


@dataclass(frozen=True)
class BesideRequest(EigenRequest[BesideReply]):
    """Draw `count` samples of each of several models, by name or path; "" is the open one."""

    priority: ClassVar[int] = 6
    patient: ClassVar[bool] = True
    models: tuple[str, ...]
    count: int = 10
    seed: int = 0
