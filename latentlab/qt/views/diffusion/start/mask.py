"""The mask of a picture to inpaint, painted with a round brush. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentlab.qt.widgets.strokes import Strokes

Mask = NDArray[np.bool_]
HALVES = ("left", "right", "top", "bottom")


class HoleMask(Strokes[np.bool_]):
    """True where the picture is to be filled, (H, W)."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__(np.zeros((height, width), np.bool_))

    @property
    def share(self) -> float:
        """The share of the picture that is masked, 0 to 1."""
        return float(self.array.mean())

    def clear(self) -> bool:
        return self.replace(np.zeros_like(self.array))

    def invert(self) -> bool:
        return self.replace(~self.array)

    def open_half(self, half: str) -> bool:
        """Masks one of `HALVES`, and clears the other."""
        mask = np.zeros_like(self.array)
        lines = mask.T if half in ("left", "right") else mask
        count = len(lines) // 2
        lines[slice(count) if half in ("left", "top") else slice(len(lines) - count, None)] = True
        return self.replace(mask)
