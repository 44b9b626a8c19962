"""The error of an inversion at each of its steps, with a mark at the step on show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.rendering.requests.inversion import InversionFrame
from latentlab.qt.widgets.drawable import DrawnWidget


class ErrorCurve(DrawnWidget):
    """`wanted` (number of a frame) is emitted where the mouse is pressed or dragged."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inversionCurve")
        self.setAccessibleName("Error of the pixels at each step")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._frames: tuple[InversionFrame, ...] = ()
        self._now, self._last = 0, 1

    def sizeHint(self) -> QSize:
        return QSize(200, 6 * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 5 * self.fontMetrics().height())

    def show_frames(self, frames: tuple[InversionFrame, ...], now: int, last: int) -> None:
        """Shows the errors of frames, on an axis to the step `last`, and a mark at the frame `now`."""
        self._frames, self._now, self._last = frames, now, max(1, last)
        self.update()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "error of an inversion"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {"step": [one.number for one in self._frames], "rms": [one.error for one in self._frames]}

    def _box(self) -> QRectF:
        line, left = self.fontMetrics().height(), self.fontMetrics().horizontalAdvance("0.888") + 6
        return QRectF(left, line + 4, self.width() - left - 4, self.height() - 2 * line - 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event)

    def _ask(self, event: QMouseEvent) -> None:
        if not self._frames:
            return
        box = self._box()
        step = (event.position().x() - box.left()) / max(1.0, box.width()) * self._last
        near = min(range(len(self._frames)), key=lambda at: abs(self._frames[at].number - step))
        self.wanted.emit(near)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, box = QPainter(self), self.palette(), self._box()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, pale, flags = self.fontMetrics().height(), palette.placeholderText().color(), Qt.AlignmentFlag
        painter.setPen(pale)
        painter.drawText(QPointF(2, line - 3), "Error, RMS of pixels")
        painter.drawRect(box)
        under = QRectF(box.left(), box.bottom() + 2, box.width(), line)
        painter.drawText(under, flags.AlignLeft, "0")
        painter.drawText(under, flags.AlignRight, str(self._last))
        painter.drawText(under, flags.AlignHCenter, "step")
        if self._frames:
            high = 1.05 * max(one.error for one in self._frames) or 1.0
            where = QRectF(0, box.top() - line / 2, box.left() - 4, line)
            painter.drawText(where, flags.AlignRight | flags.AlignVCenter, f"{high:.2f}")
            where.translate(0, box.height())
            painter.drawText(where, flags.AlignRight | flags.AlignVCenter, "0")
            places = [
                QPointF(
                    box.left() + box.width() * one.number / self._last,
                    box.bottom() - box.height() * one.error / high,
                )
                for one in self._frames
            ]
            painter.setPen(QPen(palette.highlight().color(), 2))
            x = places[min(self._now, len(places) - 1)].x()
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setPen(QPen(palette.windowText().color(), 1.6))
            painter.drawPolyline(QPolygonF(places))
        painter.end()
