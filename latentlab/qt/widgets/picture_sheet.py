"""Pictures in rows, with sharp pixels and a little room between them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.plain_text import plain_tip

_GAP = 2


class PictureSheet(QWidget):
    """Pictures uint8 (n, H, W) or (n, H, W, 3) in rows of so many, as large as width and `largest` allow.

    Args:
        name, what: its objectName, and what a screen reader calls it.
        columns: pictures in a row.
        largest: the most pixels of a picture's longer side.
    """

    def __init__(self, name: str, what: str, columns: int, largest: int = 56) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(what)
        self.setToolTip(plain_tip(what))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.pictures: NDArray[np.uint8] = np.zeros((0, 1, 1), np.uint8)
        self._tips: tuple[str, ...] = ()
        self._heads: tuple[str, ...] = ()
        self._columns, self._largest = columns, largest
        self._image: QImage | None = None
        self._drawn = QRectF()

    def show_pictures(
        self,
        pictures: NDArray[np.uint8],
        tips: tuple[str, ...] = (),
        columns: int | None = None,
        heads: tuple[str, ...] = (),
    ) -> None:
        """Shows these, each with a tip of its own if they are given, in rows of other lengths from now on;
        `heads` are names over the columns.
        """
        self.pictures, self._tips, self._heads = pictures, tips, heads
        self._columns = columns or self._columns
        self._image = self._sheet(pictures) if len(pictures) else None
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        if self._image is None:
            return self.fontMetrics().height()
        return self._above + math.ceil(self._image.height() * self._scale(width))

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(300))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 20)

    @property
    def _above(self) -> int:
        """The height of the names over the columns."""
        return self.fontMetrics().height() if self._heads else 0

    @property
    def heads(self) -> tuple[str, ...]:
        """The names over the columns."""
        return self._heads

    def _scale(self, width: int) -> float:
        assert self._image is not None
        side = max(self.pictures.shape[1:3])
        room = min(width / self._image.width(), max(1.0, self._largest / side))
        return float(int(room)) if room >= 1.0 else room

    def _sheet(self, pictures: NDArray[np.uint8]) -> QImage:
        high, wide = pictures.shape[1:3]
        rows = math.ceil(len(pictures) / self._columns)
        size = QSize(self._columns * (wide + _GAP) - _GAP, rows * (high + _GAP) - _GAP)
        sheet = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sheet)
        for number, picture in enumerate(pictures):
            row, column = divmod(number, self._columns)
            painter.drawImage(column * (wide + _GAP), row * (high + _GAP), to_qimage(picture))
        painter.end()
        return sheet

    def picture_at(self, place: QPointF) -> int | None:
        """The number of the picture at a place, None beside them."""
        if self._image is None or not self._drawn.contains(place):
            return None
        scale = self._drawn.width() / self._image.width()
        high, wide = (side + _GAP for side in self.pictures.shape[1:3])
        inside = (place - self._drawn.topLeft()) / scale
        number = int(inside.y() // high) * self._columns + int(inside.x() // wide)
        return number if number < len(self.pictures) else None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._tips:
            number = self.picture_at(QPointF(event.pos()))
            if number is not None and number < len(self._tips):
                QToolTip.showText(event.globalPos(), plain_tip(self._tips[number]), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = QPainter(self)
        scale = self._scale(self.width())
        room = QRectF(0, self._above, self._image.width() * scale, self._image.height() * scale)
        self._drawn = draw_crisp(painter, room, self._image)
        step = (self.pictures.shape[2] + _GAP) * self._drawn.width() / self._image.width()
        for number, head in enumerate(self._heads):
            place = QRectF(self._drawn.left() + number * step, 0, step, self._above)
            shown = self.fontMetrics().elidedText(head, Qt.TextElideMode.ElideRight, int(step))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)
        painter.end()
