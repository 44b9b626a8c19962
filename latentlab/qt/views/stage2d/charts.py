"""The charts beside the stage: W1 and losses over the rounds, slopes along segments, ratios against the
truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from latentlab.engine.stage.events import ApartReply, Ratio, Slopes
from latentlab.qt.views.stage2d.inks import data_ink, made_ink
from latentlab.qt.widgets.small_chart import SmallChart, span_of
from latentlab.qt.widgets.truth_chart import TruthChart

_WIDTH = 1.8
# How far the axis of two clouds reaches at least.
_NEAR = 2.0


class Curves(SmallChart):
    """Lines over the rounds, by name, in the order in which they came."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name, title, "rounds")
        self.curves: dict[str, list[tuple[int, float]]] = {}
        self.floor: float | None = None
        self.from_zero = False

    def show_curves(
        self, curves: Mapping[str, Sequence[tuple[int, float]]], floor: float | None = None
    ) -> None:
        """Shows these; and a level that is as good as it gets."""
        self.curves = {name: list(curve) for name, curve in curves.items() if curve}
        self.floor = floor
        values = [[value for _, value in curve] for curve in self.curves.values()]
        if floor is not None:
            values.append([floor])
        self.y_span = span_of(*values, low=0.0 if self.from_zero else None)
        last = max((curve[-1][0] for curve in self.curves.values()), default=1)
        self.x_span = (0.0, float(max(1, last)))
        self.update()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        rounds = sorted({number for curve in self.curves.values() for number, _ in curve})
        found: dict[str, Sequence[object]] = {"round": rounds}
        for name, curve in self.curves.items():
            known = dict(curve)
            found[name] = [known.get(number, "") for number in rounds]
        return found

    def ink(self, number: int) -> QColor:
        """Of a curve by its place."""
        palette = self.palette()
        return (palette.windowText().color(), made_ink(palette), data_ink(palette))[number % 3]

    def filled(self) -> bool:
        """See `SmallChart`."""
        return bool(self.curves)

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        if self.floor is not None:
            self.level(painter, self.floor, "at best")
        for number, curve in enumerate(self.curves.values()):
            painter.setPen(QPen(self.ink(number), _WIDTH))
            line = self.polyline(*zip(*curve, strict=True))
            painter.drawPolyline(line)
            painter.setBrush(self.ink(number))
            painter.drawEllipse(line.last(), 2.0, 2.0)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        named = [
            (f"{name} {curve[-1][1]:.3g}".replace("-", "−"), self.ink(number))
            for number, (name, curve) in enumerate(self.curves.items())
        ]
        self.legend(painter, named)


class SlopeChart(SmallChart):
    """|grad f| along segments from the data to what is made."""

    def __init__(self) -> None:
        super().__init__("stageSlopes", "Slope |∇f| between data and made", "data → made")
        self.slopes: Slopes | None = None

    def show_slopes(self, slopes: Slopes | None) -> None:
        """Shows these, or none."""
        self.slopes = slopes
        if slopes is not None:
            self.y_span = span_of([1.5], slopes.plan[2].tolist(), slopes.pairs[2].tolist(), low=0.0)
        self.update()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        if self.slopes is None:
            return {}
        named = {"along": self.slopes.along.tolist()}
        for name, rows in (("best plan", self.slopes.plan), ("random pairs", self.slopes.pairs)):
            for share, row in zip((10, 50, 90), rows, strict=True):
                named[f"{name}, {share} %"] = row.tolist()
        return named

    def filled(self) -> bool:
        """See `SmallChart`."""
        return self.slopes is not None

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        slopes = self.slopes
        assert slopes is not None
        along = slopes.along.tolist()
        plan, pairs = made_ink(self.palette()), data_ink(self.palette())
        for ink, rows, style in (
            (pairs, slopes.pairs, Qt.PenStyle.DashLine),
            (plan, slopes.plan, Qt.PenStyle.SolidLine),
        ):
            band = QColor(ink)
            band.setAlphaF(0.16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(band)
            upper = self.polyline(along, rows[2].tolist())
            lower = self.polyline(along, rows[0].tolist())
            painter.drawPolygon(QPolygonF([*upper.toList(), *reversed(lower.toList())]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, _WIDTH, style))
            painter.drawPolyline(self.polyline(along, rows[1].tolist()))
        self.level(painter, 1.0, "1")
        self.legend(painter, (("on the lines of the best transport", plan), ("between random pairs", pairs)))


class RatioChart(TruthChart):
    """The estimated log density ratio of each point against the true one."""

    def __init__(self) -> None:
        super().__init__("stageRatio", "Density ratio, estimated against true", "estimated")

    def show_ratio(self, ratio: Ratio | None) -> None:
        """Shows these, or none."""
        if ratio is None:
            self.show_points(None, None)
            return
        self.show_points(ratio.true, ratio.believed, ratio.correlation)
        self.note = f"truth: {'exact' if ratio.exact else 'an estimate'}"

    def inks(self) -> tuple[QColor, QColor]:
        """See `TruthChart`."""
        return data_ink(self.palette()), made_ink(self.palette())


class ApartChart(SmallChart):
    """JS and W1 over the distance, with a mark where the second cloud is now."""

    def __init__(self) -> None:
        super().__init__("stageApart", "Two distances while they move apart", "how far it was moved")
        self.reply: ApartReply | None = None

    def show_apart(self, reply: ApartReply | None) -> None:
        """Shows this comparison."""
        self.reply = reply
        if reply is not None:
            reach = max(_NEAR, 1.15 * reply.w1)
            self.x_span, self.y_span = (0.0, reach), (0.0, reach)
        self.update()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        if self.reply is None:
            return {}
        far = self.reply.far.tolist()
        return {"moved": far, "W1": far, "JS": self.reply.js_far.tolist()}

    def filled(self) -> bool:
        """See `SmallChart`."""
        return self.reply is not None

    def paint_inside(self, painter: QPainter, box: QRectF) -> None:
        """See `SmallChart`."""
        reply = self.reply
        assert reply is not None
        far, wasserstein, js = reply.far.tolist(), data_ink(self.palette()), made_ink(self.palette())
        self.level(painter, 0.6931, "log 2")
        for ink, values in ((wasserstein, far), (js, reply.js_far.tolist())):
            painter.setPen(QPen(ink, 2.2))
            painter.drawPolyline(self.polyline(far, values))
        painter.setPen(QPen(self.palette().text().color(), 1.0))
        painter.drawLine(self.place(reply.w1, self.y_span[0]), self.place(reply.w1, self.y_span[1]))
        painter.setPen(Qt.PenStyle.NoPen)
        for ink, value in ((wasserstein, reply.w1), (js, reply.js)):
            painter.setBrush(ink)
            painter.drawEllipse(QPointF(self.place(reply.w1, value)), 4.0, 4.0)
        self.legend(painter, ((f"W1 = {reply.w1:.2f}", wasserstein), (f"JS = {reply.js:.3f} nats", js)))
