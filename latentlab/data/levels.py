"""Arrays of pictures of any type as levels 0 (black) to 255 (white)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.errors import LabError


def as_levels(array: NDArray[Any], what: str, path: Path) -> NDArray[np.uint8]:
    """Pictures in an array of any type as uint8 (N, H, W) or (N, H, W, 3).

    Args:
        array: (N, H, W), (N, H, W, colours) or (N, colours, H, W).
        what: how an error calls it, such as "the array 'images'".
        path: the file that it comes from.

    Raises:
        LabError: if it has colours or values that are not understood.
    """
    if array.ndim == 4 and array.shape[-1] not in (1, 3) and array.shape[1] in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == 4 and array.shape[-1] != 3:
        raise LabError(f"{what} has {array.shape[-1]} colours, expected 1 or 3", path)
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise LabError(f"{what} holds values that are no numbers", path)
    known = {1.0: 255.0, 255.0: 1.0, 65535.0: 255 / 65535}
    white = next((white for white in known if high <= white), None)
    if low < 0 or white is None:
        raise LabError(f"{what} goes from {low:g} to {high:g}, and white is not known", path)
    if array.dtype == np.uint8 and white == 255:
        return array
    levels = np.empty(array.shape, np.uint8)
    for start in range(0, len(array), 4096):
        block = array[start : start + 4096].astype(np.float32)
        levels[start : start + 4096] = np.rint(block * known[white])
    return levels
