"""The plot of a noise schedule: beta, abar and the SNR over t, with a marker that can be dragged.

Painted here, because three lines need no library; the lines are cached in a pixmap, and only the marker is
painted when it moves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.views.diffusion.forward.schedule_lines import Curve, curves_of
from latentlab.qt.widgets.drawable import DrawnWidget

# From this width on the three plots are side by side, else stacked above the same axis.
_WIDE = 460
_LOW, _HIGH, _GAP = 104, 128, 10
_JUMPS = 20


class ScheduleCurves(DrawnWidget):
    """`moved` carries the time, 0 to T, to which mouse or keyboard has moved the marker."""

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scheduleCurves")
        self.setAccessibleName("Noise schedule over t")
        self.setToolTip(
            "β: the variance of the noise that step t adds. ᾱ: the fraction of the picture's "
            "variance that is left. SNR: ᾱ / (1 − ᾱ). Drag the marker, or use the arrow keys."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._curves: tuple[Curve, ...] = ()
        self._t = self._steps = 0
        self._held: QRectF | None = None
        self._page: QPixmap | None = None

    @property
    def t(self) -> int:
        """The time at the marker."""
        return self._t

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "noise schedule"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self._curves else QSize()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        painter.fillRect(self.rect(), self.palette().window())
        self._draw(painter)

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        columns: dict[str, Sequence[object]] = {"t": range(self._steps + 1)}
        for curve in self._curves:
            values = 10.0**curve.values if curve.log else curve.values
            columns[curve.title.removesuffix(" (log)")] = values.tolist()
        return columns

    def show_schedule(self, alpha_bar: NDArray[np.float64]) -> None:
        """Shows the curves for abar_t, (T + 1,)."""
        self._steps = len(alpha_bar) - 1
        self._curves = curves_of(alpha_bar)
        self._page = None
        self.show_t(min(self._t, self._steps))

    def show_t(self, t: int) -> None:
        """Moves the marker to a time."""
        self._t = t
        told = ", ".join(f"{curve.title} {curve.said(float(curve.values[t]))}" for curve in self._curves)
        self.setAccessibleDescription(f"t = {t} of {self._steps}: {told}")
        self.update()

    def plots(self) -> list[QRectF]:
        """The boxes of the curves, without titles and axes."""
        metrics = self._metrics()
        line = metrics.height()
        left = metrics.horizontalAdvance("−100 ") + 6
        if self._stacked:
            right = metrics.horizontalAdvance("−100.0 dB") + 10
            high = (self.height() - line - 4 - 3 * _GAP) / 3
            across = self.width() - left - right
            return [QRectF(left, _GAP / 2 + place * (high + _GAP), across, high) for place in range(3)]
        right = metrics.horizontalAdvance(f"{self._steps}") / 2 + 2
        across = (self.width() - 2 * _GAP) / 3
        boxes = [QRectF(place * (across + _GAP), 0, across, self.height()) for place in range(3)]
        return [box.adjusted(left, line + 6, -right, -line - 4) for box in boxes]

    @property
    def _stacked(self) -> bool:
        return self.width() < _WIDE

    def height_at(self, width: int) -> int:
        """The preferred height at a width, where there is room."""
        return _HIGH if width >= _WIDE else 2 * _HIGH

    def sizeHint(self) -> QSize:
        return QSize(_WIDE, _LOW)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, _LOW)

    # The hand

    def _go(self, t: int) -> None:
        t = min(max(t, 0), self._steps)
        if t != self._t:
            self.show_t(t)
            self.moved.emit(t)

    def _follow(self, x: float) -> None:
        if self._held is not None:
            self._go(round((x - self._held.left()) / self._held.width() * self._steps))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self._curves:
            return
        place = event.position()
        self._held = min(self.plots(), key=lambda plot: (plot.center() - place).manhattanLength())
        self._follow(place.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        jump = max(1, self._steps // _JUMPS)
        ways = {
            Qt.Key.Key_Left: self._t - 1,
            Qt.Key.Key_Down: self._t - 1,
            Qt.Key.Key_Right: self._t + 1,
            Qt.Key.Key_Up: self._t + 1,
            Qt.Key.Key_PageDown: self._t - jump,
            Qt.Key.Key_PageUp: self._t + jump,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._steps,
        }
        key = Qt.Key(event.key())
        if key in ways and self._curves:
            self._go(ways[key])
        else:
            super().keyPressEvent(event)

    # Painting

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.85))
        return font

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._small())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._page = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.EnabledChange):
            self._page = None
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._small())
        if not self._curves:
            painter.setPen(self.palette().placeholderText().color())
            words = "The curves of the noise schedule appear here: β, ᾱ and SNR."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        if self._page is None or self._page.devicePixelRatio() != ratio:
            self._page = self._drawn(ratio)
        painter.drawPixmap(0, 0, self._page)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for plot, curve in zip(self.plots(), self._curves, strict=True):
            self._paint_marker(painter, plot, curve)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight(), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_marker(self, painter: QPainter, plot: QRectF, curve: Curve) -> None:
        value = float(curve.values[self._t])
        x = plot.left() + plot.width() * self._t / self._steps
        text = self.palette().text().color()
        painter.setPen(QPen(text, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        if math.isfinite(value):
            painter.setPen(QPen(self.palette().base().color(), 1.5))
            painter.setBrush(text)
            painter.drawEllipse(QPointF(x, _height(plot, curve, value)), 4.5, 4.5)
        painter.setPen(text)
        side = Qt.AlignmentFlag.AlignLeft if self._stacked else Qt.AlignmentFlag.AlignRight
        painter.drawText(self._words_at(plot, 1), side | Qt.AlignmentFlag.AlignVCenter, curve.said(value))

    def _words_at(self, plot: QRectF, row: int) -> QRectF:
        """The boxes of the title, row 0, and the value at the marker, row 1: above the plot, or beside it."""
        line = self._metrics().height()
        if not self._stacked:
            return QRectF(plot.left(), plot.top() - line - 4, plot.width(), line)
        middle = plot.center().y() - (1 - row) * line
        return QRectF(plot.right() + 8, middle, self.width() - plot.right() - 8, line)

    def _drawn(self, ratio: float) -> QPixmap:
        """Everything but the marker."""
        page = QPixmap(self.size() * ratio)
        page.setDevicePixelRatio(ratio)
        page.fill(Qt.GlobalColor.transparent)
        painter = QPainter(page)
        self._draw(painter)
        painter.end()
        return page

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        for plot, curve in zip(self.plots(), self._curves, strict=True):
            self._draw_values(painter, plot, curve)
            self._draw_times(painter, plot, written=not self._stacked or curve is self._curves[-1])
            points = [
                QPointF(plot.left() + plot.width() * t / self._steps, _height(plot, curve, float(value)))
                for t, value in enumerate(curve.values)
                if math.isfinite(value)
            ]
            painter.setPen(QPen(self.palette().highlight().color(), 2.0))
            painter.drawPolyline(QPolygonF(points))

    def _draw_values(self, painter: QPainter, plot: QRectF, curve: Curve) -> None:
        palette, line = self.palette(), self._metrics().height()
        text = palette.text().color()
        pale, faint = palette.placeholderText().color(), QColor(text)
        faint.setAlphaF(0.15)
        painter.fillRect(plot, palette.base())
        painter.setPen(text)
        title = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self._words_at(plot, 0), title, curve.title)
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        # Where ticks are too close for their labels, only the ends are labelled.
        close = plot.height() < line * (len(curve.ticks) - 1)
        for tick in curve.ticks:
            y = _height(plot, curve, tick)
            painter.setPen(QPen(faint, 1.0))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            if not close or tick in curve.span:
                # In a stack the lowest label of one plot would touch the highest of the next.
                middle = min(max(y, plot.top() + line / 3), plot.bottom() - line / 3) if self._stacked else y
                painter.setPen(pale)
                painter.drawText(
                    QRectF(0, middle - line / 2, plot.left() - 5, line), beside, curve.tick_words(tick)
                )

    def _draw_times(self, painter: QPainter, plot: QRectF, written: bool) -> None:
        """Draws the lines of t = 0, T / 2 and T, and their numbers if `written`."""
        line, pale = self._metrics().height(), self.palette().placeholderText().color()
        faint = self.palette().text().color()
        faint.setAlphaF(0.15)
        below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        for t in (0, self._steps // 2, self._steps):
            x = plot.left() + plot.width() * t / self._steps
            painter.setPen(QPen(faint, 1.0))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            if written:
                painter.setPen(pale)
                painter.drawText(QRectF(x - 40, plot.bottom() + 2, 80, line), below, f"{t}")
        if written:
            x = plot.left() + 0.75 * plot.width()
            painter.drawText(QRectF(x - 40, plot.bottom() + 2, 80, line), below, "t")


def _height(plot: QRectF, curve: Curve, value: float) -> float:
    return plot.bottom() - plot.height() * curve.share(value)
