"""One chart of a training over its steps: lines, dots of held-out pictures, a legend, and a read-out."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.core.figures import ChartSpec
from latentlab.qt.widgets.curves.charts import (
    Numbers,
    as_axis,
    cut_off,
    drawn,
    read_out,
    round_ticks,
    span,
    steps_span,
)
from latentlab.qt.widgets.curves.history import History
from latentlab.qt.widgets.curves.numbers import of_chart
from latentlab.qt.widgets.drawable import DrawnWidget, draw_widget
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.plots import bare_plot, drawn_whole
from latentlab.qt.widgets.term import RichTerm

# Of several lines the first has this share of the accent colour, the second all of it, the third the text's.
_PALE = 0.7
_FEW, _POINT = 3, 7


class Plot(DrawnWidget):
    """A chart; `pointed` carries the step under the mouse, or None."""

    pointed = Signal(object)

    def __init__(self, chart: ChartSpec, title: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent)
        pg = importlib.import_module("pyqtgraph")
        self.chart, self.called = chart, title
        self._plot = bare_plot(self)
        self._plot.getPlotItem().layout.setContentsMargins(0, 4, 8, 2)
        self._lines = [pg.PlotDataItem(antialias=True, connect="finite") for _ in chart.parts]
        self._dots = [
            pg.PlotDataItem(pen=None, symbol="o", symbolSize=6, symbolPen=None) for _ in chart.parts
        ]
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.hide()
        for item in (self._cursor, *self._lines, *self._dots):
            self._plot.addItem(item, ignoreBounds=item is self._cursor)
        self._steps = self._ends = as_axis([])
        self._labelled, self._style = "", dict[str, str]()
        # No steps yet, of each line: the plots are filled one by one, and may be saved before.
        self._train: Numbers = np.empty((len(chart.parts), 0))
        self._test = self._train
        # Above the plot, not in it: pyqtgraph makes a plot at least as wide as its title.
        self._title = RichTerm(title, title.partition(",")[0], title)
        self._title.setToolTip(plain_tip(tip))
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._read = Label()
        self._read.setForegroundRole(QPalette.ColorRole.Text)
        heading = QHBoxLayout()
        heading.setContentsMargins(6, 0, 6, 0)
        heading.addWidget(self._title, 1)
        heading.addWidget(self._read)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(heading)
        column.addWidget(self._plot, 1)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        self._paint_theme()

    @property
    def words(self) -> str:
        """The read-out: the values at the step under the mouse, or the newest."""
        return self._read.text()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return self.chart.title

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        self.set_whole(True)
        try:
            draw_widget(self, painter)
        finally:
            self.set_whole(False)

    def set_whole(self, on: bool) -> None:
        """Whether it is as drawings need it: symbols as shapes, and nothing outside of the axes."""
        drawn_whole(self._plot, on)
        if not on:
            self._set_data()
            return
        low, high = self._plot.getPlotItem().vb.viewRange()[1]
        for line, dots, numbers, held_out in zip(
            self._lines, self._dots, self._train, self._test, strict=True
        ):
            if len(self._steps) >= _FEW:
                line.setData(*cut_off(self._steps, numbers, low, high), connect="pairs", symbol=None)
            inside = (held_out >= low) & (held_out <= high)
            dots.setData(self._ends[inside], held_out[inside])

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `of_chart`."""
        return of_chart(self.chart, self._steps, self._train, self._ends, self._test)

    def show_history(self, history: History) -> None:
        """Draws all of a history."""
        self._train, self._test = drawn(self.chart, history.train), drawn(self.chart, history.test)
        self._steps, self._ends = as_axis(history.train.steps), as_axis(history.test.steps)
        self._set_data()
        across = steps_span(self._steps, self._ends)
        if across is not None:
            self._plot.setXRange(*across, padding=0.02)
        ends_of_axis = span(self.chart, self._train, self._test)
        if ends_of_axis is not None:
            self._plot.setYRange(*ends_of_axis, padding=0)
            if self.chart.log:
                self._plot.getAxis("left").setTicks([round_ticks(*ends_of_axis, most=self._most_ticks())])
        self.show_at(None)

    def _set_data(self) -> None:
        few = "o" if len(self._steps) < _FEW else None
        for line, dots, numbers, held_out in zip(
            self._lines, self._dots, self._train, self._test, strict=True
        ):
            # Symbols at unknown places would end the process. A line leaves a gap there.
            known = np.isfinite(numbers)
            some = known if few or not known.any() else slice(None)
            line.setData(self._steps[some], numbers[some], connect="finite", symbol=few)
            seen = np.isfinite(held_out)
            dots.setData(self._ends[seen], held_out[seen])

    def show_at(self, step: float | None) -> None:
        """Reads out the values at a step, or the newest."""
        self._cursor.setVisible(step is not None)
        if step is not None:
            self._cursor.setValue(step)
        self._read.setText(read_out(self.chart, self._steps, self._train, self._ends, self._test, step))
        self._fit()

    def _most_ticks(self) -> int:
        """As many as fit the plot's height."""
        return max(2, int(self._plot.height()) // 34)

    # The mouse

    @Slot(object)
    def _moved(self, place: Any) -> None:
        box = self._plot.getPlotItem().vb
        inside = box.sceneBoundingRect().contains(place) and len(self._steps)
        self.pointed.emit(float(box.mapSceneToView(place).x()) if inside else None)

    def event(self, event: QEvent) -> bool:
        # The read-out is enough there; the tip of what is around would hide it.
        return event.type() == QEvent.Type.ToolTip or super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)

    # Looks

    def _fit(self) -> None:
        """The legend is left out where it would not fit beside the read-out."""
        room = self.width() - 24 - self._read.sizeHint().width()
        self._title.setText(self._heading(legend=True))
        fits = self._title.sizeHint().width() <= room
        if not fits:
            self._title.setText(self._heading(legend=False))
        self._label("step" if fits else "step, ● held out")
        # Under the mouse the numbers go first.
        fits = self._title.sizeHint().width() <= room
        self._title.setVisible(fits or not self._cursor.isVisible())
        self._read.setVisible(fits or self._cursor.isVisible())

    def _label(self, words: str) -> None:
        # Only what has changed: pyqtgraph lays the whole plot out again.
        if words != self._labelled:
            self._labelled = words
            self._plot.getAxis("bottom").setLabel(words, **self._style)

    def _heading(self, legend: bool) -> str:
        bold = QFont(self.font())
        bold.setBold(True)
        # Beside a legend there is room for all of it, or there is none.
        most = self.width() - 16 if not legend and len(self._lines) == 1 else 16777215
        called = QFontMetrics(bold).elidedText(self.called, Qt.TextElideMode.ElideRight, most)
        words = [f"<b>{called}</b>"]
        names = self.chart.parts if len(self._lines) > 1 else ("learnt from",)
        for number, name in enumerate(names):
            colour = self._colours[number % len(self._colours)]
            if legend or len(self._lines) > 1:
                words.append(f'<font color="{colour.name()}">━ {name}</font>')
        if legend:
            words.append("● held out")
        return " &nbsp;".join(words)

    def _paint_theme(self) -> None:
        palette = self.palette()
        text, accent, base = palette.text().color(), palette.highlight().color(), palette.base().color()
        pale = QColor(text)
        pale.setAlphaF(0.7)
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        self._labelled = ""
        self._style = {"color": text.name(), "font-size": f"{font.pointSizeF():.1f}pt"}
        self._plot.setBackground(base)
        for side in ("bottom", "left"):
            axis = self._plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(maxTickLevel=0)
            axis.setTickFont(font)
            axis.setPen(pale)
            axis.setTextPen(text)
        self._cursor.setPen(pale)
        self._colours = (accent,) if len(self._lines) == 1 else (_between(base, accent, _PALE), accent, text)
        for number, (line, dots) in enumerate(zip(self._lines, self._dots, strict=True)):
            colour = self._colours[number % len(self._colours)]
            line.setPen(colour, width=2)
            line.setSymbolBrush(colour)
            line.setSymbolPen(None)
            line.setSymbolSize(_POINT)
            dots.setSymbolBrush(text if len(self._lines) == 1 else colour)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        # Qt sends the palette change too while the base class is being constructed.
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_colours"):
            self._paint_theme()
        super().changeEvent(event)


def _between(a: QColor, b: QColor, share: float) -> QColor:
    """The colour at this fraction between a and b."""

    def mixed(x: int, y: int) -> int:
        return round((1.0 - share) * x + share * y)

    return QColor(mixed(a.red(), b.red()), mixed(a.green(), b.green()), mixed(a.blue(), b.blue()))
