"""log p of a training picture after each pass of EM, with a mark at the step on show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.widgets.drawable import DrawnWidget

Curve = tuple[tuple[int, float], ...]


class LogCurve(DrawnWidget):
    """`wanted` (number of half passes) is emitted where the mouse is pressed or dragged."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("emCurve")
        self.setAccessibleName("log p of a training picture after each pass of EM")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.curve: Curve = ()
        # Said while there is none.
        self.waiting = ""
        # The half passes that the axis reaches, and the one on show.
        self._last, self._now = 2, 0

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 4 * self.fontMetrics().height())

    def sizeHint(self) -> QSize:
        return QSize(400, 6 * self.fontMetrics().height())

    def show_curve(self, curve: Curve, last: int, now: int) -> None:
        """Shows log p by the half passes where it is known, on an axis to `last`, and a mark at `now`."""
        self.curve, self._last, self._now = curve, max(2, last), now
        self.update()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "log p of EM"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {
            "pass": [(number + 1) // 2 for number, _ in self.curve],
            "log_p": [value for _, value in self.curve],
        }

    @property
    def sides(self) -> tuple[int, int]:
        """What is left free at the left, for the longest number that may stand there, and at the right."""
        return self.fontMetrics().horizontalAdvance("−88888.8") + 8, 10

    def _box(self) -> QRectF:
        (left, right), line = self.sides, self.fontMetrics().height()
        return QRectF(left, line + 4, self.width() - left - right, self.height() - 2 * line - 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event)

    def _ask(self, event: QMouseEvent) -> None:
        box = self._box()
        share = (event.position().x() - box.left()) / max(1.0, box.width())
        self.wanted.emit(round(min(1.0, max(0.0, share)) * self._last))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, box = QPainter(self), self.palette(), self._box()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, pale = self.fontMetrics().height(), palette.placeholderText().color()
        painter.setPen(pale)
        flags = Qt.AlignmentFlag
        painter.drawText(QPointF(2, line - 3), "log p(x) of a training picture, nats")
        painter.drawRect(box)
        under = QRectF(box.left(), box.bottom() + 2, box.width(), line)
        painter.drawText(under, flags.AlignLeft, "0")
        painter.drawText(under, flags.AlignRight, str(self._last // 2))
        painter.drawText(under, flags.AlignHCenter, "passes of EM")
        now_x = box.left() + box.width() * self._now / self._last
        painter.setPen(QPen(palette.highlight().color(), 2))
        painter.drawLine(QPointF(now_x, box.top()), QPointF(now_x, box.bottom()))
        if self.curve:
            self._paint_curve(painter, box, line)
        else:
            painter.setPen(pale)
            wrapped = flags.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box.adjusted(8, 2, -8, -2), wrapped, self.waiting)
        painter.end()

    def _paint_curve(self, painter: QPainter, box: QRectF, line: int) -> None:
        values = [value for _, value in self.curve]
        low, high = min(values), max(values)
        span = max(high - low, 1e-9)
        inner = box.adjusted(0, 5, 0, -5)
        points = [
            QPointF(
                box.left() + box.width() * number / self._last,
                inner.bottom() - inner.height() * (value - low) / span,
            )
            for number, value in self.curve
        ]
        text = self.palette().windowText().color()
        painter.setPen(QPen(text, 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(text)
        for point in points if len(points) <= 80 else points[:1]:
            painter.drawEllipse(point, 2.0, 2.0)
        painter.setPen(self.palette().placeholderText().color())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in ((high, box.top()), (low, box.bottom())):
            where = QRectF(0, y - line / 2, box.left() - 4, line)
            painter.drawText(where, right, f"{value:.1f}".replace("-", "−"))
            if high == low:
                break
