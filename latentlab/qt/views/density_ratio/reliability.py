"""The reliability curve: what the classifier says against what is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.evaluation.ratio.events import CurvePoint
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.small_chart import SmallChart

_DOT = 3.2


class ReliabilityChart(SmallChart):
    """On the diagonal it is calibrated: of the pictures of which it says 70 %, 70 % are of A."""

    def __init__(self) -> None:
        super().__init__("ratioReliability", "Found to be of A", "said to be of A")
        self.setAccessibleName("Reliability curve of the classifier")
        self.setToolTip(
            plain_tip(
                "Pictures in ten groups, by how sure the classifier is that they are of A. On the dashed "
                "line it is right to be so sure, and its ratios can be taken as they are."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.curve: tuple[CurvePoint, ...] = ()

    def show_curve(self, curve: tuple[CurvePoint, ...]) -> None:
        """Shows a curve, or none."""
        self.curve = curve
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(230, 170)

    def minimumSizeHint(self) -> QSize:
        return QSize(130, 90)

    def filled(self) -> bool:
        """See `SmallChart`."""
        return bool(self.curve)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "reliability"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {
            "said": [one.said for one in self.curve],
            "found": [one.found for one in self.curve],
            "pictures": [one.count for one in self.curve],
        }

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        palette = self.palette()
        painter.setPen(QPen(palette.placeholderText().color(), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self.place(0.0, 0.0), self.place(1.0, 1.0))
        painter.setPen(QPen(palette.link().color(), 1.6))
        line = self.polyline([one.said for one in self.curve], [one.found for one in self.curve])
        painter.drawPolyline(line)
        # A dot at 0 or 1 is whole, too.
        painter.setClipping(False)
        painter.setBrush(palette.link())
        for place in line.toList():
            painter.drawEllipse(place, _DOT, _DOT)
