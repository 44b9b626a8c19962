"""The frame of a small chart: a title, a box, numbers at its axes, and what a subclass paints in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.widgets.drawable import DrawnWidget

Span = tuple[float, float]


class SmallChart(DrawnWidget):
    """A chart about so many lines of text high; a subclass paints what is in the box.

    Args:
        name: its objectName.
        title: said above it.
        across: what its axis across is.

    Attributes:
        x_span, y_span: the values at the ends of both axes.
        waiting: said while there is nothing to draw.
        lines_below: the height of what is painted below the box, in lines of text.
    """

    def __init__(self, name: str, title: str, across: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.title, self.across = title, across
        self.waiting, self.lines_below = "", 1
        self.x_span: Span = (0.0, 1.0)
        self.y_span: Span = (0.0, 1.0)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 5 * self.fontMetrics().height())

    def sizeHint(self) -> QSize:
        return QSize(240, 6 * self.fontMetrics().height())

    def filled(self) -> bool:
        """Whether there is anything to draw."""
        raise NotImplementedError

    def drawn_name(self) -> str:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        return "".join(one for one in self.title if one.isalnum() or one in " ,-").strip()

    def drawn_size(self) -> QSize:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        return self.size() if self.filled() else QSize()

    def box(self) -> QRectF:
        """Where the curves are."""
        line, letters = self.fontMetrics().height(), self.fontMetrics()
        numbers = self.y_span if self.filled() else ()
        left = 6 + max((letters.horizontalAdvance(short(value)) for value in numbers), default=0)
        below = self.lines_below * line + 6
        return QRectF(left, line + 4, self.width() - left - 6, self.height() - line - 4 - below)

    def place(self, x: float, y: float) -> QPointF:
        """Where a point is drawn. The axis across may fall: its span then begins with the larger end."""
        box = self.box()
        return QPointF(
            box.left() + box.width() * _share(x, self.x_span),
            box.bottom() - box.height() * _share(y, self.y_span),
        )

    def polyline(self, x: Sequence[float], y: Sequence[float]) -> QPolygonF:
        """Points of a line."""
        return QPolygonF([self.place(one, other) for one, other in zip(x, y, strict=True)])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, box = QPainter(self), self.palette(), self.box()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, flags = self.fontMetrics().height(), Qt.AlignmentFlag
        painter.fillRect(box, palette.base())
        self.paint_title(painter, QRectF(2, 0, self.width() - 4, line))
        painter.setPen(palette.placeholderText().color())
        self.paint_below(painter, QRectF(box.left(), box.bottom() + 3, box.width(), line))
        painter.setPen(palette.placeholderText().color())
        right = flags.AlignRight | flags.AlignVCenter
        low, high = self.y_span
        numbers = ((high, box.top() + line / 2), (low, box.bottom() - line / 2)) if self.filled() else ()
        for value, y in numbers:
            painter.drawText(QRectF(0, y - line / 2, box.left() - 4, line), right, short(value))
        if self.filled():
            painter.save()
            painter.setClipRect(box)
            self.paint_inside(painter, box)
            painter.restore()
        painter.setPen(palette.mid().color())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        if self.waiting and not self.filled():
            painter.setPen(palette.placeholderText().color())
            painter.drawText(
                box.adjusted(6, 2, -6, -2), flags.AlignCenter | Qt.TextFlag.TextWordWrap, self.waiting
            )
        painter.end()

    def paint_title(self, painter: QPainter, room: QRectF) -> None:
        """Paints the line above the box."""
        painter.setPen(self.palette().windowText().color())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, self.elided(self.title, room.width()))

    def paint_below(self, painter: QPainter, line: QRectF) -> None:
        """Paints the first line below the box, and any others: the ends of the axis, and what it is."""
        first, last = (short(value) if self.filled() else "" for value in self.x_span)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, first)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, last)
        letters = self.fontMetrics()
        left, right = letters.horizontalAdvance(f"{first} "), letters.horizontalAdvance(f" {last}")
        if letters.horizontalAdvance(self.across) > line.width() - 2 * max(left, right):
            line = line.adjusted(left, 0, -right, 0)
        words = self.elided(self.across, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, words)

    def elided(self, text: str, room: float) -> str:
        """As much of a text as there is room for."""
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """Paints the curves; only called when there are any."""
        raise NotImplementedError

    def level(self, painter: QPainter, y: float, words: str) -> None:
        """A dashed line at a value, with words at its right end."""
        pale = self.palette().placeholderText().color()
        painter.setPen(QPen(pale, 1.0, Qt.PenStyle.DashLine))
        start, end = self.place(self.x_span[0], y), self.place(self.x_span[1], y)
        painter.drawLine(start, end)
        if words:
            painter.setPen(pale)
            wide = self.fontMetrics().horizontalAdvance(words)
            painter.drawText(QPointF(end.x() - wide - 4, end.y() - 3), words)

    def legend(self, painter: QPainter, named: Sequence[tuple[str, QColor]]) -> None:
        """Names of lines in their colours, in the upper left corner, one below the other."""
        box, line = self.box(), self.fontMetrics().height()
        ground = self.palette().base().color()
        ground.setAlphaF(0.75)
        for number, (words, ink) in enumerate(named):
            shown = self.elided(words, box.width() - 12)
            wide = self.fontMetrics().horizontalAdvance(shown)
            top = box.top() + 3 + number * line
            painter.fillRect(QRectF(box.left() + 4, top, wide + 4, line), ground)
            painter.setPen(ink)
            painter.drawText(QRectF(box.left() + 6, top, wide + 4, line), shown)


def span_of(*series: Sequence[float], least: float = 0.0, low: float | None = None) -> Span:
    """From the least to the largest of these numbers, with a little room above; at least so wide."""
    values: NDArray[np.float64] = np.concatenate([np.asarray(one, float) for one in series] or [np.zeros(1)])
    values = values[np.isfinite(values)]
    if not len(values):
        return (0.0, max(1.0, least))
    bottom = float(values.min()) if low is None else low
    top = max(float(values.max()), bottom + max(least, 1e-6))
    return bottom, top + 0.06 * (top - bottom)


def _share(value: float, span: Span) -> float:
    """How far along a span a value is, 0 to 1 inside it."""
    low, high = span
    return (value - low) / (high - low) if high != low else 0.0


def short(value: float) -> str:
    """A number at an axis."""
    return f"{value:.3g}".replace("-", "−")
