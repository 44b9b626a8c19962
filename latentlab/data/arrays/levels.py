"""Makes arrays of pictures of any type alike in shape, and 8-bit where that suffices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.pictures.white import guess_white, levels_in_blocks, why_no_levels
from latentlab.errors import LabError

_WHITE = 255


def shaped(array: NDArray[Any], what: str, path: Path) -> NDArray[Any]:
    """Pictures in an array as (N, H, W) or (N, H, W, 3).

    Args:
        array: (N, H, W), (N, H, W, colours) or (N, colours, H, W).
        what: its name in errors, such as "the array 'images'".
        path: the file that it comes from.

    Raises:
        LabError: if it has colours that are not understood, or none of its pictures has levels.
    """
    if array.ndim == 4 and array.shape[-1] not in (1, 3) and array.shape[1] in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == 4 and array.shape[-1] != 3:
        raise LabError(f"{what} has {array.shape[-1]} colours, expected 1 or 3", path)
    reason = why_no_levels(array) if array.size else None
    if reason is not None and all(why_no_levels(picture) for picture in array):
        raise LabError(f"{what} {reason}", path)
    return array


def joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """The pictures of all parts of a set, uint8 where 8 bits suffice.

    Others keep their own levels: their white level is found when they are read, over all of them. Where one
    part has whole numbers and another floating point, each has a white level of its own.
    """
    if len({part.dtype.kind == "f" for part in parts}) > 1:
        parts = [_in_eight_bits(part) for part in parts]
    every = np.concatenate(parts) if len(parts) > 1 else parts[0]
    if not every.size:
        return every.astype(np.uint8)
    low, high = float(every.min()), float(every.max())
    whole = every.dtype.kind != "f" or (1 < high <= _WHITE and _is_whole(every))
    if not whole or low < 0 or high > _WHITE:
        return every
    # Black and white only may be stored as 0 and 1.
    return every.astype(np.uint8, copy=False) if high > 1 else every.astype(np.uint8) * np.uint8(_WHITE)


def _is_whole(array: NDArray[Any]) -> bool:
    return all(bool((picture == np.rint(picture)).all()) for picture in array)


def _in_eight_bits(part: NDArray[Any]) -> NDArray[np.uint8]:
    largest = float(part.max())
    if part.dtype == np.uint8 and largest > 1:
        return part
    return levels_in_blocks(part, guess_white(largest, whole=part.dtype.kind != "f"))
