"""The error of an inversion at each of its steps, with a mark at the step on show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.rendering.requests.inversion import InversionFrame
from latentlab.qt.widgets.small_chart import SmallChart, span_of


class ErrorCurve(SmallChart):
    """`wanted` (number of a frame) is emitted where the mouse is pressed or dragged."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__("inversionCurve", "Error, RMS of pixels", "step")
        self.setAccessibleName("Error of the pixels at each step")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._frames: tuple[InversionFrame, ...] = ()
        self._now = 0

    def sizeHint(self) -> QSize:
        return QSize(200, 6 * self.fontMetrics().height())

    def show_frames(self, frames: tuple[InversionFrame, ...], now: int, last: int) -> None:
        """Shows the errors of frames, on an axis to the step `last`, and a mark at the frame `now`."""
        self._frames, self._now = frames, now
        self.x_span = (0.0, float(max(1, last)))
        self.y_span = span_of([one.error for one in frames], low=0.0)
        self.update()

    def filled(self) -> bool:
        """See `SmallChart`."""
        return bool(self._frames)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "error of an inversion"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {"step": [one.number for one in self._frames], "rms": [one.error for one in self._frames]}

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event)

    def _ask(self, event: QMouseEvent) -> None:
        if self._frames:
            across = event.position().x()
            near = [abs(self.place(one.number, 0.0).x() - across) for one in self._frames]
            self.wanted.emit(near.index(min(near)))

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        x = self.place(self._frames[min(self._now, len(self._frames) - 1)].number, 0.0).x()
        painter.setPen(QPen(self.palette().highlight().color(), 2))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(self.palette().windowText().color(), 1.6))
        painter.drawPolyline(
            self.polyline([one.number for one in self._frames], [one.error for one in self._frames])
        )
