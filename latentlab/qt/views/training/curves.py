"""The curves of a training, side by side over its steps, as the spec of its figures declares.

pyqtgraph takes 0.3 s to import, so it is imported when the first curve is drawn and not before.
"""

from __future__ import annotations

import importlib

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.core.figures import NOTHING, ChartSpec, FiguresSpec
from latentlab.qt.views.training.charts import as_axis, drawn, round_ticks, span
from latentlab.qt.views.training.history import History
from latentlab.qt.widgets.plain_text import Label, RichLabel, plain_tip
from latentlab.qt.widgets.plots import bare_plot

# Of several lines the first has this share of the accent colour, the second all of it, the third the text's.
_PALE = 0.7


class LossCurves(QWidget):
    """Lines for the training pictures, dots for the held-out ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossCurves")
        self.setAccessibleName("Curves of the training")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 80)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._waiting = Label()
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setWordWrap(True)
        self._waiting.setAutoFillBackground(True)
        self._waiting.setBackgroundRole(QPalette.ColorRole.Base)
        self._waiting.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._layout.addWidget(self._waiting)
        self._plots: list[_Plot] = []
        self._turn = 0
        self._spec = NOTHING
        self._expect(self._spec)

    def sizeHint(self) -> QSize:
        return QSize(480, 150)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of the curves, from left to right; () before the first."""
        return tuple(plot.chart.title for plot in self._plots)

    def expect(self, spec: FiguresSpec) -> None:
        """A training with these figures begins, or may begin: curves of other figures are removed."""
        if spec != self._spec:
            self._expect(spec)

    def show_history(self, history: History) -> None:
        """Draws everything, once there is something."""
        if history.spec is not None:
            self.expect(history.spec)
        for _ in self._spec.drawn:
            self.show_next(history)

    def show_next(self, history: History) -> None:
        """Draws the next of the curves in turn: all at once would delay a drag by ten milliseconds."""
        if history.spec is None or not history.train.steps:
            return
        self.expect(history.spec)
        if not self._plots:
            self._make()
        if not self._plots:
            return
        self._turn = (self._turn + 1) % len(self._plots)
        self._plots[self._turn].draw(history)

    def _expect(self, spec: FiguresSpec) -> None:
        for plot in self._plots:
            self._layout.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        self._spec, self._plots, self._turn = spec, [], 0
        self.setToolTip(plain_tip(spec.help))
        self._waiting.setText(spec.waiting)
        self._waiting.show()

    def _make(self) -> None:
        self._waiting.hide()
        self._plots = [_Plot(chart, self.toolTip()) for chart in self._spec.drawn]
        for plot in self._plots:
            self._layout.addWidget(plot, 1)
        # The very first is drawn first.
        self._turn = len(self._plots) - 1


class _Plot(QWidget):
    """One chart with its title above it."""

    def __init__(self, chart: ChartSpec, tip: str) -> None:
        super().__init__()
        pg = importlib.import_module("pyqtgraph")
        self.chart = chart
        self._plot = bare_plot(self)
        self._plot.setToolTip(plain_tip(tip))
        self._plot.getPlotItem().layout.setContentsMargins(0, 6, 8, 2)
        self._lines = [pg.PlotDataItem(antialias=True, connect="finite") for _ in chart.parts]
        self._dots = [
            pg.PlotDataItem(pen=None, symbol="o", symbolSize=6, symbolPen=None) for _ in chart.parts
        ]
        for item in (*self._lines, *self._dots):
            self._plot.addItem(item)
        # Above the plot, not in it: pyqtgraph makes a plot at least as wide as its title.
        self._title = RichLabel(chart.title)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title.setToolTip(plain_tip(tip))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(self._plot, 1)
        self._paint_theme()

    def draw(self, history: History) -> None:
        """Draws all of a history."""
        train, test = drawn(self.chart, history.train), drawn(self.chart, history.test)
        steps, ends = as_axis(history.train.steps), as_axis(history.test.steps)
        for line, dots, numbers, held_out in zip(self._lines, self._dots, train, test, strict=True):
            line.setData(steps, numbers)
            dots.setData(ends, held_out)
        ends_of_axis = span(self.chart, train, test)
        if ends_of_axis is not None:
            self._plot.setYRange(*ends_of_axis, padding=0)
            if self.chart.log:
                self._plot.getAxis("left").setTicks([round_ticks(*ends_of_axis, most=self._most_ticks())])

    def _most_ticks(self) -> int:
        """As many as fit the plot's height."""
        return max(2, int(self._plot.height()) // 34)

    def _paint_theme(self) -> None:
        palette = self.palette()
        text, accent, base = palette.text().color(), palette.highlight().color(), palette.base().color()
        pale = QColor(text)
        pale.setAlphaF(0.7)
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        style = {"color": text.name(), "font-size": f"{font.pointSizeF():.1f}pt"}
        self._plot.setBackground(base)
        for side in ("bottom", "left"):
            axis = self._plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(maxTickLevel=0)
            axis.setTickFont(font)
            axis.setPen(pale)
            axis.setTextPen(text)
        self._plot.getAxis("bottom").setLabel("step, ● held out", **style)
        if len(self._lines) == 1:
            self._lines[0].setPen(accent, width=2)
            self._dots[0].setSymbolBrush(text)
            return
        words = [self.chart.title]
        for number, (line, dots) in enumerate(zip(self._lines, self._dots, strict=True)):
            colour = (_between(base, accent, _PALE), accent, text)[number % 3]
            line.setPen(colour, width=2)
            dots.setSymbolBrush(colour)
            words.append(f'<b><font color="{colour.name()}">{self.chart.parts[number]}</font></b>')
        self._title.setWordWrap(True)
        self._title.setText(" ".join(words))

    def changeEvent(self, event: QEvent) -> None:
        # Qt sends the palette change too while the base class is being constructed.
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_title"):
            self._paint_theme()
        super().changeEvent(event)


def _between(a: QColor, b: QColor, share: float) -> QColor:
    """The colour at this fraction between a and b."""

    def mixed(x: int, y: int) -> int:
        return round((1.0 - share) * x + share * y)

    return QColor(mixed(a.red(), b.red()), mixed(a.green(), b.green()), mixed(a.blue(), b.blue()))
