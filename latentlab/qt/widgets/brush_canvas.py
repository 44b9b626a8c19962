"""A canvas that is painted on with a round brush: left button paints, right button or Alt erases.

Without a mouse: the arrow keys move the brush, Space paints, Delete erases. `[` and `]` change the brush.
"""

from __future__ import annotations

import math
from typing import Any

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

from latentlab.qt.widgets.brush import Spot
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.strokes import Strokes

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ERASERS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
# Around what is painted on, in pixels of the screen: the mark of the keyboard focus.
FRAME = 2


class BrushCanvas(QWidget):
    """Mouse, keys and brush; a subclass says what is painted on, with which ink, and what it looks like.

    `brushed` carries the brush's width in pixels of what is painted on.

    Args:
        name: its objectName.
        what: its accessible name.
        tip: its tooltip.
        empty: its text while there is nothing to paint on.
        least: its smallest side in pixels of the screen.
    """

    brushed = Signal(int)

    def __init__(self, name: str, what: str, tip: str, empty: str, least: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(what)
        self.setToolTip(plain_tip(tip))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # Opaque: otherwise its ancestors, up to the window, are repainted with each move of the mouse.
        self.setAutoFillBackground(True)
        self.brush = 1
        self._empty, self._least = empty, least
        self._place = QRectF()
        # The position of the brush, and the ink of the stroke; None between strokes.
        self._spot: Spot | None = None
        self._stroke_ink: Any = None

    # What a subclass says

    @property
    def strokes(self) -> Strokes[Any] | None:
        """What is painted on; None if there is nothing."""
        raise NotImplementedError

    @property
    def most_brush(self) -> int:
        """The largest brush, in pixels of what is painted on."""
        raise NotImplementedError

    def ink_of(self, erases: bool) -> Any:
        """What a stroke paints with; not None."""
        raise NotImplementedError

    def draw(self, painter: QPainter, box: QRectF) -> QRectF:
        """Draws what is painted on into `box`; returns its place."""
        raise NotImplementedError

    def repainted(self) -> None:
        """What is painted looks otherwise, perhaps within a stroke that still goes on."""

    def changed(self) -> None:
        """There is something to undo, or to redo: a stroke has ended, or was undone or redone."""
        raise NotImplementedError

    # What a person does

    def set_brush(self, size: int) -> None:
        """Sets the width of the brush in pixels of what is painted on."""
        size = min(max(size, 1), self.most_brush)
        if size != self.brush:
            self.brush = size
            self.update()
            self.brushed.emit(size)

    def undo(self) -> None:
        """Undoes the last stroke."""
        self.adopt(self.strokes is not None and self.strokes.undo())

    def redo(self) -> None:
        """Redoes the stroke that was undone last."""
        self.adopt(self.strokes is not None and self.strokes.redo())

    def adopt(self, changed: bool) -> None:
        """Shows and announces a change of all of it, if there was one."""
        if changed:
            self.update()
            self.repainted()
            self.changed()

    def leave_stroke(self) -> None:
        """Ends a stroke that is under way, as when something else is to be painted on."""
        self._stroke_ink = None

    # The mouse

    def _spot_at(self, place: QPointF, strokes: Strokes[Any]) -> Spot:
        scale = strokes.shape[1] / max(self._place.width(), 1.0)
        return (place.x() - self._place.left()) * scale, (place.y() - self._place.top()) * scale

    def mousePressEvent(self, event: QMouseEvent) -> None:
        strokes, button = self.strokes, event.button()
        if strokes is None or self._stroke_ink is not None:
            return
        if button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._stroke_ink = self.ink_of(button is Qt.MouseButton.RightButton or alt)
        self._spot = self._spot_at(event.position(), strokes)
        strokes.begin()
        self._stroke(strokes, self._spot, self._spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        strokes = self.strokes
        if strokes is None:
            return
        before, self._spot = self._spot, self._spot_at(event.position(), strokes)
        if self._stroke_ink is not None:
            self._stroke(strokes, before or self._spot, self._spot)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        strokes = self.strokes
        if strokes is not None and self._stroke_ink is not None and not event.buttons():
            self._stroke_ink = None
            if strokes.end():
                self.changed()

    def leaveEvent(self, event: QEvent) -> None:
        if self._stroke_ink is None:
            self._spot = None
            self.update()
        super().leaveEvent(event)

    def _stroke(self, strokes: Strokes[Any], start: Spot, end: Spot) -> None:
        if strokes.paint(start, end, self.brush, self._stroke_ink):
            self.repainted()
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
        strokes = self.strokes
        if strokes is None:
            return False
        undo = event.matches(QKeySequence.StandardKey.Undo) and strokes.can_undo
        redo = event.matches(QKeySequence.StandardKey.Redo) and strokes.can_redo
        keys = (*_ARROWS, *_ERASERS, Qt.Key.Key_Space)
        return undo or redo or event.text() in ("[", "]") or event.key() in keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        strokes, key = self.strokes, Qt.Key(event.key())
        if strokes is None or not self._is_own(event):
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo()
        elif event.text() in ("[", "]"):
            self.set_brush(self.brush + (1 if event.text() == "]" else -1))
        elif key in _ARROWS:
            self._nudge(strokes, *_ARROWS[key])
        else:
            spot = self._spot = self._spot or _middle(strokes)
            strokes.begin()
            strokes.paint(spot, spot, self.brush, self.ink_of(key != Qt.Key.Key_Space))
            self.adopt(strokes.end())

    def _nudge(self, strokes: Strokes[Any], across: int, down: int) -> None:
        height, width = strokes.shape
        x, y = self._spot or _middle(strokes)
        x, y = math.floor(x) + 0.5 + across, math.floor(y) + 0.5 + down
        self._spot = min(max(x, 0.5), width - 0.5), min(max(y, 0.5), height - 0.5)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self._spot is None and self.strokes is not None:
            self._spot = _middle(self.strokes)
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
        return QSize(self._least, self._least)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, strokes = QPainter(self), self.strokes
        if strokes is None:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self._empty)
            painter.end()
            return
        self._place = self.draw(painter, QRectF(self.rect()).adjusted(FRAME, FRAME, -FRAME, -FRAME))
        if self._spot is not None:
            self._paint_brush(painter, self._spot, self._place.width() / strokes.shape[1])
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight(), FRAME))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._place.adjusted(-1, -1, 1, 1))
        painter.end()

    def _paint_brush(self, painter: QPainter, spot: Spot, scale: float) -> None:
        """A ring as wide as the brush, visible on any picture."""
        middle, radius = self._place.topLeft() + QPointF(*spot) * scale, self.brush * scale / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor(0, 0, 0), 3.0), (QColor(255, 255, 255), 1.2)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(middle, radius, radius)


def _middle(strokes: Strokes[Any]) -> Spot:
    height, width = strokes.shape
    return width // 2 + 0.5, height // 2 + 0.5
