"""The charts of the judge side by side, as many as there is room for; tabs choose among the others."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from latentlab.core.judgement import Table
from latentlab.qt.views.judge.points import Chart, charts_of, measures_of
from latentlab.qt.views.judge.scatter import ScatterChart
from latentlab.qt.views.judge.words import measure_in_words
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.plain_text import listed, plain_tip

_LEAST = 270
_NARROW = 64


class ChartBoard(QWidget):
    """`picked` carries the hash of the model whose point was clicked."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("judgeCharts")
        self.setAccessibleName("Charts of the table")
        self._table: Table | None = None
        self.measure = ElidedBox()
        self.measure.setParent(self)
        self.measure.hide()
        self.measure.setObjectName("judgeMeasure")
        self.measure.setAccessibleName("Densities of")
        self.measure.setToolTip(
            plain_tip("Densities of which pixels: only figures of one measure can share an axis.")
        )
        # It gives way to the heading beside it, and elides.
        self.measure.setMinimumWidth(_NARROW)
        self.measure.activated.connect(self._refresh)
        self.charts: tuple[ScatterChart, ...] = ()
        self.tabs = QTabBar()
        self.tabs.setObjectName("judgeChartTabs")
        self.tabs.setAccessibleName("Chart")
        self.tabs.setToolTip(plain_tip("Which chart is shown."))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.currentChanged.connect(self._arrange)
        self.tabs.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.tabs)
        rows.addLayout(self._row, 1)

    def sizeHint(self) -> QSize:
        return QSize(3 * _LEAST, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 110)

    def show_table(self, table: Table) -> None:
        """Draws the figures of a table."""
        self._table = table
        self._offer(measures_of(table))
        self._refresh()

    def choose(self, model: str) -> None:
        """Marks the points of a model, by its hash."""
        for chart in self.charts:
            chart.choose(model)

    def _offer(self, measures: tuple[str, ...]) -> None:
        known = tuple(self.measure.itemData(place) for place in range(self.measure.count()))
        if known == measures:
            return
        before = self.measure.currentData()
        with QSignalBlocker(self.measure):
            self.measure.clear()
            for measure in measures:
                self.measure.addItem(listed(measure_in_words(measure)), measure)
            self.measure.setCurrentIndex(max(0, self.measure.findData(before)))
        self.measure.setVisible(len(measures) > 1)

    @Slot()
    def _refresh(self) -> None:
        if self._table is None:
            return
        shown = charts_of(self._table, self.measure.currentData() or "")
        if tuple(chart.name for chart in shown) != tuple(one.chart.name for one in self.charts):
            self._make(shown)
        for widget, chart in zip(self.charts, shown, strict=True):
            widget.show_chart(chart)

    def _make(self, shown: tuple[Chart, ...]) -> None:
        for gone in self.charts:
            self._row.removeWidget(gone)
            gone.deleteLater()
        made = []
        for number, chart in enumerate(shown):
            widget = ScatterChart(chart, self.measure if number == 0 else None)
            widget.picked.connect(self.picked)
            self._row.addWidget(widget, 1)
            made.append(widget)
        self.charts = tuple(made)
        with QSignalBlocker(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for chart in shown:
                self.tabs.addTab(chart.title)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """Shows as many as fit, from the chosen one on."""
        room = max(1, min(len(self.charts), (self.width() + 6) // _LEAST))
        every = room >= len(self.charts)
        self.tabs.setVisible(not every and bool(self.charts))
        first = 0 if every else min(max(0, self.tabs.currentIndex()), len(self.charts) - 1)
        shown = [(first + step) % len(self.charts) for step in range(room)] if self.charts else []
        for number, chart in enumerate(self.charts):
            chart.setVisible(number in shown)
            chart.title.setVisible(every or room > 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
