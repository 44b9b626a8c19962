"""A small histogram of the values of pictures, with N(0, 1) for comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.clients.coalesce import DebouncedCall
from latentlab.qt.views.diffusion.reverse.mosaic import BINS, REACH, normal_density, shares
from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_TICKS = (-2, 0, 2)
# A density that is nearly as high as the box.
_TOP = 0.6


class Histogram(DrawnWidget):
    """Computed when painted, and coalesced when frames follow each other fast.

    Args:
        normal: whether N(0, 1) is drawn too, dashed.
    """

    def __init__(self, name: str, what: str, normal: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(what)
        dashed = " Dashed: a normal distribution, N(0, 1)." if normal else ""
        self.setToolTip(
            plain_tip(f"{what}. Heights are square roots of densities, to make the tails visible.{dashed}")
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.density: NDArray[np.float64] | None = None
        self._numbers: NDArray[np.float32] | None = None
        self._normal = normal_density() if normal else None
        self._low = False
        self._ground: QPixmap | None = None
        self._debounced = DebouncedCall(self._count_anew, self)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return self.accessibleName().replace(":", "")

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self.density is not None else QSize()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        painter.fillRect(self.rect(), self.palette().base())
        self._paint_curve(painter)
        self._paint_ground(painter)

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`: the middle of each bar, and the densities there."""
        middles = ((np.arange(BINS) + 0.5) * (2.0 * REACH / BINS) - REACH).tolist()
        columns: dict[str, Sequence[object]] = {"value": middles}
        columns["density"] = [] if self.density is None else self.density.tolist()
        return columns | ({} if self._normal is None else {"N(0, 1)": self._normal.tolist()})

    def sizeHint(self) -> QSize:
        return QSize(120, 24 + (0 if self._low else 2) * self.fontMetrics().height())

    def set_low(self, low: bool) -> None:
        """Half the height, without labels."""
        if low != self._low:
            self._low, self._ground = low, None
            self.updateGeometry()
            self.update()

    def show_numbers(self, numbers: NDArray[np.float32] | None) -> None:
        """Shows the distribution of these numbers, or nothing."""
        first = self._numbers is None or numbers is None
        self._numbers = numbers
        if first:
            self._count_anew()
        else:
            self._debounced.soon()

    @Slot()
    def _count_anew(self) -> None:
        self.density = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._ground = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._ground = None
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ground is None:
            self._ground = self._made_ground()
        if self._numbers is not None and self.density is None:
            self.density = shares(self._numbers)
        painter = QPainter(self)
        self._paint_curve(painter)
        painter.drawPixmap(0, 0, self._ground)
        painter.end()

    def _paint_curve(self, painter: QPainter) -> None:
        if self.density is None:
            return
        colour = self.palette().color(QPalette.ColorRole.Highlight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.2))
        colour.setAlphaF(0.35)
        painter.setBrush(colour)
        painter.drawPolygon(self._curve(self.density))

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        return font

    def _box(self) -> QRectF:
        below = 1 if self._low else QFontMetrics(self._small()).height()
        return QRectF(self.rect()).adjusted(1, 1, -1, -below)

    def _made_ground(self) -> QPixmap:
        """The static part: the axis, its labels, and N(0, 1)."""
        ratio = self.devicePixelRatioF()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        self._paint_ground(painter)
        painter.end()
        return ground

    def _paint_ground(self, painter: QPainter) -> None:
        box = self._box()
        painter.setFont(self._small())
        pale = self.palette().color(QPalette.ColorRole.PlaceholderText)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pale)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        for tick in () if self._low else _TICKS:
            x = box.left() + (tick + REACH) / (2 * REACH) * box.width()
            text = QRectF(x - 20, box.bottom(), 40, self.height() - box.bottom())
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, f"{tick}".replace("-", "\N{MINUS SIGN}"))
        if self._normal is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(pale, 1, Qt.PenStyle.DashLine))
            painter.drawPolyline(self._curve(self._normal)[1:-1])

    def _curve(self, density: NDArray[np.float64]) -> list[QPointF]:
        """The closed path of the curve above the axis.

        Square roots of the densities: pictures have sharp peaks at black and white, and much in between.
        """
        box = self._box()
        heights = np.minimum(np.sqrt(density / _TOP) * 0.9, 1.0) * box.height()
        across = box.left() + (np.arange(BINS) + 0.5) * (box.width() / BINS)
        points = map(QPointF, across.tolist(), (box.bottom() - heights).tolist())
        return [box.bottomLeft(), *points, box.bottomRight()]
