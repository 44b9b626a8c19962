"""Requests for what a discriminator or critic thinks: of a plane, and of one picture. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point, Region
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy or torch.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.models.critics import ScoreSpec

_OF_MADE = frozenset({Capability.SCORES, Capability.DECODES})


@dataclass(frozen=True, eq=False)
class CriticMapReply(Reply):
    """The scores of the pictures made at the cells of a region of a plane, float32 (rows, columns), top row
    first; of a probability, sigma(s).

    A coarse reply may come first: `done` marks the last.
    """

    region: Region
    projection: Projection
    scores: NDArray[np.float32]
    spec: ScoreSpec
    done: bool


@dataclass(frozen=True)
class CriticMapRequest(Request[CriticMapReply]):
    """Score the pictures that are made in a region of the plane through `base`, in `columns` x `rows` cells,
    under a condition. Long work, in pieces.
    """

    priority: ClassVar[int] = 9
    needs: ClassVar[frozenset[Capability]] = _OF_MADE
    patient: ClassVar[bool] = True
    columns: int
    rows: int
    region: Region
    projection: Projection
    base: Point
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class OpinionReply(Reply):
    """The score of the picture made at z, and how it would have to change to look more real.

    Attributes:
        z, condition: where.
        picture: the picture, uint8 (H, W) or (H, W, 3).
        score: of a probability, sigma(s).
        slope: ds/dx of the raw score, float32 (H, W): of colours, the sum over the channels.
        steepness: |ds/dx|, over all pixels and channels.
        moved: the picture a step along the slope, uint8 as `picture`.
        moved_score: its score.
        spec: what scores mean.
    """

    z: Point
    condition: Point
    picture: Picture
    score: float
    slope: NDArray[np.float32]
    steepness: float
    moved: Picture
    moved_score: float
    spec: ScoreSpec


@dataclass(frozen=True)
class OpinionRequest(Request[OpinionReply]):
    """Score the picture made at the probe, and differentiate the score by the picture."""

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = _OF_MADE
    z: Point
    condition: Point = ()
