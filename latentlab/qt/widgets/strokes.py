"""A picture that is painted on with a round brush; its strokes can be undone one by one. No Qt."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from latentlab.qt.widgets.brush import Spot, under_brush

_KEPT = 200

S = TypeVar("S", bound=np.generic)


class Strokes(Generic[S]):
    """An array (h, w) or (h, w, C), and its states before each stroke.

    Points are (x, y) in its pixels from the upper left corner. A state is never written to: a reader may keep
    it.

    Args:
        array: the first state.
    """

    def __init__(self, array: NDArray[S]) -> None:
        self._array = array
        self._past: list[NDArray[S]] = []
        self._future: list[NDArray[S]] = []
        self._before: NDArray[S] | None = None

    @property
    def array(self) -> NDArray[S]:
        """What is painted, read-only."""
        return self._array

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w)."""
        return self._array.shape[0], self._array.shape[1]

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def begin(self) -> None:
        """Starts a stroke, which lasts until `end`; one that is under way ends."""
        self.end()
        self._before = self._array

    def paint(self, start: Spot, end: Spot, size: float, ink: object) -> bool:
        """Gives the pixels under the brush, and at least the last pixel of its path, an ink; returns whether
        any changed.

        Args:
            start, end: of the path.
            size: the width of the brush in pixels.
            ink: a number, or one for each channel.
        """
        if self._before is None:
            self.begin()  # the stroke was ended in the middle, by an undo
        hit = under_brush(self.shape, start, end, size)
        mask = hit[..., None] if self._array.ndim == 3 else hit
        after: NDArray[S] = np.where(mask, np.asarray(ink, self._array.dtype), self._array)
        changed = not np.array_equal(after, self._array)
        self._array = after
        return changed

    def end(self) -> bool:
        """Ends the stroke; returns whether it changed anything."""
        before, self._before = self._before, None
        if before is None or np.array_equal(before, self._array):
            return False
        self._past.append(before)
        del self._past[:-_KEPT]
        self._future.clear()
        return True

    def replace(self, array: NDArray[S]) -> bool:
        """Replaces all of it by an array of the same shape, as one stroke; returns whether it has changed."""
        self.begin()
        self._array = array
        return self.end()

    def undo(self) -> bool:
        """Undoes the last stroke; returns whether there was one."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Redoes the stroke that was undone last; returns whether there was one."""
        return self._step(self._future, self._past)

    def _step(self, back: list[NDArray[S]], forth: list[NDArray[S]]) -> bool:
        self.end()  # one that is under way: it is the last stroke
        if not back:
            return False
        forth.append(self._array)
        self._array = back.pop()
        return True
