"""A button for one of the nearest pictures, in a frame of its point's colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from latentlab.engine.types import Point
from latentlab.qt.widgets.colours import PLAIN_COLOUR
from latentlab.qt.widgets.images import draw_crisp

FRAME = 3


class NeighbourButton(QAbstractButton):
    """One image in a frame of its point's colour. `pointed` says whether mouse or keyboard focus is on it."""

    pointed = Signal(bool)

    def __init__(self, number: int, name: str = "neighbour") -> None:
        super().__init__()
        self.setObjectName(f"{name}_{number}")
        self.setAccessibleName(f"Neighbour {number + 1}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(36, 36)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.row: int | None = None
        self.z: Point = ()
        self._colour = QColor(PLAIN_COLOUR)
        self._image: QImage | None = None
        self.hide()

    def show_image(self, row: int, z: Point, colour: QColor, image: QImage) -> None:
        """Shows another image of the data."""
        self.row, self.z, self._colour, self._image = row, z, colour, image
        self.update()

    def frame_in(self, colour: QColor) -> None:
        """Draws its frame in a colour."""
        if colour != self._colour:
            self._colour = colour
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(62, 62)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.pointed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = QPainter(self)
        inside = QRectF(self.rect()).adjusted(FRAME, FRAME, -FRAME, -FRAME)
        picture = draw_crisp(painter, inside, self._image)
        half = 0.5 * FRAME
        pen = QPen(self._colour, FRAME)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(picture.adjusted(-half, -half, half, half))
        if self.hasFocus() or self.underMouse():
            # Inside the frame, light on dark: visible on any picture and beside any colour.
            for inset, ink in ((0.5, self.palette().windowText()), (1.5, self.palette().window())):
                painter.setPen(QPen(ink, 1))
                painter.drawRect(picture.adjusted(inset, inset, -inset, -inset))
        painter.end()
