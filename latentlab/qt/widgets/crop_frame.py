"""A picture with a movable crop frame; without a picture, a drop area.

Drag moves the frame, the wheel and + and − make it smaller and larger, the arrow keys nudge it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.rendering.cropping import CROP, Fitting
from latentlab.engine.types import Picture
from latentlab.qt.widgets.images import draw_crisp, to_qimage

_EMPTY = "Drop a picture here,\npaste one (Ctrl+V),\nor click to open one."
_NUDGE, _STEP = 0.04, 1.15
# A wheel that turns again within so many seconds is still scrolling.
_ROLL_S = 0.5
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_LARGER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
_SHADE, _EDGES = QColor(0, 0, 0, 140), ((QColor(0, 0, 0), 3.0), (QColor(255, 255, 255), 1.0))


class NumbersGestures(Protocol):
    """Numbers gestures: changes of one drag, or of a turning wheel, share a number."""

    def gesture(self, held: bool = False) -> int: ...

    def end(self) -> None: ...


class PictureFrame(QWidget):
    """`fitted` (fitting, gesture) requests another crop, `dropped` carries a QMimeData, and `wanted` requests
    the file dialog.

    Args:
        gestures: numbers the gestures; for this frame alone.
        clock: tells the time in seconds.
    """

    fitted = Signal(object, int)
    dropped = Signal(object)
    wanted = Signal()

    def __init__(self, gestures: NumbersGestures, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.setObjectName("ownImageDrop")
        self.setAccessibleName("Your picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAcceptDrops(True)
        self._pixels: Picture | None = None
        self._fitting, self._aspect = Fitting(), 1.0
        self._gestures, self._clock = gestures, clock
        self._over = False
        # Whether the mouse was moved here by hand, and when a wheel last rolled past.
        self._under_hand, self._rolled_past = False, clock() - _ROLL_S
        self.setMouseTracking(True)
        self._held: QPointF | None = None
        self._drawn: tuple[object, QRectF, QPixmap] | None = None
        self.show_picture(None, Fitting(), 1.0)

    @property
    def fitting(self) -> Fitting:
        """The shown fitting."""
        return self._fitting

    def show_picture(self, pixels: Picture | None, fitting: Fitting, aspect: float) -> None:
        """Shows a picture, and the crop of a frame `aspect` times as wide as high; or nothing."""
        if pixels is not self._pixels:
            self._drawn = None
        self._pixels, self._fitting, self._aspect = pixels, fitting, aspect
        movable = pixels is not None and fitting.how == CROP
        if pixels is None:
            self.setToolTip("Drop a picture file or a picture here, or click to choose a file.")
            self.setAccessibleDescription("No picture yet. Enter opens one.")
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif movable:
            self.setToolTip(
                "Drag to choose the part that the model sees; the wheel, + and − zoom, the arrow "
                "keys move it. Drop another picture to replace it."
            )
            self.setAccessibleDescription("Arrow keys move the chosen part, plus and minus zoom.")
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            self.setToolTip("The whole picture is used. Drop another to replace it.")
            self.setAccessibleDescription("The whole picture is used.")
            self.unsetCursor()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(230, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 100)

    # The hand

    @property
    def _movable(self) -> bool:
        return self._pixels is not None and self._fitting.how == CROP

    def _size(self) -> tuple[int, int]:
        assert self._pixels is not None
        return self._pixels.shape[1], self._pixels.shape[0]

    def _move(self, across: float, up: float, held: bool) -> None:
        """Moves the frame by so many pixels of the picture."""
        moved = self._fitting.moved((across, up), *self._size(), self._aspect)
        self._take(moved, held)

    def _take(self, fitting: Fitting, held: bool) -> None:
        if fitting != self._fitting:
            self._fitting = fitting
            self.update()
            self.fitted.emit(fitting, self._gestures.gesture(held))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._movable:
            self._gestures.end()
            self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._under_hand = True
        if self._held is None or self._drawn is None:
            return
        gap, self._held = event.position() - self._held, event.position()
        scale = self._size()[0] / self._drawn[1].width()
        self._move(gap.x() * scale, gap.y() * scale, held=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._held = None
        self._gestures.end()
        if self._pixels is None and self.rect().contains(event.position().toPoint()):
            self.wanted.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._under_hand = False
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel that scrolls the panel must not zoom on its way, when the picture comes to lie under a mouse
        # that does not move.
        now = self._clock()
        here = self._under_hand and now - self._rolled_past >= _ROLL_S
        if not self._movable or not (self.hasFocus() or here):
            self._rolled_past = now
            event.ignore()
            return
        self._take(self._fitting.zoomed(_STEP ** (event.angleDelta().y() / 120)), held=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._pixels is None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.wanted.emit()
        elif self._movable and key in _ARROWS:
            left, _, right, _ = self._fitting.box(*self._size(), self._aspect)
            step = max(1.0, _NUDGE * (right - left))
            self._move(_ARROWS[key][0] * step, _ARROWS[key][1] * step, held=False)
        elif self._movable and key in (*_LARGER, Qt.Key.Key_Minus):
            self._take(self._fitting.zoomed(_STEP if key in _LARGER else 1 / _STEP), held=False)
        else:
            super().keyPressEvent(event)

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self._over = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        self.update()
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pixels is None:
            self._paint_empty(painter)
        else:
            self._paint_picture(painter)
        if self.hasFocus() or self._over:
            painter.setPen(QPen(self.palette().highlight(), 3 if self._over else 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 5, 5)
        painter.end()

    def _paint_empty(self, painter: QPainter) -> None:
        pen = QPen(self.palette().placeholderText().color(), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 6, 6)
        painter.drawText(self.rect().adjusted(8, 8, -8, -8), Qt.AlignmentFlag.AlignCenter, _EMPTY)

    def _paint_picture(self, painter: QPainter) -> None:
        assert self._pixels is not None
        key = (self.size(), self.devicePixelRatioF())
        if self._drawn is None or self._drawn[0] != key:
            # Scaled once: scaling a photograph takes longer than a mouse move.
            page = QPixmap(self.size() * self.devicePixelRatioF())
            page.setDevicePixelRatio(self.devicePixelRatioF())
            page.fill(Qt.GlobalColor.transparent)
            inner = QPainter(page)
            place = draw_crisp(inner, QRectF(self.rect()).adjusted(4, 4, -4, -4), to_qimage(self._pixels))
            inner.end()
            self._drawn = (key, place, page)
        _, place, page = self._drawn
        painter.drawPixmap(0, 0, page)
        if self._fitting.how != CROP:
            return
        width, height = self._size()
        left, top, right, bottom = self._fitting.box(width, height, self._aspect)
        scale = place.width() / width
        box = QRectF(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale)
        box.translate(place.topLeft())
        for shade in (
            QRectF(place.topLeft(), QPointF(place.right(), box.top())),
            QRectF(QPointF(place.left(), box.bottom()), place.bottomRight()),
            QRectF(QPointF(place.left(), box.top()), box.bottomLeft()),
            QRectF(box.topRight(), QPointF(place.right(), box.bottom())),
        ):
            painter.fillRect(shade, _SHADE)
        for colour, width_of_pen in _EDGES:  # visible on any picture
            painter.setPen(QPen(colour, width_of_pen))
            painter.drawRect(box)
