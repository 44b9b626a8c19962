"""Requests for the scores of whole sets of pictures, and for samples always from the same z. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy or torch.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.models.critics import ScoreSpec

_OF_MADE = frozenset({Capability.SCORES, Capability.DECODES})


@dataclass(frozen=True, eq=False)
class HistogramsReply(Reply):
    """How the scores of several sets of pictures are spread.

    Attributes:
        low, high: the ends of the histograms.
        names: of the sets: pictures of the data, and "made".
        shares: for each set, the share of its pictures in each of as many equal bins.
        means: of each set; of a probability, all numbers are sigma(s).
        counts: how many pictures of each set.
        spec: what scores mean.
        step: of the training, when the first picture was scored; None for a model that is not in training.
    """

    low: float
    high: float
    names: tuple[str, ...]
    shares: tuple[Point, ...]
    means: Point
    counts: tuple[int, ...]
    spec: ScoreSpec
    step: int | None = None


@dataclass(frozen=True)
class HistogramsRequest(Request[HistogramsReply]):
    """Score `count` pictures of each set, always the same. Long work, in pieces."""

    priority: ClassVar[int] = 9
    needs: ClassVar[frozenset[Capability]] = _OF_MADE
    patient: ClassVar[bool] = True
    count: int = 500
    bins: int = 40


@dataclass(frozen=True, eq=False)
class VarietyReply(Reply):
    """Samples from always the same z, and how varied they are.

    Attributes:
        pictures: the first of them, uint8 (n, H, W) or (n, H, W, 3).
        columns: pictures in a row of a sheet: of a model with classes, one for each where there are not too
            many.
        ratio: see `latentlab.core.collapse`.
        classes, counts: how many of the samples are of each class, by the classifier that ships; () without.
        asked: the class that each of the first pictures was asked for, as many as there are; () where none
            were, or attributes.
        borrowed: whether each was asked for the attributes of a held-out picture.
        coverage: the share of as many held-out pictures with a sample near them, in that classifier's
            features; None without one.
        step: of the training, when the first was made; None for a model that is not in training.
    """

    pictures: NDArray[np.uint8]
    columns: int
    ratio: float
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    asked: tuple[str, ...]
    coverage: float | None
    step: int | None = None
    borrowed: bool = False


@dataclass(frozen=True)
class VarietyRequest(Request[VarietyReply]):
    """Draw `count` samples, always from the same z and conditions, and measure how varied they are."""

    priority: ClassVar[int] = 8
    needs: ClassVar[frozenset[Capability]] = _OF_MADE
    patient: ClassVar[bool] = True
    count: int = 200
    shown: int = 60
