"""Draws the rungs of log p(x) on one axis of nats; what lies far off is an arrow with its distance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.views.theory.rungs import APART, ESTIMATE, EXACT, Rung, number
from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_ROW, _AXIS, _PAD = 30, 40, 10
# At most so many nats are in sight: of a wider ladder only what is near log p(x).
_WIDEST = 80.0
_LEAST = 0.2
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


class LadderChart(DrawnWidget):
    """`pointed` carries the number of the rung under the mouse, or chosen by arrow keys."""

    pointed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("theoryLadder")
        self.setAccessibleName("The ladder of log p(x), in nats")
        self.setToolTip("log p(x) by every way. Point at a row, or use the arrow keys, to read what it is.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rungs: tuple[Rung, ...] = ()
        self.best = math.nan
        self.current = -1

    def show_rungs(self, rungs: tuple[Rung, ...], best: float) -> None:
        """Shows them, about the best value of log p(x)."""
        again = len(rungs) != len(self.rungs)
        self.rungs, self.best = rungs, best
        if again:
            self.updateGeometry()
            self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, _ROW * len(self.rungs) + _AXIS if self.rungs else 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def scale(self) -> tuple[float, float]:
        """The nats at the left and the right end of the axis."""
        # Those that are not known yet, NaN, are not larger.
        near = [one.value for one in self.rungs if one.kind != APART and one.value > self.best - _WIDEST]
        if not math.isfinite(self.best):
            return 0.0, 1.0
        low, high = min([self.best, *near]), max([self.best, *near])
        margin = max(_LEAST, 0.25 * (high - low))
        return low - 0.4 * margin, high + margin

    # The person

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(int(event.position().y() // _ROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self.rungs:
            super().keyPressEvent(event)
        else:
            self._point(max(0, min(len(self.rungs) - 1, self.current + step)))

    def _point(self, row: int) -> None:
        if 0 <= row < len(self.rungs) and row != self.current:
            self.current = row
            self.pointed.emit(row)
            self.setToolTip(plain_tip(self._in_words(self.rungs[row])))
            self.update()

    def _in_words(self, rung: Rung) -> str:
        if not math.isfinite(rung.value):
            return f"{rung.name}: not computed yet"
        apart = rung.value - self.best
        side = "above" if apart > 0.0 else "below"
        words = f"{rung.name}: {number(rung.value, 3)} nats, {number(abs(apart), 3)} {side}"
        return f"{words} the best known log p(x)"

    # Painting

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "ladder"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {
            "way": [one.name for one in self.rungs],
            "nats": [one.value for one in self.rungs],
            "error": [one.error for one in self.rungs],
        }

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.rungs:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = self.scale()
        wide = self.width() - 2 * _PAD

        def place(value: float) -> float:
            return _PAD + (value - low) / (high - low) * wide

        if math.isfinite(self.best):
            self._paint_axis(painter, low, high, place(self.best))
        for row, rung in enumerate(self.rungs):
            self._paint_row(painter, row, rung, place, low, high)
        painter.end()

    def _paint_row(
        self,
        painter: QPainter,
        row: int,
        rung: Rung,
        place: Callable[[float], float],
        low: float,
        high: float,
    ) -> None:
        palette, top = self.palette(), row * _ROW
        if row == self.current:
            painter.fillRect(QRectF(0, top, self.width(), _ROW), palette.alternateBase())
        painter.setPen(palette.text().color())
        metrics = painter.fontMetrics()
        if rung.kind == APART:
            painter.fillRect(QRectF(_PAD, top, self.width() - 2 * _PAD, 1), palette.mid())
        value = number(rung.value) if math.isfinite(rung.value) else "…"
        box = QRectF(_PAD, top + 1, self.width() - 2 * _PAD, metrics.height())
        error = f" ± {number(rung.error, 2 if rung.error < 10 else 0)}" if rung.error >= 0.005 else ""
        # In a narrow column the error is left to its bar.
        if metrics.horizontalAdvance(rung.name + value + error) + 8 <= box.width():
            value += error
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, value)
        room = int(box.width() - metrics.horizontalAdvance(value) - 8)
        painter.drawText(
            box, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(rung.name, Qt.TextElideMode.ElideRight, room)
        )
        if not math.isfinite(rung.value):
            return
        y = top + 0.5 * (metrics.height() + 1 + _ROW)
        colour = palette.text().color() if rung.kind in (EXACT, APART) else palette.link().color()
        if rung.value < low:
            self._paint_arrow(painter, y, f"{number(self.best - rung.value, 0)} nats below")
            return
        if rung.value > high:
            self._paint_arrow(painter, y, f"{number(rung.value - self.best)} nats above", right=True)
            return
        x, end = place(rung.value), self.width() - 2.0
        if rung.before is not None:
            start = place(rung.before)
            painter.setPen(QPen(colour, 3.0))
            painter.drawLine(QPointF(x, y), QPointF(min(start, end), y))
            if start <= end:
                painter.drawLine(QPointF(start, y - 4), QPointF(start, y + 4))
        painter.setPen(QPen(colour, 1.2))
        for run in rung.spread:
            if run > low:
                painter.drawLine(QPointF(place(run), y - 4), QPointF(place(run), y + 4))
        if rung.error > 0.0:
            left, right = max(2.0, place(rung.value - rung.error)), place(rung.value + rung.error)
            painter.setPen(QPen(colour, 1.6))
            painter.drawLine(QPointF(left, y), QPointF(min(right, self.width() - 2.0), y))
        self._paint_mark(painter, QPointF(x, y), rung, colour)

    def _paint_mark(self, painter: QPainter, at: QPointF, rung: Rung, colour: QColor) -> None:
        painter.setPen(QPen(colour, 1.6))
        hollow = rung.kind in (ESTIMATE, APART)
        painter.setBrush(self.palette().base() if hollow else colour)
        if rung.kind == EXACT:
            corners = (QPointF(0, -5), QPointF(5, 0), QPointF(0, 5), QPointF(-5, 0))
            painter.drawPolygon(QPolygonF([at + corner for corner in corners]))
        else:
            painter.drawEllipse(at, 3.6, 3.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_arrow(self, painter: QPainter, y: float, words: str, right: bool = False) -> None:
        palette, end, way = self.palette(), self.width() - 3.0 if right else 3.0, -1.0 if right else 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.placeholderText())
        painter.drawPolygon(
            QPolygonF([QPointF(end, y), QPointF(end + 8 * way, y - 5), QPointF(end + 8 * way, y + 5)])
        )
        painter.setPen(palette.placeholderText().color())
        height = painter.fontMetrics().height()
        painter.drawText(
            QRectF(16, y - height / 2, self.width() - 32, height),
            (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
            | Qt.AlignmentFlag.AlignVCenter,
            words,
        )

    def _paint_axis(self, painter: QPainter, low: float, high: float, best: float) -> None:
        palette, top = self.palette(), _ROW * len(self.rungs)
        painter.setPen(QPen(palette.mid().color(), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(best, 0), QPointF(best, top))
        painter.setPen(QPen(palette.text().color(), 1.0))
        painter.drawLine(QPointF(_PAD, top + 2), QPointF(self.width() - _PAD, top + 2))
        metrics = painter.fontMetrics()
        wide, room = self.width() - 2 * _PAD, metrics.horizontalAdvance("−000.00") + 14
        step = next((one for one in _TICKS if one / (high - low) * wide >= room), _TICKS[-1])
        digits = 0 if step >= 1 else 1 if step >= 0.1 else 2
        value = math.ceil(low / step) * step
        while value <= high:
            x = _PAD + (value - low) / (high - low) * wide
            painter.drawLine(QPointF(x, top + 2), QPointF(x, top + 6))
            words = number(value, digits)
            half = metrics.horizontalAdvance(words) / 2
            if half < x < self.width() - half:
                painter.drawText(QPointF(x - half, top + 8 + metrics.ascent()), words)
            value += step
        painter.setPen(palette.placeholderText().color())
        painter.drawText(
            QRectF(0, top + 2 * metrics.height() - 6, self.width() - 2, metrics.height()),
            Qt.AlignmentFlag.AlignRight,
            "nats",
        )
