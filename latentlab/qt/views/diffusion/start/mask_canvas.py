"""The canvas for painting a mask over a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from latentlab.engine.types import Picture
from latentlab.qt.views.diffusion.start.mask import HoleMask, Mask
from latentlab.qt.widgets.brush_canvas import BrushCanvas
from latentlab.qt.widgets.colours import GROUP_COLOURS
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.strokes import Strokes

_HOLE = QColor(GROUP_COLOURS["a"])
_HOLE.setAlpha(150)
_BRUSH, _LEAST = 4, 112


class MaskCanvas(BrushCanvas):
    """`masked` says that the mask has changed."""

    masked = Signal()

    def __init__(self) -> None:
        super().__init__(
            "maskCanvas",
            "Paint the hole",
            "Paint the part to fill. Left button: paint; right button, or Alt: erase. [ and ]: "
            "smaller and larger brush. Keys: arrows move the brush, Space paints, Delete erases.",
            "There is no picture to paint on yet.",
            _LEAST,
        )
        self.brush = _BRUSH
        self._image: QImage | None = None
        self._painted = HoleMask(1, 1)

    @property
    def hole(self) -> Mask:
        """True where the picture is to be filled, (H, W)."""
        return self._painted.array

    @property
    def share(self) -> float:
        """The share of the picture that is masked, 0 to 1."""
        return self._painted.share

    @property
    def can_undo(self) -> bool:
        return self._painted.can_undo

    @property
    def can_redo(self) -> bool:
        return self._painted.can_redo

    @property
    def strokes(self) -> Strokes[Any] | None:
        return None if self._image is None else self._painted

    @property
    def most_brush(self) -> int:
        side: int = max(self.hole.shape)
        return max(1, side // 2)

    def ink_of(self, erases: bool) -> bool:
        return not erases

    def show_picture(self, picture: Picture | None) -> None:
        """Shows another picture; the mask stays if it has the same size."""
        self._image = None if picture is None else to_qimage(picture)
        if picture is not None and picture.shape[:2] != self.hole.shape:
            self._painted = HoleMask(*picture.shape[:2])
            self.leave_stroke()
            self._spot = None
            self.set_brush(self.brush)
            self.updateGeometry()
            self.masked.emit()
        self.update()

    def show_mask(self, mask: Mask) -> None:
        """Replaces the mask, as one stroke; one of another shape than the picture's is ignored."""
        if mask.shape == self.hole.shape:
            self.adopt(self._painted.replace(mask.astype(np.bool_)))

    def clear(self) -> None:
        self.adopt(self._painted.clear())

    def invert(self) -> None:
        self.adopt(self._painted.invert())

    def open_half(self, half: str) -> None:
        """See `HoleMask.open_half`."""
        self.adopt(self._painted.open_half(half))

    def changed(self) -> None:
        self.setAccessibleDescription(f"{self.share:.0%} of the picture is masked")
        self.masked.emit()

    def draw(self, painter: QPainter, box: QRectF) -> QRectF:
        assert self._image is not None
        place = draw_crisp(painter, box, self._image)
        painter.drawImage(place, _coloured(self.hole))
        return place


def _coloured(mask: Mask) -> QImage:
    """The mask as a translucent image, a pixel for each of the mask."""
    inks = np.where(mask, np.uint32(_HOLE.rgba()), np.uint32(0)).astype(np.uint32)
    height, width = inks.shape
    return QImage(inks.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
