"""The canvas for painting a mask: left button paints, right button or Alt erases.

Without a mouse: the arrow keys move the brush, Space paints, Delete erases. `[` and `]` change the brush.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.views.diffusion.start.mask import HoleMask, Mask
from latentlab.qt.widgets.brush import Spot
from latentlab.qt.widgets.colours import GROUP_COLOURS
from latentlab.qt.widgets.images import draw_crisp, to_qimage

_HOLE = QColor(GROUP_COLOURS["a"])
_HOLE.setAlpha(150)
_BRUSH = 4
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ERASERS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class MaskCanvas(QWidget):
    """`masked` says that the mask has changed, `brushed` carries the brush's width in pixels."""

    masked = Signal()
    brushed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("maskCanvas")
        self.setAccessibleName("Paint the hole")
        self.setToolTip(
            "Paint the part to fill. Left button: paint; right button, or Alt: erase. [ and ]: "
            "smaller and larger brush. Keys: arrows move the brush, Space paints, Delete erases."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.brush = _BRUSH
        self._image: QImage | None = None
        self._painted = HoleMask(1, 1)
        self._place = QRectF()
        # The position of the brush, and whether the stroke paints or erases; None between strokes.
        self._spot: Spot | None = None
        self._opens: bool | None = None

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
    def most_brush(self) -> int:
        """The largest brush, in pixels of the picture."""
        side: int = max(self.hole.shape)
        return max(1, side // 2)

    def show_picture(self, picture: Picture | None) -> None:
        """Shows another picture; the mask stays if it has the same size."""
        self._image = None if picture is None else to_qimage(picture)
        if picture is not None and picture.shape[:2] != self.hole.shape:
            self._painted = HoleMask(*picture.shape[:2])
            self._spot = self._opens = None
            self.set_brush(self.brush)
            self.updateGeometry()
            self.masked.emit()
        self.update()

    def show_mask(self, mask: Mask) -> None:
        """Replaces the mask, as one stroke; one of another shape than the picture's is ignored."""
        if mask.shape == self.hole.shape:
            self._tell(self._painted.become(mask))

    def set_brush(self, size: int) -> None:
        """Sets the width of the brush in pixels of the picture."""
        size = min(max(size, 1), self.most_brush)
        if size != self.brush:
            self.brush = size
            self.update()
            self.brushed.emit(size)

    def clear(self) -> None:
        self._tell(self._painted.clear())

    def invert(self) -> None:
        self._tell(self._painted.invert())

    def open_half(self, half: str) -> None:
        """See `HoleMask.open_half`."""
        self._tell(self._painted.open_half(half))

    def undo(self) -> None:
        """Undoes the last stroke."""
        self._tell(self._painted.undo())

    def redo(self) -> None:
        self._tell(self._painted.redo())

    def _tell(self, changed: bool) -> None:
        if changed:
            share = f"{self.share:.0%} of the picture is masked"
            self.setAccessibleDescription(share)
            self.update()
            self.masked.emit()

    # The hand

    def _spot_at(self, place: QPointF) -> Spot:
        scale = self.hole.shape[1] / max(self._place.width(), 1.0)
        return (place.x() - self._place.left()) * scale, (place.y() - self._place.top()) * scale

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if self._image is None or self._opens is not None:
            return
        if button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._opens = button is Qt.MouseButton.LeftButton and not alt
        self._spot = self._spot_at(event.position())
        self._painted.begin()
        self._stroke(self._spot, self._spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        before, self._spot = self._spot, self._spot_at(event.position())
        if self._opens is not None:
            self._stroke(before or self._spot, self._spot)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._opens is not None and not event.buttons():
            self._opens = None
            self._tell(self._painted.end())

    def leaveEvent(self, event: QEvent) -> None:
        if self._opens is None:
            self._spot = None
            self.update()
        super().leaveEvent(event)

    def _stroke(self, start: Spot, end: Spot) -> None:
        assert self._opens is not None
        self._painted.paint(start, end, self.brush, self._opens)
        self.update()

    # The keyboard

    def event(self, event: QEvent) -> bool:
        # Ctrl+Z is the window's, unless there is a stroke to undo here.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) and self.can_undo
            redo = event.matches(QKeySequence.StandardKey.Redo) and self.can_redo
            if (
                undo
                or redo
                or event.text() in ("[", "]")
                or event.key() in (*_ARROWS, *_ERASERS, Qt.Key.Key_Space)
            ):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Undo) and self.can_undo:
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo) and self.can_redo:
            self.redo()
        elif event.text() in ("[", "]"):
            self.set_brush(self.brush + (1 if event.text() == "]" else -1))
        elif self._image is not None and key in _ARROWS:
            self._nudge(*_ARROWS[key])
        elif self._image is not None and (key == Qt.Key.Key_Space or key in _ERASERS):
            spot = self._spot = self._spot or self._middle()
            self._painted.begin()
            self._painted.paint(spot, spot, self.brush, key == Qt.Key.Key_Space)
            self._tell(self._painted.end())
        else:
            super().keyPressEvent(event)

    def _middle(self) -> Spot:
        height, width = self.hole.shape
        return width // 2 + 0.5, height // 2 + 0.5

    def _nudge(self, across: int, down: int) -> None:
        height, width = self.hole.shape
        x, y = self._spot or self._middle()
        x, y = math.floor(x) + 0.5 + across, math.floor(y) + 0.5 + down
        self._spot = min(max(x, 0.5), width - 0.5), min(max(y, 0.5), height - 0.5)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self._spot is None:
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
        return QSize(112, 112)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, "There is no picture to paint on yet.")
            painter.end()
            return
        self._place = draw_crisp(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), self._image)
        painter.drawImage(self._place, _coloured(self.hole))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._spot is not None:
            scale = self._place.width() / self.hole.shape[1]
            middle = self._place.topLeft() + QPointF(*self._spot) * scale
            radius = max(self.brush, 1) * scale / 2
            for colour, width in (
                (QColor(0, 0, 0), 3.0),
                (QColor(255, 255, 255), 1.2),
            ):  # visible on any picture
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(middle, radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight(), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._place.adjusted(-1, -1, 1, 1))
        painter.end()


def _coloured(mask: Mask) -> QImage:
    """The mask as a translucent image, a pixel for each of the mask."""
    inks = np.where(mask, np.uint32(_HOLE.rgba()), np.uint32(0)).astype(np.uint32)
    height, width = inks.shape
    return QImage(inks.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
