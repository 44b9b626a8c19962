"""A small chart: how near held-out pictures come to training pictures, and how near this one does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

_BINS, _HEIGHT = 40, 74
_AXIS = "distance of held-out pictures to their nearest"
# Room right of the farthest held-out picture, so that a picture that is farther is still on the axis.
_REACH = 1.15


class RankChart(DrawnWidget):
    """The histogram of held-out pictures' distances to their nearest training pictures, and a line."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Distances of held-out pictures to their nearest training pictures")
        self.setToolTip(
            plain_tip(
                "How far held-out pictures lie from their nearest training pictures; the line is this "
                "picture. A copy lies left of nearly all of them."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.held_out: NDArray[np.float32] | None = None
        self.distance = 0.0

    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT)

    def show_distances(self, held_out: NDArray[np.float32] | None, distance: float) -> None:
        """Shows the distances of held-out pictures (ascending) and that of this one, or nothing."""
        self.held_out, self.distance = held_out, distance
        self.update()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "distance to the nearest training picture"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return QSize() if self.held_out is None else self.size()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        painter.fillRect(self.rect(), self.palette().base())
        self._paint(painter)

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return {"distance of a held-out picture": [] if self.held_out is None else self.held_out.tolist()}

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint(painter)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        if self.held_out is None or not len(self.held_out):
            return
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        painter.setFont(font)
        letters, palette = QFontMetrics(font), self.palette()
        high = letters.height()
        box = QRectF(self.rect()).adjusted(1, high, -1, -high - 1)
        most = max(float(self.held_out[-1]) * _REACH, self.distance * 1.02, 1e-9)
        counts, _ = np.histogram(self.held_out, _BINS, (0.0, most))
        wide, tallest = box.width() / _BINS, max(1, int(counts.max()))
        pale = palette.placeholderText().color()
        bar = palette.highlight().color()
        bar.setAlphaF(0.45)
        for place, count in enumerate(counts.tolist()):
            tall = count / tallest * box.height()
            painter.fillRect(QRectF(box.left() + place * wide, box.bottom() - tall, wide - 1, tall), bar)
        painter.setPen(pale)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        below = QRectF(box.left(), box.bottom() + 1, box.width(), high)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(
            below, Qt.AlignmentFlag.AlignHCenter, "distance of held-out pictures to their nearest"
        )
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{most:.3g}")
        x = box.left() + self.distance / most * box.width()
        painter.setPen(QPen(palette.windowText().color(), 2))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        words = f"this picture: {self.distance:#.3g}"
        across = letters.horizontalAdvance(words)
        left = min(max(box.left(), x - across / 2), box.right() - across)
        painter.drawText(QRectF(left, 0, across + 2, high), Qt.AlignmentFlag.AlignLeft, words)
