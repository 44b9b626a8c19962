"""The picture that was made, with what the critic thinks of each part of it over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.widgets.images import draw_crisp
from latentlab.qt.widgets.picture_label import CrispPicture

_LARGEST = 4096
# What the critic takes for made is under this colour, the more the surer it is.
_INK, _MOST = (214, 40, 120), 190


class MadePicture(CrispPicture):
    """As large as there is room."""

    def __init__(self) -> None:
        super().__init__("translatePicture", "The picture made of the drawing", _LARGEST, "…")
        # Not asked for its height: a small window would scroll for it.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._judged: NDArray[np.float32] | None = None
        self._over: QImage | None = None
        self._showing = False

    def show_judged(self, judged: NDArray[np.float32] | None) -> None:
        """Takes the critic's probability that each patch of the picture is true, (h, w)."""
        self._judged, self._over = judged, None
        if self._showing:
            self.update()

    def show_map(self, on: bool) -> None:
        """Shows, or hides, the critic's map."""
        self._showing = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not (self._showing and self._judged is not None and self._image is not None):
            super().paintEvent(event)
            return
        painter = QPainter(self)
        place = draw_crisp(painter, QRectF(self.rect()), self._image)
        if self._over is None:
            self._over = as_film(self._judged)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, self._over)
        painter.end()


def as_film(judged: NDArray[np.float32]) -> QImage:
    """Probabilities that patches are true, (h, w), as a translucent image: clear at 1, dense at 0."""
    alpha = np.rint((1.0 - judged.clip(0.0, 1.0)) * _MOST).astype(np.uint32)
    red, green, blue = _INK
    pixels = np.ascontiguousarray(alpha << 24 | np.uint32(red << 16 | green << 8 | blue))
    height, width = pixels.shape
    shared = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    # A copy: the array is gone when this returns.
    return shared.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
