"""A histogram of numbers with two ends that can be dragged, or moved by the arrow keys: a range of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_BINS, _HEIGHT, _GRIP, _FOOT = 48, 74, 13, 14
_STEP, _MOST = 0.01, 100_000
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}


class RangeEnd(QWidget):
    """A handle at one end of the range. `moved` carries its new place along the axis, 0 to 1."""

    grabbed = Signal()
    moved = Signal(float)

    def __init__(self, name: str, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(f"{words}. Drag it, or use the arrow keys; Shift takes large steps."))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.place = 0.0
        self._grip: float | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().x() - 0.5 * self.width()
            self.grabbed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        parent = self.parentWidget()
        if self._grip is not None and isinstance(parent, RangeHistogram):
            left = self.mapToParent(event.position()).x() - self._grip
            self.moved.emit(parent.place_of(left))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        far = _STEP * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        if key in _KEYS:
            place = self.place + far * _KEYS[key]
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            place = float(key == Qt.Key.Key_End)
        else:
            super().keyPressEvent(event)
            return
        if not event.isAutoRepeat():
            self.grabbed.emit()
        self.moved.emit(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, middle = self.palette(), 0.5 * self.width()
        ink = palette.highlight().color() if self.hasFocus() else palette.windowText().color()
        painter.setPen(QPen(ink, 2 if self.hasFocus() else 1.2))
        foot = self.height() - _FOOT
        painter.drawLine(QPointF(middle, 0), QPointF(middle, foot))
        painter.setBrush(palette.button())
        half = 0.5 * _GRIP - 1
        grip = [
            (0.0, 0.0),
            (half, 0.45 * _FOOT),
            (half, _FOOT - 2),
            (-half, _FOOT - 2),
            (-half, 0.45 * _FOOT),
        ]
        painter.drawPolygon(QPolygonF([QPointF(middle + x, foot + y) for x, y in grip]))
        painter.end()


class RangeHistogram(DrawnWidget):
    """Shows how often numbers come, coloured along a ramp, and a range of them.

    `grabbed` says that a handle has been taken: what is moved until the next is one gesture. `ranged` carries
    the lowest and the highest number of the range, None where an end is at the end of the axis.
    """

    grabbed = Signal()
    ranged = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rangeHistogram")
        self.setAccessibleName("Histogram with a range")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._counts: NDArray[np.intp] = np.zeros(_BINS, dtype=np.intp)
        self._inks: list[int] = [0xFF808080] * _BINS
        self._low, self._high = 0.0, 1.0
        self._ends: tuple[float | None, float | None] = (None, None)
        self.lowest = RangeEnd("rangeLow", "Lowest number that is shown", self)
        self.highest = RangeEnd("rangeHigh", "Highest number that is shown", self)
        for end in (self.lowest, self.highest):
            end.grabbed.connect(self.grabbed)
        self.lowest.moved.connect(self._low_moved)
        self.highest.moved.connect(self._high_moved)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "histogram"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`: the two ends of each bar, and how many numbers it has."""
        ends = np.linspace(self._low, self._high, _BINS + 1).tolist()
        return {"from": ends[:-1], "to": ends[1:], "count": self._counts.tolist()}

    def show_numbers(
        self, values: NDArray[np.float32], low: float, high: float, ramp: NDArray[np.uint32]
    ) -> None:
        """Shows numbers along an axis from `low` to `high`, coloured by a ramp of ARGB colours."""
        self._low, self._high = low, max(high, low + 1e-30)
        # Of very many a sample has the same shape.
        known = values[:: max(1, len(values) // _MOST)]
        known = known[~np.isnan(known)]
        self._counts = np.histogram(np.clip(known, low, high), _BINS, (low, self._high))[0]
        places = np.linspace(0, len(ramp) - 1, _BINS).round().astype(int)
        self._inks = ramp[places].tolist()
        self._place()

    def show_range(self, low: float | None, high: float | None) -> None:
        """Shows a range; None for no bound."""
        self._ends = (low, high)
        self._place()

    def place_of(self, left: float) -> float:
        """Where along the axis, 0 to 1, a pixel lies."""
        return (left - 0.5 * _GRIP) / max(1.0, self.width() - _GRIP)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    # The range

    def _low_moved(self, place: float) -> None:
        low = None if place <= 0.0 else self._value(min(place, self.highest.place))
        self.ranged.emit(low, self._ends[1])

    def _high_moved(self, place: float) -> None:
        high = None if place >= 1.0 else self._value(max(place, self.lowest.place))
        self.ranged.emit(self._ends[0], high)

    def _value(self, place: float) -> float:
        return self._low + min(max(place, 0.0), 1.0) * (self._high - self._low)

    def _along(self, value: float | None, otherwise: float) -> float:
        if value is None or not math.isfinite(value):
            return otherwise
        return min(max((value - self._low) / (self._high - self._low), 0.0), 1.0)

    def _place(self) -> None:
        """Puts the handles where the range ends."""
        for end, value, otherwise in zip((self.lowest, self.highest), self._ends, (0.0, 1.0), strict=True):
            end.place = self._along(value, otherwise)
            left = end.place * (self.width() - _GRIP)
            end.setGeometry(round(left), 0, _GRIP, self.height())
        self.update()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        axis = QRectF(0.5 * _GRIP, 2, self.width() - _GRIP, self.height() - _FOOT - 2)
        painter.setPen(QPen(palette.mid().color(), 1))
        painter.drawLine(axis.bottomLeft(), axis.bottomRight())
        # By the root: a few numbers can be seen beside very many.
        tallest = math.sqrt(max(1, int(self._counts.max(initial=1))))
        wide = axis.width() / _BINS
        for place, count in enumerate(self._counts.tolist()):
            if not count:
                continue
            tall = max(2.0, math.sqrt(count) / tallest * axis.height())
            colour = QColor.fromRgb(self._inks[place] & 0xFFFFFF)
            inside = self.lowest.place <= (place + 0.5) / _BINS <= self.highest.place
            colour.setAlphaF(1.0 if inside else 0.22)
            left = axis.left() + place * wide
            painter.fillRect(QRectF(left, axis.bottom() - tall, max(1.0, wide - 0.6), tall), colour)
        painter.end()
