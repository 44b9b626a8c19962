"""A widget for one picture with sharp pixels, no higher than the picture."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.plain_text import plain_tip


class CrispPicture(QWidget):
    """A picture as large as width, `largest` and whole-number scales allow; the text `waiting` while there is
    none.
    """

    def __init__(self, name: str, what: str, largest: int, waiting: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(what)
        self.setToolTip(plain_tip(what))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(28, 28)
        # Opaque: otherwise its ancestors, up to the window, are repainted with each picture.
        self.setAutoFillBackground(True)
        self.picture: Picture | None = None
        self._largest, self._waiting = largest, waiting
        self._image: QImage | None = None
        # Kept while there is no picture, so that the next one has its place.
        self._shape = (1, 1)

    def show_picture(self, picture: Picture | None) -> None:
        """Shows a uint8 (H, W) or (H, W, 3) picture, or nothing."""
        self.picture = picture
        self._image = None if picture is None else to_qimage(picture)
        if picture is not None and self._shape != picture.shape[:2]:
            self._shape = (picture.shape[0], picture.shape[1])
            self.updateGeometry()
        self.update()

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in its own pixels, of the last picture if there is none now."""
        return self._shape

    def set_largest(self, largest: int) -> None:
        """Sets how large it may become, in pixels."""
        if largest != self._largest:
            self._largest = largest
            self.updateGeometry()

    def say(self, waiting: str) -> None:
        """Shows this text while there is no picture."""
        self._waiting = waiting
        self.update()

    def heightForWidth(self, width: int) -> int:
        ratio = self.devicePixelRatioF()
        down, across = (side / ratio for side in self._shape)
        scale = max(1, int(min(width / across, self._largest / max(across, down))))
        return math.ceil(min(scale * down, width * down / across))

    def sizeHint(self) -> QSize:
        side = min(308, self._largest // 2)
        return QSize(side, self.heightForWidth(side))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is not None:
            draw_crisp(painter, QRectF(self.rect()), self._image)
        elif self._waiting:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._waiting)
        painter.end()
