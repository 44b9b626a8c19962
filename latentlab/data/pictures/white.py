"""Pictures of more than 8 bits, and the level that is white in them.

A file of 16 bits does not say how many of them are used: the white of a camera of 12 bits is 4,095, and taken
for 65,535 its pictures would be nearly black. Floating point says still less. So such pictures keep their own
levels until all of them are read, and then one white is chosen for the whole data set, from the largest level
in it. Judged one by one, a dark picture would be brightened and a bright one darkened.
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
# Floating point is 0 to 1, with some room for what sharpening adds; else it counts like whole numbers do.
_ROOM = 1.1
_FAR_BELOW = 4
# Where so many pictures lie far below what is white because of the others, that is told.
_MOST_SHARE = 0.75
_BLOCK = 4096
# Floating point may lie so far below black, as a share of its largest level, and is taken for black.
_RIPPLE = 0.05


@dataclass(frozen=True, eq=False)
class Deep:
    """A picture whose white is not known yet.

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
        """The picture in 8 bits, mode "L" or "RGB". Without a white, by itself alone."""
        return Image.fromarray(levels(self.values, white or guess_white(self.largest, whole=self.whole)))


AnyPicture: TypeAlias = "Image.Image | Deep"


def plain(picture: AnyPicture, white: float | None = None) -> Image.Image:
    """A picture in 8 bits, whatever it was."""
    return picture.plain(white) if isinstance(picture, Deep) else picture


def one_plane(values: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 3) as (H, W) if there is no colour in it."""
    grey = values.ndim == 3 and all_grey(values)
    return np.ascontiguousarray(values[..., 0] if grey else values)


def guess_white(largest: float, *, whole: bool) -> float:
    """The level that is white, of pictures whose largest level is known.

    The largest level of as many bits as are used: 1, 255, 1,023, 4,095, 16,383 or 65,535. Of floating point
    it is 1 if that is about the largest one; otherwise as of whole numbers, unless that would be far above
    the largest. Where nothing fits, the largest itself is white.
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
    """Levels of 0 to `white` as 0 to 255; what lies beyond is black or white."""
    # Values that are no numbers are in pictures that are left out.
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
    """The largest level of the pictures that were seen, apart for whole numbers and floating point."""

    def __init__(self) -> None:
        self._largest: dict[bool, float] = {}
        self._of_each: dict[bool, list[float]] = {True: [], False: []}

    def see(self, picture: Deep) -> None:
        self._largest[picture.whole] = max(picture.largest, self._largest.get(picture.whole, 0.0))
        self._of_each[picture.whole].append(picture.largest)

    def __bool__(self) -> bool:
        return bool(self._largest)

    def white(self, picture: Deep, asked: float | None) -> float:
        """What is white in a picture, which was seen as all others of its kind were."""
        return asked or guess_white(self._largest[picture.whole], whole=picture.whole)

    def whites(self) -> list[float]:
        """What is white in what was seen, if nothing else is asked for."""
        return [guess_white(largest, whole=whole) for whole, largest in self._largest.items()]

    def tell(self, book: Notebook, asked: float | None) -> None:
        """Notes which white was taken."""
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
