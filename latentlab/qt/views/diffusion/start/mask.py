"""The mask of a picture to inpaint, painted with a round brush; strokes can be undone one by one. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentlab.qt.widgets.brush import Spot, under_brush

Mask = NDArray[np.bool_]
HALVES = ("left", "right", "top", "bottom")
_KEPT = 100


class HoleMask:
    """True where the picture is to be filled, (H, W); points are (x, y) in pixels from the upper left
    corner.
    """

    def __init__(self, height: int, width: int) -> None:
        self._mask: Mask = np.zeros((height, width), np.bool_)
        self._past: list[Mask] = []
        self._future: list[Mask] = []
        self._before: Mask | None = None

    @property
    def array(self) -> Mask:
        """The mask, read-only."""
        return self._mask

    @property
    def share(self) -> float:
        """The share of the picture that is masked, 0 to 1."""
        return float(self._mask.mean())

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def begin(self) -> None:
        """Starts a stroke, which lasts until `end`."""
        self._before = self._mask.copy()

    def paint(self, start: Spot, end: Spot, size: float, open_: bool = True) -> None:
        """Sets, or clears, the pixels under a brush `size` pixels wide along its path, and at least the last
        pixel.
        """
        hit = under_brush((self._mask.shape[0], self._mask.shape[1]), start, end, size)
        self._mask = np.where(hit, open_, self._mask)

    def end(self) -> bool:
        """Ends the stroke; returns whether it changed anything."""
        before, self._before = self._before, None
        if before is None or np.array_equal(before, self._mask):
            return False
        self._past.append(before)
        del self._past[:-_KEPT]
        self._future.clear()
        return True

    def become(self, mask: Mask) -> bool:
        """Replaces the mask by one of the same shape, as one stroke; returns whether it has changed."""
        self.begin()
        self._mask = mask.astype(np.bool_)
        return self.end()

    def clear(self) -> bool:
        return self.become(np.zeros_like(self._mask))

    def invert(self) -> bool:
        return self.become(~self._mask)

    def open_half(self, half: str) -> bool:
        """Masks one of `HALVES`, and clears the other."""
        mask = np.zeros_like(self._mask)
        lines = mask.T if half in ("left", "right") else mask
        count = len(lines) // 2
        lines[slice(count) if half in ("left", "top") else slice(len(lines) - count, None)] = True
        return self.become(mask)

    def undo(self) -> bool:
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        return self._step(self._future, self._past)

    def _step(self, back: list[Mask], forth: list[Mask]) -> bool:
        self._before = None
        if not back:
            return False
        forth.append(self._mask)
        self._mask = back.pop()
        return True
