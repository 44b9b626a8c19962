"""Finds the white level of pictures of more than 8 bits.

A 16-bit file does not say how many bits are used: the white of a 12-bit camera is 4,095, and with 65,535 as
white its pictures would be nearly black. Floating point has no fixed range either. So such pictures keep
their own levels until all of them are read; then one white level is chosen for the whole data set, from the
largest level in it. Chosen individually, dark pictures would be brightened and bright ones darkened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.keys import all_grey
from latentlab.data.report import Notebook

# The largest level of 1, 8, 10, 12, 14 and 16 bits.
_WHOLE = (1, 255, 1023, 4095, 16_383, 65_535)
# Floating point is 0 to 1, with some tolerance for sharpening; else it is treated like whole numbers.
_ROOM = 1.1
_FAR_BELOW = 4
# If so many pictures lie far below white because of the others, a note says so.
_MOST_SHARE = 0.75
_BLOCK = 4096
# Floating point may go so far below black, as a share of its largest level, and is clipped to black.
_RIPPLE = 0.05


@dataclass(frozen=True, eq=False)
class Deep:
    """A picture whose white level is not known yet.

    Attributes:
        values: levels from 0 on, (H, W) or (H, W, 3): whole numbers or floating point.
        further: how many pages or frames its file has beside this one.
    """

    values: NDArray[Any]
    further: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.values.shape[1], self.values.shape[0]

    @property
    def grey(self) -> bool:
        return self.values.ndim == 2

    @property
    def whole(self) -> bool:
        """Whether its levels are whole numbers."""
        return self.values.dtype.kind in "ui"

    @cached_property
    def largest(self) -> float:
        return float(self.values.max())

    def plain(self, white: float | None = None) -> Image.Image:
        """The picture in 8 bits, mode "L" or "RGB". Without a white level, by its own largest one."""
        return Image.fromarray(levels(self.values, white or guess_white(self.largest, whole=self.whole)))


AnyPicture: TypeAlias = "Image.Image | Deep"


def plain(picture: AnyPicture, white: float | None = None) -> Image.Image:
    """A picture in 8 bits, from any kind."""
    return picture.plain(white) if isinstance(picture, Deep) else picture


def one_plane(values: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 3) as (H, W) if it has no colour."""
    grey = values.ndim == 3 and all_grey(values)
    return np.ascontiguousarray(values[..., 0] if grey else values)


def guess_white(largest: float, *, whole: bool) -> float:
    """The white level of pictures, from their largest level.

    The largest level of as many bits as are used: 1, 255, 1,023, 4,095, 16,383 or 65,535. For floating point
    1 if the largest is about that; otherwise as for whole numbers, unless that would be far above the
    largest. Where nothing fits, it is the largest itself.
    """
    if not whole and largest <= _ROOM:
        return 1.0
    white = next((white for white in _WHOLE if largest <= white), largest)
    return float(largest if not whole and largest < white / _FAR_BELOW else white)


def why_no_levels(values: NDArray[Any]) -> str | None:
    """Why numbers cannot be levels between black and white; None if they can."""
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        return "holds values that are not numbers"
    allowed = _RIPPLE * high if values.dtype.kind == "f" else 0.0
    if low < -allowed:
        return f"goes from {low:g} to {high:g}; black is 0, and the meaning of negative values is unknown"
    return None


def levels(values: NDArray[Any], white: float) -> NDArray[np.uint8]:
    """Levels of 0 to `white` as 0 to 255, clipped."""
    # NaN occurs only in pictures that are left out.
    scaled = np.nan_to_num(values.astype(np.float32), copy=False)
    scaled *= 255 / white
    return np.rint(scaled, out=scaled).clip(0, 255, out=scaled).astype(np.uint8)


def levels_in_blocks(array: NDArray[Any], white: float) -> NDArray[np.uint8]:
    """`levels` of many pictures, without a copy in floating point of all of them."""
    found = np.empty(array.shape, np.uint8)
    for start in range(0, len(array), _BLOCK):
        found[start : start + _BLOCK] = levels(array[start : start + _BLOCK], white)
    return found


class Largest:
    """The largest level of the pictures so far, separately for whole numbers and floating point."""

    def __init__(self) -> None:
        self._largest: dict[bool, float] = {}
        self._of_each: dict[bool, list[float]] = {True: [], False: []}

    def see(self, picture: Deep) -> None:
        self._largest[picture.whole] = max(picture.largest, self._largest.get(picture.whole, 0.0))
        self._of_each[picture.whole].append(picture.largest)

    def __bool__(self) -> bool:
        return bool(self._largest)

    def white(self, picture: Deep, asked: float | None) -> float:
        """The white level for a picture, by its kind of numbers."""
        return asked or guess_white(self._largest[picture.whole], whole=picture.whole)

    def whites(self) -> list[float]:
        """The white levels of what was seen."""
        return [guess_white(largest, whole=whole) for whole, largest in self._largest.items()]

    def tell(self, book: Notebook, asked: float | None) -> None:
        """Notes which white level was used."""
        for whole, largest in self._largest.items():
            kind = "pictures of more than 8 bits" if whole else "pictures in floating point"
            is_largest = f"the largest value of the {kind} is {largest:g}"
            if asked is None:
                white = guess_white(largest, whole=whole)
                book.note(f"White is {white:g}, for {is_largest} (white=NUMBER sets another white)")
                usual = guess_white(float(np.quantile(self._of_each[whole], _MOST_SHARE)), whole=whole)
                if usual < white / _FAR_BELOW:
                    book.note(
                        f"Most of the {kind} do not exceed {usual:g}, so they look dark: "
                        f"white={usual:g} would brighten them"
                    )
            else:
                beyond = "; larger values are white too" if largest > asked else ""
                book.note(f"White is {asked:g}, as asked; {is_largest}{beyond}")
