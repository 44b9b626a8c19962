"""A drawing of few drawn pixels, painted with a round brush. No Qt."""

from __future__ import annotations

import numpy as np

from latentlab.engine.types import Picture
from latentlab.qt.widgets.strokes import Strokes

_PAPER = 255


class Sketch(Strokes[np.uint8]):
    """uint8 (h, w) or (h, w, 3), a number for each drawn pixel.

    Args:
        picture: the first drawing, uint8 (H, W) or (H, W, 3).
        pixel: the side of a drawn pixel in it.
    """

    def __init__(self, picture: Picture, pixel: int = 1) -> None:
        super().__init__(_drawn(picture, pixel))
        self.pixel = pixel

    @property
    def picture(self) -> Picture:
        """The drawing as a model takes it, each drawn pixel enlarged."""
        whole: Picture = self.array.repeat(self.pixel, 0).repeat(self.pixel, 1)
        return whole

    def show(self, picture: Picture) -> bool:
        """Replaces the drawing by a picture as large, as one stroke; returns whether it has changed."""
        return self.replace(_drawn(picture, self.pixel))

    def clear(self) -> bool:
        """Blank paper."""
        return self.replace(np.full_like(self.array, _PAPER))


def _drawn(picture: Picture, pixel: int) -> Picture:
    return np.ascontiguousarray(picture[::pixel, ::pixel])
