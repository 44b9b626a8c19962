"""The canvas that is drawn on: left button draws, right button or Alt erases.

Without a mouse: the arrow keys move the brush, Space draws, Delete erases. `[` and `]` change the brush.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.views.translate.sketch import Sketch
from latentlab.qt.widgets.brush import Spot
from latentlab.qt.widgets.images import draw_crisp, to_qimage

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
MOST_BRUSH = 8
_LEAST = 140
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ERASERS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class TranslateCanvas(QWidget):
    """`drawn` comes with every change of the drawing, also within a stroke; `stroked` after each stroke;
    `brushed` carries the brush's width in drawn pixels.
    """

    drawn = Signal()
    stroked = Signal()
    brushed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("translateCanvas")
        self.setAccessibleName("The drawing")
        self.setToolTip(
            "Draw here. Left button: draw; right button, or Alt: erase. [ and ]: smaller and larger brush. "
            "Keys: arrows move the brush, Space draws, Delete erases, Ctrl+Z undoes a stroke."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAutoFillBackground(True)
        self.sketch: Sketch | None = None
        self.brush, self.ink, self.paper, self.erasing = 1, BLACK, WHITE, False
        self._place = QRectF()
        # The position of the brush, and the ink of the stroke; None between strokes.
        self._spot: Spot | None = None
        self._stroke_ink: tuple[int, int, int] | None = None

    def show_sketch(self, picture: Picture, pixel: int) -> None:
        """Another drawing, uint8 (H, W) or (H, W, 3): a stroke if it is as large as the one before, or the
        first of a new sketch.
        """
        before = self.sketch
        self._stroke_ink = None
        if before is not None and (before.pixel, before.picture.shape) == (pixel, picture.shape):
            self._tell(before.become(picture))
        else:
            self.sketch = Sketch(picture, pixel)
            self._spot = None
            self._tell(True)
        self.update()

    def forget(self) -> None:
        """There is nothing to draw on."""
        self.sketch = self._spot = self._stroke_ink = None
        self.update()

    def set_brush(self, size: int) -> None:
        """Sets the width of the brush in drawn pixels."""
        size = min(max(size, 1), MOST_BRUSH)
        if size != self.brush:
            self.brush = size
            self.update()
            self.brushed.emit(size)

    def clear(self) -> None:
        """Blank paper, as one stroke."""
        self._tell(self.sketch is not None and self.sketch.clear())

    def undo(self) -> None:
        """Undoes the last stroke."""
        self._tell(self.sketch is not None and self.sketch.undo())

    def redo(self) -> None:
        self._tell(self.sketch is not None and self.sketch.redo())

    def _tell(self, changed: bool) -> None:
        if changed:
            self.update()
            self.drawn.emit()
            self.stroked.emit()

    # The hand

    def _spot_at(self, place: QPointF) -> Spot:
        assert self.sketch is not None
        scale = self.sketch.shape[1] / max(self._place.width(), 1.0)
        return (place.x() - self._place.left()) * scale, (place.y() - self._place.top()) * scale

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if self.sketch is None or self._stroke_ink is not None:
            return
        if button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        erases = button is Qt.MouseButton.RightButton or alt or self.erasing
        self._stroke_ink = self.paper if erases else self.ink
        self._spot = self._spot_at(event.position())
        self.sketch.begin()
        self._stroke(self._spot, self._spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.sketch is None:
            return
        before, self._spot = self._spot, self._spot_at(event.position())
        if self._stroke_ink is not None:
            self._stroke(before or self._spot, self._spot)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.sketch is not None and self._stroke_ink is not None and not event.buttons():
            self._stroke_ink = None
            if self.sketch.end():
                self.stroked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        if self._stroke_ink is None:
            self._spot = None
            self.update()
        super().leaveEvent(event)

    def _stroke(self, start: Spot, end: Spot) -> None:
        assert self.sketch is not None
        assert self._stroke_ink is not None
        if self.sketch.paint(start, end, self.brush, self._stroke_ink):
            self.drawn.emit()
        self.update()

    # The keyboard

    def event(self, event: QEvent) -> bool:
        # Ctrl+Z is the window's, unless there is a stroke to undo here.
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    def _is_own(self, event: QKeyEvent) -> bool:
        sketch = self.sketch
        if sketch is None:
            return False
        undo = event.matches(QKeySequence.StandardKey.Undo) and sketch.can_undo
        redo = event.matches(QKeySequence.StandardKey.Redo) and sketch.can_redo
        keys = (*_ARROWS, *_ERASERS, Qt.Key.Key_Space)
        return undo or redo or event.text() in ("[", "]") or event.key() in keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._is_own(event):
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo()
        elif event.text() in ("[", "]"):
            self.set_brush(self.brush + (1 if event.text() == "]" else -1))
        elif key in _ARROWS:
            self._nudge(*_ARROWS[key])
        else:
            self._dab(self.ink if key == Qt.Key.Key_Space and not self.erasing else self.paper)

    def _dab(self, ink: tuple[int, int, int]) -> None:
        assert self.sketch is not None
        spot = self._spot = self._spot or self._middle()
        self.sketch.begin()
        self.sketch.paint(spot, spot, self.brush, ink)
        self._tell(self.sketch.end())

    def _middle(self) -> Spot:
        assert self.sketch is not None
        height, width = self.sketch.shape
        return width // 2 + 0.5, height // 2 + 0.5

    def _nudge(self, across: int, down: int) -> None:
        assert self.sketch is not None
        height, width = self.sketch.shape
        x, y = self._spot or self._middle()
        x, y = math.floor(x) + 0.5 + across, math.floor(y) + 0.5 + down
        self._spot = min(max(x, 0.5), width - 0.5), min(max(y, 0.5), height - 0.5)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self._spot is None and self.sketch is not None:
            self._spot = self._middle()
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if not self.underMouse():
            self._spot = None
        self.update()
        super().focusOutEvent(event)

    # Size and painting

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, _LEAST)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.sketch is None:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Taking an outline …")
            painter.end()
            return
        image = to_qimage(self.sketch.drawn)
        self._place = draw_crisp(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), image)
        if self._spot is not None:
            self._paint_brush(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight(), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._place.adjusted(-1, -1, 1, 1))
        painter.end()

    def _paint_brush(self, painter: QPainter) -> None:
        """A ring as wide as the brush, visible on any drawing."""
        assert self.sketch is not None
        assert self._spot is not None
        scale = self._place.width() / self.sketch.shape[1]
        middle, radius = self._place.topLeft() + QPointF(*self._spot) * scale, self.brush * scale / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor(0, 0, 0), 3.0), (QColor(255, 255, 255), 1.2)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(middle, radius, radius)
