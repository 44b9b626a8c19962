"""The histogram of the log ratios of both sets, and which of them are in sight in the gallery.

As in the gallery, what only A has is at the left: the axis falls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from latentlab.engine.evaluation.ratio.events import RatioResult
from latentlab.qt.views.density_ratio.gallery import colours
from latentlab.qt.widgets.colours import has_dark_ground
from latentlab.qt.widgets.plain_text import listed, plain_tip
from latentlab.qt.widgets.small_chart import SmallChart

_BINS, _SIGHT = 60, 4
# The share of the pictures beyond either end of the axis: they count to its last bars.
_BEYOND = 0.005
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class RatioHistogram(SmallChart):
    """`wanted` carries the log ratio that is clicked."""

    wanted = Signal(float)

    def __init__(self) -> None:
        super().__init__("ratioHistogram", "Pictures", "log ratio, nats")
        self.setAccessibleName("Histogram of the log ratios of both sets")
        self.setToolTip(
            plain_tip(
                "How many pictures of each set have which log ratio. Click to go there in the gallery; the "
                "bar below shows which are in sight."
            )
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._result: RatioResult | None = None
        self._counts: tuple[NDArray[np.intp], ...] = ()
        self._sight = (0.0, 0.0)
        self.lines_below = 2

    def show_result(self, result: RatioResult | None) -> None:
        """Shows the log ratios of a result."""
        self._result = result
        if result is not None:
            both = np.concatenate([result.a.log_ratio, result.b.log_ratio])
            low, high = (float(one) for one in np.quantile(both, [_BEYOND, 1.0 - _BEYOND]))
            # 0 is always on it.
            low, high = min(low, -0.1) * 1.02, max(high, 0.1) * 1.02
            self._counts = tuple(
                np.histogram(np.clip(side.log_ratio, low, high), _BINS, (low, high))[0]
                for side in (result.a, result.b)
            )
            self.x_span = high, low
            self.y_span = 0.0, float(max(1, *(int(one.max()) for one in self._counts)))
        self.update()

    def show_sight(self, low: float, high: float) -> None:
        """Shows which log ratios are in sight in the gallery."""
        self._sight = low, high
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 170)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 6 * self.fontMetrics().height())

    def filled(self) -> bool:
        """See `SmallChart`."""
        return self._result is not None

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "log density ratio"

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
        box, (high, low) = self.box(), self.x_span
        return high - (x - box.left()) / max(1.0, box.width()) * (high - low)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._result is not None and event.button() is Qt.MouseButton.LeftButton:
            self.wanted.emit(self.value_at(event.position().x()))
        else:
            super().mousePressEvent(event)

    def paint_title(self, painter: QPainter, room: QRectF) -> None:
        """Which colour is whose, at the right end."""
        super().paint_title(painter, room)
        if self._result is None:
            return
        letters, inks = painter.fontMetrics(), colours(has_dark_ground(self.palette()))
        left = room.left() + letters.horizontalAdvance(self.title) + 12
        right, most = room.right(), (room.right() - left) / 2 - 24
        for letter, side, ink in (("B", self._result.b, inks[1]), ("A", self._result.a, inks[0])):
            words = self.elided(f"{letter}: {listed(side.name)}", most)
            right -= letters.horizontalAdvance(words)
            painter.setPen(self.palette().windowText().color())
            painter.drawText(QPointF(right, room.top() + letters.ascent()), words)
            right -= 14
            painter.fillRect(QRectF(right, room.top() + 3, 10, room.height() - 5), ink)
            right -= 10

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        wide = box.width() / _BINS
        for counts, ink in zip(self._counts, colours(has_dark_ground(self.palette())), strict=True):
            pale = QColor(ink)
            pale.setAlphaF(0.55)
            for place, count in enumerate(reversed(counts.tolist())):
                if count:
                    tall = max(1.0, count / self.y_span[1] * box.height())
                    bar = QRectF(box.left() + place * wide, box.bottom() - tall, max(1.0, wide - 0.6), tall)
                    painter.fillRect(bar, pale)
        painter.setPen(QPen(self.palette().text().color(), 1, Qt.PenStyle.DashLine))
        x = self.place(0.0, 0.0).x()
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def paint_below(self, painter: QPainter, line: QRectF) -> None:
        """What is in sight, numbers at the axis, and what its ends are."""
        if self._result is None:
            return
        palette, letters, box = self.palette(), painter.fontMetrics(), self.box()
        right, left = (min(max(self.place(one, 0.0).x(), box.left()), box.right()) for one in self._sight)
        sight = QRectF(left, box.bottom() + 1, max(3.0, right - left), _SIGHT)
        painter.fillRect(sight, palette.highlight())
        line.translate(0, _SIGHT - 2)
        painter.setPen(palette.windowText().color())
        high, low = self.x_span
        room = letters.horizontalAdvance("−000") + 16
        step = next((one for one in _STEPS if one / (high - low) * box.width() >= room), _STEPS[-1])
        for number in range(math.ceil(low / step), math.floor(high / step) + 1):
            words = f"{number * step:g}".replace("-", "−")
            x, half = self.place(number * step, 0.0).x(), letters.horizontalAdvance(words) / 2
            if x - half >= 0 and x + half <= self.width():
                painter.drawText(QPointF(x - half, line.top() + letters.ascent()), words)
        under = line.translated(0, line.height() - 1)
        painter.setPen(palette.placeholderText().color())
        ends = "← only in A", "only in B →"
        painter.drawText(under, Qt.AlignmentFlag.AlignLeft, ends[0])
        painter.drawText(under, Qt.AlignmentFlag.AlignRight, ends[1])
        if letters.horizontalAdvance("   ".join((*ends, self.across))) < under.width():
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, self.across)
