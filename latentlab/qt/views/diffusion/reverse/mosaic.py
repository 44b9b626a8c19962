"""Computes mosaics and histograms of pictures for the screen. numpy alone."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.noising import as_bytes
from latentlab.engine.types import Picture

# Histograms: this many bins from -REACH to REACH.
BINS, REACH = 60, 3.0
# More numbers than these do not change a histogram visibly.
_MOST_NUMBERS = 32_768
_GAP = 1


# Pictures that are at least this many times as large as they are have whole-number scales: that costs little.
SHARP = 3.0
_UNFINISHED = 0.8


@functools.lru_cache(maxsize=64)
def scale_in(
    count: int, shape: tuple[int, int], width: float, height: float, ratio: float = 1.0
) -> tuple[int, float]:
    """The number of columns that makes `count` pictures of (H, W) largest in a box, and their scale: a whole
    number, where that costs little, on a screen with `ratio` of its pixels to one of the box.
    """
    found: list[tuple[float, int, float]] = []
    for columns in range(1, count + 1):
        across, down = spanned(count, shape, columns)
        scale = min(width / across, height / down) * ratio
        scale = float(math.floor(scale)) if scale >= SHARP else scale
        # A last row that is not full looks unfinished: only for pictures that are clearly larger.
        worth = scale * (_UNFINISHED if count % columns else 1.0)
        found.append((worth, -columns, scale))
    _, chosen, scale = max(found)
    return -chosen, max(scale, 0.0) / ratio


def spanned(count: int, shape: tuple[int, int], columns: int) -> tuple[int, int]:
    """The width and height of so many pictures of (H, W) with the gaps between them, in their own pixels."""
    rows = math.ceil(count / columns)
    return columns * (shape[1] + _GAP) - _GAP, rows * (shape[0] + _GAP) - _GAP


def mosaic_of(x: NDArray[np.float32], columns: int, ground: int, reach: float = 1.0) -> Picture:
    """Pictures (B, C, H, W) row by row in one, with a pixel of `ground` between them."""
    pictures = as_bytes(x[:, :3] if x.shape[1] > 1 else x, reach)
    count, channels, height, width = pictures.shape
    rows = math.ceil(count / columns)
    down, across = height + _GAP, width + _GAP
    whole = np.full((rows * columns, channels, down, across), ground, np.uint8)
    whole[:count, :, :height, :width] = pictures
    whole = whole.reshape(rows, columns, channels, down, across).transpose(0, 3, 1, 4, 2)
    page = whole.reshape(rows * down, columns * across, channels)[:-_GAP, :-_GAP]
    return np.ascontiguousarray(page[..., 0] if channels == 1 else page)


def shares(x: NDArray[np.float32]) -> NDArray[np.float64]:
    """The histogram of numbers over BINS bins from -REACH to REACH, as a density (BINS,).

    Values outside are not counted: they would pile up at the ends.
    """
    numbers = x.reshape(-1)
    if numbers.size > _MOST_NUMBERS:
        numbers = numbers[:: math.ceil(numbers.size / _MOST_NUMBERS)]
    # One more bin at each end takes the values outside.
    places = ((numbers + REACH) * (BINS / (2.0 * REACH)) + 1.0).astype(np.int32)
    np.clip(places, 0, BINS + 1, out=places)
    counts = np.bincount(places, minlength=BINS + 2)[1:-1]
    density: NDArray[np.float64] = counts / (max(1, numbers.size) * 2.0 * REACH / BINS)
    return density


def normal_density() -> NDArray[np.float64]:
    """The density of N(0, 1) at the centre of each bin, (BINS,)."""
    middles = (np.arange(BINS) + 0.5) * (2.0 * REACH / BINS) - REACH
    density: NDArray[np.float64] = np.exp(-0.5 * middles**2) / math.sqrt(2.0 * math.pi)
    return density
