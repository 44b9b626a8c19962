"""Histograms of the scores of real, held-out and made pictures, and where the picture at the probe is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.rendering.requests.scores import HistogramsReply
from latentlab.qt.widgets.colours import has_dark_ground, word_colour
from latentlab.qt.widgets.drawable import DrawnWidget
from latentlab.qt.widgets.plain_text import plain_tip

# Of the palette of classes: blue, green, orange; told apart with any colour vision.
_COLOURS = {"train": 0, "held out": 2, "made": 1}
_DASHES = {
    "train": Qt.PenStyle.SolidLine, "held out": Qt.PenStyle.DashLine, "made": Qt.PenStyle.SolidLine,
}  # fmt: skip
_PAD, _NARROW, _WAITING = 4, 470, "Scoring pictures …"


class Histograms(DrawnWidget):
    """A curve of steps for each set, filled under what is made."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("criticHistograms")
        self.setAccessibleName("Histograms of the scores")
        self.setToolTip(
            plain_tip(
                "How the scores of real training pictures, of held-out ones and of made ones are spread. "
                "Where the curves lie on one another, the critic cannot tell them apart."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(130)
        self.reply: HistogramsReply | None = None
        self._marked: float | None = None

    def sizeHint(self) -> QSize:
        return QSize(320, 190)

    def show_reply(self, reply: HistogramsReply | None) -> None:
        """Shows histograms; None for none yet."""
        self.reply = reply
        self.update()

    def mark(self, score: float | None) -> None:
        """Marks the score of the picture at the probe."""
        if score != self._marked:
            self._marked = score
            self.update()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "scores"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`: the lower end of each bin, and the share of each set in it."""
        reply = self.reply
        if reply is None:
            return {}
        bins = len(reply.shares[0])
        step = (reply.high - reply.low) / bins
        columns: dict[str, Sequence[object]] = {"from": [reply.low + step * place for place in range(bins)]}
        return columns | dict(zip(reply.names, reply.shares, strict=True))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, high = QPainter(self), self.palette(), self.fontMetrics().height()
        reply = self.reply
        if reply is None:
            painter.setPen(palette.placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _WAITING)
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(_PAD, high + _PAD, -_PAD, -2 * high - _PAD)
        painter.fillRect(area, palette.base())
        tallest = max(max(shares) for shares in reply.shares) or 1.0
        dark = has_dark_ground(palette)
        left = area.left()
        for name, shares, mean in zip(reply.names, reply.shares, reply.means, strict=True):
            colour = QColor(word_colour(_COLOURS.get(name, 3), dark))
            outline = _outline(area, shares, tallest)
            if name == "made":
                painter.setPen(Qt.PenStyle.NoPen)
                pale = QColor(colour)
                pale.setAlphaF(0.25)
                painter.setBrush(pale)
                painter.drawPolygon(outline)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2.0, _DASHES.get(name, Qt.PenStyle.SolidLine)))
            painter.drawPolyline(outline)
            painter.drawLine(QPointF(left, 0.5 * high), QPointF(left + 18, 0.5 * high))
            mean_words = f", mean {mean:.3g}" if self.width() > _NARROW else f" {mean:.2g}"
            words = f"{name}{mean_words}".replace("-", "−")
            painter.setPen(palette.windowText().color())
            painter.drawText(QPointF(left + 22, high - self.fontMetrics().descent()), words)
            left += 34 + self.fontMetrics().horizontalAdvance(words)
        self._paint_axis(painter, area, reply)
        painter.end()

    def _paint_axis(self, painter: QPainter, area: QRectF, reply: HistogramsReply) -> None:
        palette, high = self.palette(), self.fontMetrics().height()
        painter.setPen(QPen(palette.mid().color(), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if self._marked is not None:
            place = (self._marked - reply.low) / max(reply.high - reply.low, 1e-12)
            x = area.left() + min(max(place, 0.0), 1.0) * area.width()
            painter.setPen(QPen(palette.text().color(), 1.6))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(palette.windowText().color())
        below = QRectF(area.left(), area.bottom() + 1, area.width(), high)
        flags = Qt.AlignmentFlag.AlignVCenter
        for align, value in (
            (Qt.AlignmentFlag.AlignLeft, reply.low),
            (Qt.AlignmentFlag.AlignHCenter, 0.5 * (reply.low + reply.high)),
            (Qt.AlignmentFlag.AlignRight, reply.high),
        ):
            painter.drawText(below, align | flags, f"{value:.3g}".replace("-", "−"))
        title = f"{reply.spec.symbol}: made … real; line: the picture at the probe"
        painter.drawText(below.translated(0, high), Qt.AlignmentFlag.AlignHCenter | flags, title)


def _outline(area: QRectF, shares: Sequence[float], tallest: float) -> QPolygonF:
    """The steps of a histogram, from the left end of the axis to the right one."""
    wide = area.width() / len(shares)
    points = [area.bottomLeft()]
    for place, share in enumerate(shares):
        y = area.bottom() - share / tallest * (area.height() - 2)
        points += [QPointF(area.left() + wide * place, y), QPointF(area.left() + wide * (place + 1), y)]
    return QPolygonF([*points, area.bottomRight()])
