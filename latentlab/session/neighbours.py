"""Which encoded pictures lie nearest to a point. Brute force: for a plane's worth of points it is fastest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.requests import Point


def nearest(points: NDArray[np.float32], z: Point, count: int) -> list[int]:
    """Row numbers of the `count` points (N, D) nearest to z in Euclidean distance, nearest first."""
    count = min(count, len(points))
    if count == 0:
        return []
    gap = points - np.asarray(z, dtype=np.float32)
    squared = np.einsum("nd,nd->n", gap, gap)
    some = np.argpartition(squared, count - 1)[:count]
    return [int(index) for index in some[np.argsort(squared[some], kind="stable")]]
