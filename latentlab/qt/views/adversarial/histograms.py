"""Histograms of the scores of real, held-out and made pictures, and where the picture at the probe is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from latentlab.engine.rendering.requests.scores import HistogramsReply
from latentlab.qt.widgets.colours import has_dark_ground, word_colour
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.small_chart import SmallChart, span_of

# Of the palette of classes: blue, red, orange. The held-out pictures are dashed, too.
_COLOURS = {"train": 0, "held out": 2, "made": 1}
_DASHES = {"held out": Qt.PenStyle.DashLine}
_NARROW, _SAMPLE, _GAP = 470, 18, 12


class Histograms(SmallChart):
    """A curve of steps for each set, filled under what is made."""

    def __init__(self) -> None:
        super().__init__("criticHistograms", "Histograms of the scores", "")
        self.setToolTip(
            plain_tip(
                "How the scores of real training pictures, of held-out ones and of made ones are spread. "
                "Where the curves lie on one another, the critic cannot tell them apart."
            )
        )
        self.setMinimumHeight(130)
        self.waiting = "Scoring pictures …"
        self.reply: HistogramsReply | None = None
        self._marked: float | None = None

    def sizeHint(self) -> QSize:
        return QSize(320, 190)

    def show_reply(self, reply: HistogramsReply | None) -> None:
        """Shows histograms; None for none yet."""
        self.reply = reply
        if reply is not None:
            self.x_span = (reply.low, reply.high)
            self.y_span = span_of(*reply.shares, low=0.0)
            self.across = f"{reply.spec.symbol}: made … real; line: the picture at the probe"
        self.update()

    def mark(self, score: float | None) -> None:
        """Marks the score of the picture at the probe."""
        if score != self._marked:
            self._marked = score
            self.update()

    def filled(self) -> bool:
        """See `SmallChart`."""
        return self.reply is not None

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

    def paint_title(self, painter: QPainter, room: QRectF) -> None:
        """Which line is whose, and the mean of each set; a title stands above all of it."""
        reply, letters = self.reply, painter.fontMetrics()
        if reply is None:
            return
        left, middle = room.left(), room.top() + 0.5 * room.height()
        for name, mean in zip(reply.names, reply.means, strict=True):
            painter.setPen(self._pen(name))
            painter.drawLine(QPointF(left, middle), QPointF(left + _SAMPLE, middle))
            words = f"{name}, mean {mean:.3g}" if self.width() > _NARROW else f"{name} {mean:.2g}"
            words = words.replace("-", "−")
            painter.setPen(self.palette().windowText().color())
            painter.drawText(QPointF(left + _SAMPLE + 4, room.top() + letters.ascent()), words)
            left += _SAMPLE + 4 + letters.horizontalAdvance(words) + _GAP

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        reply = self.reply
        assert reply is not None
        for name, shares in zip(reply.names, reply.shares, strict=True):
            outline = self._outline(shares)
            pen = self._pen(name)
            if name == "made":
                pale = QColor(pen.color())
                pale.setAlphaF(0.25)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(pale)
                painter.drawPolygon(outline)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawPolyline(outline)
        if self._marked is not None:
            x = self.place(min(max(self._marked, reply.low), reply.high), 0.0).x()
            painter.setPen(QPen(self.palette().text().color(), 1.6))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _pen(self, name: str) -> QPen:
        colour = QColor(word_colour(_COLOURS.get(name, 3), has_dark_ground(self.palette())))
        return QPen(colour, 2.0, _DASHES.get(name, Qt.PenStyle.SolidLine))

    def _outline(self, shares: Sequence[float]) -> QPolygonF:
        """The steps of a histogram, from the left end of the axis to the right one."""
        low, high = self.x_span
        wide = (high - low) / len(shares)
        points = [self.place(low, 0.0)]
        for number, share in enumerate(shares):
            left = low + wide * number
            points += [self.place(left, share), self.place(left + wide, share)]
        return QPolygonF([*points, self.place(high, 0.0)])
