"""A chart of estimated log density ratios against the true ones, where both are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from latentlab.qt.widgets.small_chart import SmallChart, span_of

# Beyond, in nats, no sample tells a ratio: the axes end with the estimates, or here.
_FAR = 12.0
# So many points are drawn; more would only cover one another.
_MOST = 4000
_DOT = 3.5


class TruthChart(SmallChart):
    """On the dashed line an estimate is right. Both halves of the points have a colour of their own.

    Args:
        name: its objectName.
        title: said above it.
        told: what the estimates are called in the table.

    Attributes:
        note: said below the correlation.
    """

    def __init__(self, name: str, title: str, told: str) -> None:
        super().__init__(name, title, "true, nats")
        self.true: NDArray[np.floating] | None = None
        self.told: NDArray[np.floating] | None = None
        self.correlation: float | None = None
        self.note = ""
        self._told_name = told

    def show_points(
        self,
        true: NDArray[np.floating] | None,
        told: NDArray[np.floating] | None,
        correlation: float | None = None,
    ) -> None:
        """Shows log ratios in nats, (N,) each, and their correlation; or none."""
        self.true, self.told, self.correlation = true, told, correlation
        if true is not None and told is not None:
            self.x_span = self.y_span = span_of(told.tolist(), true.clip(-_FAR, _FAR).tolist(), least=1.0)
        self.update()

    def filled(self) -> bool:
        """See `SmallChart`."""
        return self.true is not None

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        if self.true is None or self.told is None:
            return {}
        return {"true": self.true.tolist(), self._told_name: self.told.tolist()}

    def inks(self) -> tuple[QColor, QColor]:
        """The colours of both halves."""
        raise NotImplementedError

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        true, told = self.true, self.told
        assert true is not None
        assert told is not None
        pale = self.palette().placeholderText().color()
        painter.setPen(QPen(pale, 1.0, Qt.PenStyle.DashLine))
        low, high = self.x_span
        painter.drawLine(self.place(low, low), self.place(high, high))
        half, step = len(true) // 2, max(1, -(-len(true) // _MOST))
        for ink, part in zip(self.inks(), (slice(0, half, step), slice(half, None, step)), strict=True):
            pen = QPen(ink, _DOT)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            pairs = zip(true[part].tolist(), told[part].tolist(), strict=True)
            painter.drawPoints(QPolygonF([self.place(one, other) for one, other in pairs]))
        words = "" if self.correlation is None else f"correlation {self.correlation:.3f}".replace("-", "−")
        if self.fontMetrics().horizontalAdvance(words) > box.width() - 12:
            words = words.replace("correlation", "r =")
        named = ((words, self.palette().text().color()), (self.note, pale))
        self.legend(painter, [one for one in named if one[0]])
