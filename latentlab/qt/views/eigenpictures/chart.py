"""A chart of curves over the number of eigenpictures, with a line at one number of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.views.eigenpictures.scales import Scale, in_short
from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_PAD, _TICK = 6, 4


@dataclass(frozen=True)
class Curve:
    """A curve over the numbers first, first + 1, ...

    Attributes:
        label: of its axis.
        values: one for each number.
        right: whether its axis is at the right.
        logarithmic: whether that is by powers of ten; all values are positive then.
        span: low and high end of its axis; None for those of its values.
    """

    label: str
    values: Sequence[float]
    right: bool = False
    logarithmic: bool = False
    span: tuple[float, float] | None = None

    def scale(self) -> Scale:
        """Its axis."""
        low, high = self.span or (min(self.values), max(self.values))
        if self.logarithmic:
            low, high = max(low, 1e-12), max(high, 1e-12)
        return Scale(low, high if high > low else low + 1.0, self.logarithmic)


class CurveChart(DrawnWidget):
    """`picked` carries the number at the mouse, while its button is down.

    Args:
        name, spoken, tip: the widget's objectName, accessible name and tooltip.
        across: the label of the axis of numbers.
        logarithmic: whether that is by powers of ten.
    """

    picked = Signal(int)

    def __init__(self, name: str, spoken: str, tip: str, across: str, logarithmic: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setToolTip(plain_tip(tip))
        self.setMinimumSize(180, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._across, self._logarithmic = across, logarithmic
        self._curves: tuple[Curve, ...] = ()
        self._first, self._marked = 0, -1

    def sizeHint(self) -> QSize:
        return QSize(360, 150)

    def show_curves(self, first: int, *curves: Curve) -> None:
        """Shows curves that begin at this number."""
        self._first, self._curves = first, curves
        self.update()

    def mark(self, number: int) -> None:
        """Moves the line to a number; -1 for no line."""
        if number != self._marked:
            self._marked = number
            self.update()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return self.accessibleName()

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self._curves else QSize()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        count = len(self._curves[0].values) if self._curves else 0
        columns: dict[str, Sequence[object]] = {self._across: range(self._first, self._first + count)}
        return columns | {curve.label: list(curve.values) for curve in self._curves}

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pick(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pick(event)

    def _pick(self, event: QMouseEvent) -> None:
        if self._curves and event.buttons() & Qt.MouseButton.LeftButton:
            area, scale = self.area(), self._numbers()
            value = scale.value((event.position().x() - area.left()) / max(1.0, area.width()))
            self.picked.emit(round(min(max(value, scale.low), scale.high)))

    # The drawing

    def area(self) -> QRectF:
        """Where the curves are."""
        metrics = self.fontMetrics()
        left = self._room(False) + metrics.height() + _TICK
        right = self._room(True) + (metrics.height() + _TICK if self._on(True) else 0) + _PAD
        bottom = 2 * metrics.height() + _TICK
        return QRectF(self.rect()).adjusted(left, _PAD, -right, -bottom)

    def _on(self, right: bool) -> list[Curve]:
        return [curve for curve in self._curves if curve.right is right]

    def _room(self, right: bool) -> int:
        """The width of the numbers at an axis."""
        words = [in_short(tick) for curve in self._on(right) for tick in curve.scale().ticks(4)]
        return max((self.fontMetrics().horizontalAdvance(word) for word in words), default=0) + _TICK

    def _numbers(self) -> Scale:
        count = max(len(curve.values) for curve in self._curves)
        return Scale(self._first, max(self._first + 1, self._first + count - 1), self._logarithmic)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._curves:
            self._paint(painter)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        area, numbers = self.area(), self._numbers()
        painter.fillRect(area, self.palette().base())
        self._paint_bottom(painter, area, numbers)
        for right in (False, True):
            for curve in self._on(right)[:1]:
                self._paint_side(painter, area, curve)
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        for number, curve in enumerate(self._curves):
            painter.setPen(QPen(self._colour(number), 2.0, self._style(number)))
            painter.drawPolyline(QPolygonF(self._points(area, numbers, curve)))
        if self._marked >= self._first:
            x = area.left() + numbers.place(self._marked) * area.width()
            painter.setPen(QPen(self.palette().text().color(), 1.4))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            for number, curve in enumerate(self._curves):
                if self._marked - self._first < len(curve.values):
                    value = curve.values[self._marked - self._first]
                    y = area.bottom() - curve.scale().place(value) * area.height()
                    painter.setBrush(self._colour(number))
                    painter.drawEllipse(QPointF(x, y), 4.0, 4.0)
        painter.restore()

    def _points(self, area: QRectF, numbers: Scale, curve: Curve) -> list[QPointF]:
        scale = curve.scale()
        return [
            QPointF(
                area.left() + numbers.place(self._first + step) * area.width(),
                area.bottom() - scale.place(value) * area.height(),
            )
            for step, value in enumerate(curve.values)
        ]

    def _paint_bottom(self, painter: QPainter, area: QRectF, numbers: Scale) -> None:
        high, half = self.fontMetrics().height(), 40.0
        for tick in numbers.ticks(6):
            x = area.left() + numbers.place(tick) * area.width()
            painter.setPen(self._pale())
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom() + _TICK))
            painter.setPen(self.palette().windowText().color())
            box = QRectF(x - half, area.bottom() + _TICK, 2 * half, high)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, in_short(tick))
        below = QRectF(area.left(), area.bottom() + _TICK + high - 2, area.width(), high)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._across)

    def _paint_side(self, painter: QPainter, area: QRectF, curve: Curve) -> None:
        scale, high = curve.scale(), self.fontMetrics().height()
        side = Qt.AlignmentFlag.AlignLeft if curve.right else Qt.AlignmentFlag.AlignRight
        room = self._room(curve.right)
        for tick in scale.ticks(4):
            y = area.bottom() - scale.place(tick) * area.height()
            if not curve.right:
                painter.setPen(self._pale())
                painter.drawLine(QPointF(area.left() - _TICK, y), QPointF(area.right(), y))
            painter.setPen(self.palette().windowText().color())
            left = area.right() + _TICK if curve.right else area.left() - room - 2
            top = min(max(y - high / 2, 0.0), self.height() - high)
            painter.drawText(
                QRectF(left, top, room, high), side | Qt.AlignmentFlag.AlignVCenter, in_short(tick)
            )
        painter.save()
        painter.setPen(self._colour(self._curves.index(curve)))
        painter.translate(self.width() - high - 1 if curve.right else 0, area.center().y())
        painter.rotate(-90)
        half = self.height() / 2
        painter.drawText(QRectF(-half, 0, 2 * half, high), Qt.AlignmentFlag.AlignCenter, curve.label)
        painter.restore()

    def _colour(self, number: int) -> QColor:
        return self.palette().color(
            QPalette.ColorRole.Link if number == 0 else QPalette.ColorRole.LinkVisited
        )

    @staticmethod
    def _style(number: int) -> Any:
        return Qt.PenStyle.SolidLine if number == 0 else Qt.PenStyle.DashLine

    def _pale(self) -> QColor:
        colour = self.palette().text().color()
        colour.setAlphaF(0.16)
        return colour
