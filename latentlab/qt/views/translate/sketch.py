"""A drawing of few drawn pixels, painted with a round brush; strokes can be undone one by one. No Qt."""

from __future__ import annotations

import numpy as np

from latentlab.engine.types import Picture
from latentlab.qt.widgets.brush import Spot, under_brush

_KEPT = 200
_PAPER = 255


class Sketch:
    """uint8 (h, w) or (h, w, 3), a number for each drawn pixel.

    Args:
        picture: the first drawing, uint8 (H, W) or (H, W, 3).
        pixel: the side of a drawn pixel in it.
    """

    def __init__(self, picture: Picture, pixel: int = 1) -> None:
        self.pixel = pixel
        self._drawn = np.ascontiguousarray(picture[::pixel, ::pixel])
        self._past: list[Picture] = []
        self._future: list[Picture] = []
        self._before: Picture | None = None

    @property
    def drawn(self) -> Picture:
        """A number (or three) for each drawn pixel; read-only."""
        return self._drawn

    @property
    def picture(self) -> Picture:
        """The drawing as a model takes it, each drawn pixel enlarged."""
        whole: Picture = self._drawn.repeat(self.pixel, 0).repeat(self.pixel, 1)
        return whole

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w) in drawn pixels."""
        return self._drawn.shape[0], self._drawn.shape[1]

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def begin(self) -> None:
        """Starts a stroke, which lasts until `end`."""
        self._before = self._drawn

    def paint(self, start: Spot, end: Spot, size: float, ink: tuple[int, ...]) -> bool:
        """Gives the pixels under the brush an ink, a number a channel; returns whether any changed."""
        hit = under_brush(self.shape, start, end, size)
        colour = np.array(ink if self._drawn.ndim == 3 else ink[0], np.uint8)
        mask = hit[..., None] if self._drawn.ndim == 3 else hit
        after: Picture = np.where(mask, colour, self._drawn)
        changed = not np.array_equal(after, self._drawn)
        self._drawn = after
        return changed

    def end(self) -> bool:
        """Ends the stroke; returns whether it changed anything."""
        before, self._before = self._before, None
        if before is None or np.array_equal(before, self._drawn):
            return False
        self._past.append(before)
        del self._past[:-_KEPT]
        self._future.clear()
        return True

    def become(self, picture: Picture) -> bool:
        """Replaces the drawing by a picture as large, as one stroke; returns whether it has changed."""
        self.begin()
        self._drawn = np.ascontiguousarray(picture[:: self.pixel, :: self.pixel])
        return self.end()

    def clear(self) -> bool:
        """Blank paper."""
        self.begin()
        self._drawn = np.full_like(self._drawn, _PAPER)
        return self.end()

    def undo(self) -> bool:
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        return self._step(self._future, self._past)

    def _step(self, back: list[Picture], forth: list[Picture]) -> bool:
        self._before = None
        if not back:
            return False
        forth.append(self._drawn)
        self._drawn = back.pop()
        return True
