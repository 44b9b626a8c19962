"""All pictures of both sets by their log ratio, the highest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.evaluation.ratio.events import RatioResult, Side
from latentlab.engine.types import Picture
from latentlab.qt.widgets.images import data_picture


@dataclass(frozen=True, eq=False)
class Ranking:
    """The pictures of a result in order; made by `of`.

    Attributes:
        result: the result.
        order: int64 (2 N,), numbers of pictures, those of A first; the highest log ratio comes first.
        values: float32 (2 N,), the log ratios in that order.
    """

    result: RatioResult
    order: NDArray[np.int64]
    values: NDArray[np.float32]

    @classmethod
    def of(cls, result: RatioResult) -> Ranking:
        """Sorts them."""
        both = np.concatenate([result.a.log_ratio, result.b.log_ratio])
        order = np.argsort(-both, kind="stable")
        return cls(result, order, both[order])

    def __len__(self) -> int:
        return len(self.order)

    def at(self, place: int) -> tuple[Side, str, int]:
        """The set of the picture at a place, "A" or "B", and its place there."""
        number, count = int(self.order[place]), len(self.result.a.pictures)
        return (self.result.a, "A", number) if number < count else (self.result.b, "B", number - count)

    def picture(self, place: int) -> Picture:
        """The picture at a place."""
        side, _, number = self.at(place)
        return data_picture(side.pictures, number)

    def place_of(self, value: float) -> int:
        """The place of the first picture whose log ratio is not above a value."""
        return min(len(self) - 1, int(np.searchsorted(-self.values, -value)))
