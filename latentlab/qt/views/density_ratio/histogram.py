"""The histogram of the log ratios of both sets, and which of them are in sight in the gallery.

As in the gallery, what only A has is at the left: the axis falls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.evaluation.ratio.events import RatioResult
from latentlab.qt.views.density_ratio.gallery import colours
from latentlab.qt.widgets.colours import has_dark_ground
from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import listed, plain_tip

_BINS, _SMALL = 60, 0.85
# The share of the pictures beyond either end of the axis: they count to its last bars.
_BEYOND = 0.005
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class RatioHistogram(DrawnWidget):
    """`wanted` carries the log ratio that is clicked."""

    wanted = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ratioHistogram")
        self.setAccessibleName("Histogram of the log ratios of both sets")
        self.setToolTip(
            plain_tip(
                "How many pictures of each set have which log ratio. Click to go there in the gallery; the "
                "bar below shows which are in sight."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._result: RatioResult | None = None
        self._counts: tuple[NDArray[np.intp], ...] = ()
        self.low, self.high = -1.0, 1.0
        self._sight = (0.0, 0.0)

    def show_result(self, result: RatioResult | None) -> None:
        """Shows the log ratios of a result."""
        self._result = result
        if result is not None:
            both = np.concatenate([result.a.log_ratio, result.b.log_ratio])
            low, high = (float(one) for one in np.quantile(both, [_BEYOND, 1.0 - _BEYOND]))
            # 0 is always on it.
            self.low, self.high = min(low, -0.1) * 1.02, max(high, 0.1) * 1.02
            self._counts = tuple(
                np.histogram(np.clip(side.log_ratio, self.low, self.high), _BINS, (self.low, self.high))[0]
                for side in (result.a, result.b)
            )
        self.update()

    def show_sight(self, low: float, high: float) -> None:
        """Shows which log ratios are in sight in the gallery."""
        self._sight = low, high
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 170)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 90)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "log density ratio"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return QSize() if self._result is None else self.size()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`: the log ratio of each picture."""
        if self._result is None:
            return {}
        sides = (self._result.a, self._result.b)
        return {
            "set": [letter for letter, side in zip("AB", sides, strict=True) for _ in side.log_ratio],
            "number": [int(number) for side in sides for number in side.numbers],
            "log ratio": [float(value) for side in sides for value in side.log_ratio],
        }

    def value_at(self, x: float) -> float:
        """The log ratio at a pixel."""
        box = self._box()
        return self.high - (x - box.left()) / max(1.0, box.width()) * (self.high - self.low)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._result is not None and event.button() is Qt.MouseButton.LeftButton:
            self.wanted.emit(self.value_at(event.position().x()))
        else:
            super().mousePressEvent(event)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * _SMALL))
        return font

    def _box(self) -> QRectF:
        """Where the bars are: a line of words above, the bar of what is in sight and two lines below."""
        high = QFontMetrics(self._font()).height()
        return QRectF(self.rect()).adjusted(8, high + 4, -8, -2 * high - 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._result is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        painter.setFont(self._font())
        self._paint_bars(painter, self._box())
        self._paint_axis(painter, self._box())
        self._paint_names(painter, self._result)
        painter.end()

    def _paint_bars(self, painter: QPainter, box: QRectF) -> None:
        wide = box.width() / _BINS
        tallest = max(1, *(int(one.max()) for one in self._counts))
        for counts, ink in zip(self._counts, colours(has_dark_ground(self.palette())), strict=True):
            pale = QColor(ink)
            pale.setAlphaF(0.55)
            for place, count in enumerate(reversed(counts.tolist())):
                if count:
                    tall = max(1.0, count / tallest * box.height())
                    bar = QRectF(box.left() + place * wide, box.bottom() - tall, max(1.0, wide - 0.6), tall)
                    painter.fillRect(bar, pale)

    def _paint_axis(self, painter: QPainter, box: QRectF) -> None:
        palette, letters = self.palette(), painter.fontMetrics()

        def place(value: float) -> float:
            return box.left() + (self.high - value) / (self.high - self.low) * box.width()

        painter.setPen(QPen(palette.placeholderText().color(), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(QPen(palette.text().color(), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(place(0.0), box.top()), QPointF(place(0.0), box.bottom()))
        right, left = (min(max(place(value), box.left()), box.right()) for value in self._sight)
        painter.fillRect(QRectF(left, box.bottom() + 1, max(3.0, right - left), 4), palette.highlight())
        painter.setPen(palette.text().color())
        room = letters.horizontalAdvance("−000") + 16
        step = next((one for one in _STEPS if one / (self.high - self.low) * box.width() >= room), _STEPS[-1])
        top = box.bottom() + 5
        for number in range(math.ceil(self.low / step), math.floor(self.high / step) + 1):
            words = f"{number * step:g}".replace("-", "−")
            x, half = place(number * step), letters.horizontalAdvance(words) / 2
            if box.left() - 8 <= x - half and x + half <= box.right() + 8:
                painter.drawText(QPointF(x - half, top + letters.ascent()), words)
        under = QRectF(box.left(), top + letters.height() - 1, box.width(), letters.height())
        painter.setPen(palette.placeholderText().color())
        painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, "log ratio, nats")
        painter.drawText(under, Qt.AlignmentFlag.AlignLeft, "← only in A")
        painter.drawText(under, Qt.AlignmentFlag.AlignRight, "only in B →")

    def _paint_names(self, painter: QPainter, result: RatioResult) -> None:
        """Which colour is whose."""
        letters, inks = painter.fontMetrics(), colours(has_dark_ground(self.palette()))
        right = float(self.width() - 8)
        for letter, side, ink in reversed([("A", result.a, inks[0]), ("B", result.b, inks[1])]):
            words = f"{letter}: {listed(side.name)}"
            right -= letters.horizontalAdvance(words)
            painter.setPen(self.palette().text().color())
            painter.drawText(QPointF(right, 2.0 + letters.ascent()), words)
            right -= 14
            painter.fillRect(QRectF(right, 4, 10, letters.height() - 4), ink)
            right -= 12
