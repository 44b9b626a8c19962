"""One chart of the judge: a named point for each model, error bars, and lines for the floors."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.plain import minus
from latentlab.qt.views.judge.names import Names
from latentlab.qt.views.judge.points import Chart, Point
from latentlab.qt.views.judge.scales import log_ticks, span
from latentlab.qt.widgets.drawable import DrawnWidget, draw_widget
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.plots import bare_plot, drawn_whole

_SIZE, _SIZE_CHOSEN = 8, 13
# Between the title and the box beside it.
_BESIDE = 12
# Of the height of the plot, what the label beside it may take.
_OF_HEIGHT = 0.7
_FLOOR = "#2f9e44"


class ScatterChart(DrawnWidget):
    """`picked` carries the hash of the model whose point was clicked."""

    picked = Signal(str)

    def __init__(self, chart: Chart, beside: QWidget | None = None) -> None:
        super().__init__()
        self.chart = chart
        self.setObjectName(chart.name)
        self.setAccessibleName(chart.title)
        self.setToolTip(
            plain_tip("Click a point to go to its model in the table. A right click saves the chart.")
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.title = Label(chart.title)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        # Beside it the box gives way: that elides.
        across = QSizePolicy.Policy.Ignored if beside is None else QSizePolicy.Policy.MinimumExpanding
        self.title.setSizePolicy(across, QSizePolicy.Policy.Preferred)
        self.note = Label(chart.nothing)
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setContentsMargins(6, 0, 6, 0)
        head.setSpacing(_BESIDE)
        head.addWidget(self.title, 1)
        if beside is not None:
            head.addWidget(beside)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 2, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addLayout(head)
        self._rows.addWidget(self.note, 1)
        self._plot: Any = None
        self._points: Any = None
        self._bars: Any = None
        self._names: Any = None
        self._floors: dict[str, Any] = {}
        self._chosen = self._labelled = ""
        # A window that is laid out anew passes through a dozen sizes: names are placed in the last one.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._place_names)

    def sizeHint(self) -> QSize:
        return QSize(320, 230)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    # What it shows

    def show_chart(self, chart: Chart) -> None:
        """Shows these points in place of those before."""
        if chart == self.chart and (self._plot is not None or not chart.points):
            return
        self.chart = chart
        self.note.setText(chart.nothing)
        self.note.setVisible(not chart.points)
        if chart.points and self._plot is None:
            self._make()
        if self._plot is not None:
            self._plot.setVisible(bool(chart.points))
            self._draw()
        said = ", ".join(f"{point.name} {point.x:.4g}, {point.y:.4g}" for point in chart.points)
        self.setAccessibleDescription(f"{chart.x_label}; {chart.y_label}: {said}" if said else chart.nothing)

    def choose(self, model: str) -> None:
        """Marks the point of a model, by its hash; "" marks none."""
        if model != self._chosen:
            self._chosen = model
            if self._plot is not None:
                self._draw_points()

    @property
    def shown_names(self) -> tuple[str, ...]:
        """The names that have room beside their points."""
        return () if self._names is None else self._names.shown

    def place_of(self, model: str) -> Any:
        """Where the point of a model is, in pixels of the plot; for tests."""
        point = next(one for one in self.chart.points if one.model == model)
        box = self._plot.getPlotItem().vb
        x, y = self._at(point)
        scene = box.mapViewToScene(importlib.import_module("pyqtgraph").Point(x, y))
        return self._plot.mapFromScene(scene)

    @property
    def canvas(self) -> Any:
        """The plot itself; None before there is anything to draw."""
        return self._plot

    # As a chart that can be taken away

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return self.chart.title

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self.chart.points and self._plot is not None else QSize()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        self._place_names()
        drawn_whole(self._plot, True)
        try:
            draw_widget(self, painter)
        finally:
            drawn_whole(self._plot, False)

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return self.chart.columns()

    # Drawing

    def _make(self) -> None:
        pg = importlib.import_module("pyqtgraph")
        self._plot = bare_plot(self)
        self._plot.getPlotItem().layout.setContentsMargins(0, 4, 10, 2)
        self._bars = pg.ErrorBarItem(beam=0.0)
        self._points = pg.ScatterPlotItem(pxMode=True, hoverable=True, hoverSize=_SIZE_CHOSEN, tip=_tip)
        self._points.sigClicked.connect(self._clicked)
        for name, angle in (("x", 90), ("y", 0)):
            line = pg.InfiniteLine(
                angle=angle, label="floor", labelOpts={"position": 0.08 if angle else 0.92}
            )
            self._floors[name] = line
            self._plot.addItem(line, ignoreBounds=True)
        self._plot.addItem(self._bars)
        self._plot.addItem(self._points)
        self._names = Names(self._plot.getPlotItem().vb)
        self._plot.getPlotItem().vb.sigResized.connect(self._place_names_soon)
        self._rows.addWidget(self._plot, 1)
        self._paint_theme()

    def _at(self, point: Point) -> tuple[float, float]:
        return (math.log10(point.x) if self.chart.log_x else point.x), point.y

    def _draw(self) -> None:
        chart, plot, axes = self.chart, self._plot, self._plot.getPlotItem()
        axes.setLabel("bottom", chart.x_label, **self._style)
        self._label_y()
        for name, floor in (("x", chart.x_floor), ("y", chart.y_floor)):
            line = self._floors[name]
            line.setVisible(floor is not None)
            if floor is not None:
                line.setValue(floor)
        if not chart.points:
            return
        places = [self._at(point) for point in chart.points]
        errors = [(0.0 if chart.log_x else one.x_error, one.y_error) for one in chart.points]
        both = list(zip(places, errors, strict=True))
        across = [x + side * error for (x, _), (error, _) in both for side in (-1.0, 1.0)]
        up = [y + side * error for (_, y), (_, error) in both for side in (-1.0, 1.0)]
        across += [] if chart.x_floor is None else [chart.x_floor]
        up += [] if chart.y_floor is None else [chart.y_floor]
        left, right = span(across, least=1.0 if chart.log_x else 0.0)
        plot.setXRange(left, right, padding=0)
        plot.setYRange(*span(up), padding=0)
        if chart.log_x:
            axes.getAxis("bottom").setTicks([log_ticks(left, right)])
        self._draw_points()

    def _label_y(self) -> None:
        """The shorter label where the chart is too low for the whole one."""
        whole = QFontMetricsF(self._small).horizontalAdvance(self.chart.y_label)
        label = self.chart.y_label if whole < _OF_HEIGHT * self._plot.height() else self.chart.y_short
        # Only what has changed: pyqtgraph lays the whole plot out again.
        if label != self._labelled:
            self._labelled = label
            self._plot.getPlotItem().setLabel("left", label, **self._style)

    def _draw_points(self) -> None:
        pg, np = importlib.import_module("pyqtgraph"), importlib.import_module("numpy")
        points = self.chart.points
        if not points:
            return
        accent, text = self.palette().highlight().color(), self.palette().text().color()
        places = np.array([self._at(point) for point in points], dtype=float)
        errors = np.array([(0.0 if self.chart.log_x else one.x_error, one.y_error) for one in points])
        pale = QColor(text)
        pale.setAlphaF(0.5)
        self._bars.setData(
            x=places[:, 0], y=places[:, 1], width=2 * errors[:, 0], height=2 * errors[:, 1], pen=pale
        )
        chosen = [point.model == self._chosen for point in points]
        self._points.setData(
            pos=places,
            data=list(points),
            size=[_SIZE_CHOSEN if one else _SIZE for one in chosen],
            brush=[pg.mkBrush(accent) for _ in points],
            pen=[pg.mkPen(text, width=2) if one else pg.mkPen(None) for one in chosen],
        )
        self._write_names()

    def _write_names(self) -> None:
        points = self.chart.points
        fonts = [self._bold if point.model == self._chosen else self._small for point in points]
        self._names.write([listed(point.name) for point in points], fonts, self.palette())
        self._place_names()

    @Slot()
    def _place_names_soon(self) -> None:
        self._soon.start()

    @Slot()
    def _place_names(self) -> None:
        """Puts each name beside its point, where it covers nothing else."""
        self._soon.stop()
        points = [self._at(point) for point in self.chart.points]
        floors = {name: line for name, line in self._floors.items() if line.isVisible()}
        labels = [line.label.sceneBoundingRect() for line in floors.values()]
        across = {name: float(line.value()) for name, line in floors.items()}
        self._names.place(points, QFontMetricsF(self._bold), labels, across.get("x"), across.get("y"))

    @Slot(object, object, object)
    def _clicked(self, _: object, points: Any, event: object = None) -> None:
        if len(points):
            self.picked.emit(points[0].data().model)

    def _paint_theme(self) -> None:
        palette = self.palette()
        text, pale = palette.text().color(), QColor(palette.text().color())
        pale.setAlphaF(0.7)
        self._small = QFont(self.font())
        self._small.setPointSizeF(max(7.0, self._small.pointSizeF() * 0.85))
        self._bold = QFont(self._small)
        self._bold.setBold(True)
        self._labelled = ""
        self._style = {"color": text.name(), "font-size": f"{self._small.pointSizeF():.1f}pt"}
        self._plot.setBackground(palette.base().color())
        pg = importlib.import_module("pyqtgraph")
        for line in self._floors.values():
            line.setPen(pg.mkPen(_FLOOR, width=1.5, style=Qt.PenStyle.DashLine))
            line.label.setColor(_FLOOR)
        for side in ("bottom", "left"):
            axis = self._plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(maxTickLevel=0)
            axis.setTickFont(self._small)
            axis.setPen(pale)
            axis.setTextPen(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._plot is not None:
            self._label_y()
            self._place_names_soon()

    def changeEvent(self, event: QEvent) -> None:
        # Qt sends the palette change too while the base class is being constructed.
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_plot", None) is not None:
            self._paint_theme()
            self._draw()
        super().changeEvent(event)


def _tip(x: float, y: float, data: Point) -> str:
    place = minus(f"{data.x:.4g}, {data.y:.4g}")
    return plain_tip(f"{data.name}: {place} ± {data.y_error:.2g} {data.sign}".rstrip())
