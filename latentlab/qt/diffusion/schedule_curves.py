"""How a schedule drowns a picture: beta, abar and the SNR over t, with a marker that can be dragged.

Drawn by hand, for three lines need no library; the lines are kept as a picture, and only the marker is drawn
when it moves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

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

from latentlab.engine.noising import snr_db
from latentlab.qt.diffusion.noise_words import db_in_words, number

# From this width on the three stand side by side.
_WIDE = 460
_HIGH, _GAP = 118, 10
_JUMPS = 20
_MOST_DECADES = 3
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class _Curve:
    """A title, what its value at a time is called, values (T + 1,), and ticks.

    Where there is no value it is not finite. On a `log` scale values and ticks are powers of ten.
    """

    title: str
    said: Callable[[float], str]
    values: NDArray[np.float64]
    ticks: tuple[float, ...]
    log: bool = False

    @property
    def span(self) -> tuple[float, float]:
        return self.ticks[0], self.ticks[-1]


class ScheduleCurves(QWidget):
    """`moved` carries the time, 0 to T, to which a hand or a key has brought the marker."""

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scheduleCurves")
        self.setAccessibleName("Curves of the schedule over t")
        self.setToolTip(
            "β: the share of noise that step t adds. ᾱ: the share of the variance that is still picture. "
            "SNR: ᾱ / (1 − ᾱ). Drag the marker, or use the arrow keys."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._curves: tuple[_Curve, ...] = ()
        self._t = self._steps = 0
        self._held: QRectF | None = None
        self._page: QPixmap | None = None

    @property
    def t(self) -> int:
        """Where the marker is."""
        return self._t

    def show_schedule(self, alpha_bar: NDArray[np.float64]) -> None:
        """Draws the curves of abar_t, (T + 1,)."""
        self._steps = len(alpha_bar) - 1
        self._curves = _curves_of(alpha_bar)
        self._page = None
        self.show_t(min(self._t, self._steps))

    def show_t(self, t: int) -> None:
        """Puts the marker there."""
        self._t = t
        told = ", ".join(f"{curve.title} {curve.said(float(curve.values[t]))}" for curve in self._curves)
        self.setAccessibleDescription(f"t = {t} of {self._steps}: {told}")
        self.update()

    def plots(self) -> list[QRectF]:
        """Where the curves are, without their titles and axes."""
        line = self._metrics().height()
        row = self.width() >= _WIDE
        left = self._metrics().horizontalAdvance("−100 ") + 6
        right = self._metrics().horizontalAdvance(f"{self._steps}") / 2 + 2
        across = (self.width() - 2 * _GAP) / 3 if row else self.width()
        plots = []
        for place in range(3):
            corner = QPointF(place * (across + _GAP), 0) if row else QPointF(0, place * _HIGH)
            box = QRectF(corner.x(), corner.y(), across, self.height() if row else _HIGH)
            plots.append(box.adjusted(left, line + 6, -right, -2 * line - 4))
        return plots

    def heightForWidth(self, width: int) -> int:
        return _HIGH + 8 if width >= _WIDE else 3 * _HIGH

    def sizeHint(self) -> QSize:
        return QSize(_WIDE, self.heightForWidth(_WIDE))

    def minimumSizeHint(self) -> QSize:
        return QSize(180, _HIGH)

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
            words = "The curves of the schedule will be here: β, ᾱ and SNR."
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

    def _paint_marker(self, painter: QPainter, plot: QRectF, curve: _Curve) -> None:
        value = float(curve.values[self._t])
        x = plot.left() + plot.width() * self._t / self._steps
        text = self.palette().text().color()
        painter.setPen(QPen(text, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        if math.isfinite(value):
            painter.setPen(QPen(self.palette().base().color(), 1.5))
            painter.setBrush(text)
            painter.drawEllipse(QPointF(x, _height(plot, curve, value)), 4.5, 4.5)
        line = self._metrics().height()
        head = QRectF(plot.left(), plot.top() - line - 4, plot.width(), line)
        painter.setPen(text)
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, curve.said(value))

    def _drawn(self, ratio: float) -> QPixmap:
        """All but the marker."""
        page = QPixmap(self.size() * ratio)
        page.setDevicePixelRatio(ratio)
        page.fill(Qt.GlobalColor.transparent)
        painter = QPainter(page)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        for plot, curve in zip(self.plots(), self._curves, strict=True):
            self._draw_axes(painter, plot, curve)
            points = [
                QPointF(plot.left() + plot.width() * t / self._steps, _height(plot, curve, float(value)))
                for t, value in enumerate(curve.values)
                if math.isfinite(value)
            ]
            painter.setPen(QPen(self.palette().highlight().color(), 2.0))
            painter.drawPolyline(QPolygonF(points))
        painter.end()
        return page

    def _draw_axes(self, painter: QPainter, plot: QRectF, curve: _Curve) -> None:
        palette, line = self.palette(), self._metrics().height()
        text = palette.text().color()
        pale, faint = palette.placeholderText().color(), QColor(text)
        faint.setAlphaF(0.15)
        painter.fillRect(plot, palette.base())
        painter.setPen(text)
        head = QRectF(plot.left(), plot.top() - line - 4, plot.width(), line)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, curve.title)
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in curve.ticks:
            y = _height(plot, curve, tick)
            painter.setPen(QPen(faint, 1.0))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(pale)
            painter.drawText(
                QRectF(0, y - line / 2, plot.left() - 5, line),
                beside,
                _tenfold(tick) if curve.log else number(tick),
            )
        below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        for t in (0, self._steps // 2, self._steps):
            x = plot.left() + plot.width() * t / self._steps
            painter.setPen(QPen(faint, 1.0))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(pale)
            painter.drawText(QRectF(x - 40, plot.bottom() + 2, 80, line), below, f"{t}")
        foot = QRectF(plot.left(), plot.bottom() + line + 1, plot.width(), line)
        painter.drawText(foot, below, "t, steps of noise")


def _height(plot: QRectF, curve: _Curve, value: float) -> float:
    low, high = curve.span
    return plot.bottom() - plot.height() * (value - low) / (high - low)


def _curves_of(alpha_bar: NDArray[np.float64]) -> tuple[_Curve, ...]:
    beta = np.concatenate([[np.nan], 1.0 - alpha_bar[1:] / alpha_bar[:-1]])
    levels = np.array([snr_db(float(kept)) for kept in alpha_bar])
    finite = levels[np.isfinite(levels)]
    # The last steps of some schedules add a thousand times what the first do.
    decades = np.log10(beta)
    low = math.floor(np.nanmin(decades))
    high = max(math.ceil(np.nanmax(decades)), low + 1)
    every = -(-(high - low) // _MOST_DECADES)
    ticks = tuple(float(place) for place in range(high - every * -(-(high - low) // every), high + 1, every))
    return (
        _Curve("β (log)", _power, decades, ticks, log=True),
        _Curve("ᾱ", number, alpha_bar, (0.0, 0.5, 1.0)),
        _Curve("SNR, dB", db_in_words, levels, _ticks(float(finite.min()), float(finite.max()))),
    )


def _tenfold(power: float) -> str:
    """As in "10⁻²"."""
    return "1" if power == 0.0 else "10" + f"{power:.0f}".translate(_SUPERSCRIPTS)


def _power(value: float) -> str:
    return "–" if math.isnan(value) else number(10.0**value)


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Round numbers, three to five of them, from at most `low` to at least `high`."""
    rough = max(high - low, 1e-12) / 3.0
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * times for times in (1.0, 2.0, 5.0, 10.0) if unit * times >= rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(step * place for place in range(first, max(last, first + 1) + 1))
