"""A small chart: how far the model's prediction is from the ideal denoiser, over the steps of a tape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.diffusion.parting import APART
from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_HEIGHT, _LEAST_TOP = 104, 0.2


class IdealChart(DrawnWidget):
    """The distance over t, noise at the left as on the tape; the current frame and the parting are marked."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("idealChart")
        self.setAccessibleName("Distance of the prediction from the ideal denoiser, over t")
        self.setToolTip(
            plain_tip(
                "Root mean square difference between the model's x̂₀ and the ideal denoiser's mean, where "
                f"black is 0 and white 1, over the steps. Dashed: {APART:g}, a difference that one sees."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.points: tuple[tuple[int, float], ...] = ()
        self.parting: int | None = None
        self._whole, self._now = 1, 0

    def sizeHint(self) -> QSize:
        return QSize(180, _HEIGHT)

    def show_points(
        self, points: Sequence[tuple[int, float]], whole: int, now: int, parting: int | None
    ) -> None:
        """Shows (t, distance) of some frames, of times from `whole` to 0; marks t = `now` and `parting`."""
        self.points, self._whole, self._now, self.parting = tuple(points), max(1, whole), now, parting
        self.update()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "distance from the ideal denoiser"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self.points else QSize()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        painter.fillRect(self.rect(), self.palette().base())
        self._paint(painter)

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {"t": [t for t, _ in self.points], "distance": [apart for _, apart in self.points]}

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint(painter)
        painter.end()

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        return font

    def _paint(self, painter: QPainter) -> None:
        painter.setFont(self._small())
        letters, palette = QFontMetrics(self._small()), self.palette()
        top = max(_LEAST_TOP, *(apart for _, apart in self.points), 0.0)
        left, below = letters.horizontalAdvance(f"{top:.1f}") + 4, letters.height()
        box = QRectF(self.rect()).adjusted(left, below * 0.5, -2, -below - 1)

        def at(t: float, apart: float) -> QPointF:
            return QPointF(
                box.right() - t / self._whole * box.width(), box.bottom() - apart / top * box.height()
            )

        pale = palette.placeholderText().color()
        painter.setPen(pale)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.bottomLeft(), box.topLeft())
        right, middle = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        for value in (0.0, top):
            line = QRectF(0.0, at(0, value).y() - below / 2, left - 3, below)
            painter.drawText(line, right | middle, "0" if value == 0.0 else f"{value:.1f}")
        under = QRectF(box.left(), box.bottom() + 1, box.width(), below)
        painter.drawText(under, Qt.AlignmentFlag.AlignLeft, f"t = {self._whole}")
        painter.drawText(under, right, "0")
        above = QRectF(box.left() + 4, box.bottom() - below - 1, box.width(), below)
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, "RMS difference over t")
        painter.setPen(QPen(pale, 1, Qt.PenStyle.DashLine))
        painter.drawLine(at(self._whole, APART), at(0, APART))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = palette.highlight().color()
        if self.parting is not None:
            painter.setPen(QPen(palette.windowText().color(), 1, Qt.PenStyle.DotLine))
            painter.drawLine(at(self.parting, 0.0), at(self.parting, top))
        painter.setPen(QPen(colour, 1.6))
        painter.drawPolyline([at(t, apart) for t, apart in self.points])
        here = next((apart for t, apart in self.points if t == self._now), None)
        if here is not None:
            painter.setBrush(colour)
            painter.drawEllipse(at(self._now, here), 3.5, 3.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
