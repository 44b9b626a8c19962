"""The reliability curve: what the classifier says against what is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.evaluation.ratio.events import CurvePoint
from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_SMALL, _DOT = 0.85, 3.2


class ReliabilityChart(DrawnWidget):
    """On the diagonal it is calibrated: of the pictures of which it says 70 %, 70 % are of A."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ratioReliability")
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

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "reliability"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self.curve else QSize()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {
            "said": [one.said for one in self.curve],
            "found": [one.found for one in self.curve],
            "pictures": [one.count for one in self.curve],
        }

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.curve:
            return
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * _SMALL))
        painter.setFont(font)
        letters = QFontMetrics(font)
        painter.fillRect(self.rect(), palette.base())
        high = letters.height()
        left = letters.horizontalAdvance("100 %") + high + 6
        box = QRectF(self.rect()).adjusted(left, 8, -10, -2 * high - 6)

        def at(x: float, y: float) -> QPointF:
            return QPointF(box.left() + x * box.width(), box.bottom() - y * box.height())

        painter.setPen(QPen(palette.mid().color(), 1))
        painter.drawRect(box)
        painter.setPen(QPen(palette.placeholderText().color(), 1, Qt.PenStyle.DashLine))
        painter.drawLine(at(0, 0), at(1, 1))
        painter.setPen(palette.text().color())
        for share, words in ((0.0, "0"), (0.5, "50 %"), (1.0, "100 %")):
            half = letters.horizontalAdvance(words) / 2
            x = min(at(share, 0).x() - half, self.width() - 2.0 * half - 1)
            painter.drawText(QPointF(x, box.bottom() + letters.ascent() + 2), words)
            y = min(max(at(0, share).y() + letters.ascent() / 2.5, letters.ascent()), box.bottom())
            painter.drawText(QPointF(box.left() - 2 * half - 4, y), words)
        under = QRectF(box.left() - left, box.bottom() + high + 2, box.width() + left, high)
        painter.drawText(under, Qt.AlignmentFlag.AlignRight, "said: of A")
        painter.save()
        painter.translate(high - 2, box.center().y())
        painter.rotate(-90.0)
        across = QRectF(-box.height() / 2 - 8, -high, box.height() + 16, high)
        painter.drawText(across, Qt.AlignmentFlag.AlignCenter, "found: of A")
        painter.restore()
        painter.setPen(QPen(palette.link().color(), 1.6))
        places = [at(one.said, one.found) for one in self.curve]
        painter.drawPolyline(QPolygonF(places))
        painter.setBrush(palette.link())
        for place in places:
            painter.drawEllipse(place, _DOT, _DOT)
        painter.end()
