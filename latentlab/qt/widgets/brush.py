"""The pixels under a round brush on its path, for canvases that are painted on. No Qt."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Spot = tuple[float, float]


def under_brush(shape: tuple[int, int], start: Spot, end: Spot, size: float) -> NDArray[np.bool_]:
    """True under a brush `size` pixels wide from `start` to `end`, and at least at the last pixel.

    Args:
        shape: (H, W) of the picture.
        start, end: (x, y) in pixels from the upper left corner.
    """
    height, width = shape
    y, x = np.mgrid[0.5:height, 0.5:width]
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    along = 0.0 if length == 0.0 else ((x - start[0]) * across + (y - start[1]) * down) / length
    along = np.clip(along, 0.0, 1.0)
    hit: NDArray[np.bool_] = (
        np.hypot(x - start[0] - along * across, y - start[1] - along * down) <= size / 2.0
    )
    column, row = math.floor(end[0]), math.floor(end[1])
    if 0 <= column < width and 0 <= row < height:
        hit[row, column] = True
    return hit
