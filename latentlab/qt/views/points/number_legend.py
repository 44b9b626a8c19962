"""The legend of a column of numbers: a histogram in the colours of the points, and the shown range."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.core.columns import Numbers
from latentlab.core.ramps import ramp
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import PointFacts
from latentlab.qt.controllers.points.look import extent_of
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.range_histogram import RangeHistogram
from latentlab.session.point_edits import ShowRange


class NumberLegend(QWidget):
    """Follows the column that colours the points, and the session's range of it."""

    def __init__(self, workspace: Workspace, facts: PointFacts) -> None:
        super().__init__()
        self.setObjectName("numberLegend")
        self._workspace, self._facts = workspace, facts
        self._gesture = 0
        self._shown: tuple[object, bool] = (None, False)
        self._column: Numbers | None = None
        self.histogram = RangeHistogram()
        self.histogram.grabbed.connect(self._grabbed)
        self.histogram.ranged.connect(self._ranged)
        self.low, self.high = Label(), Label()
        self.low.setObjectName("rangeLowText")
        self.high.setObjectName("rangeHighText")
        ends = QHBoxLayout()
        ends.addWidget(self.low)
        ends.addStretch(1)
        ends.addWidget(self.high)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.histogram)
        rows.addLayout(ends)

    def show_column(self, column: Numbers) -> None:
        """Shows a column, and the range of it that the session has."""
        self._column = column
        key = (column.values, self._facts.dark)
        low, high = extent_of(column.values)
        if self._shown[0] is not column.values or self._shown[1] != self._facts.dark:
            self._shown = key
            self.histogram.show_numbers(column.values, low, high, ramp(self._facts.dark))
        first, last = self._workspace.state.points.range_of(column.name)
        self.histogram.show_range(first, last)
        self.low.setText(_text(low if first is None else first, high - low))
        unit = f" {column.unit}" if column.unit else ""
        self.high.setText(_text(high if last is None else last, high - low) + unit)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self._column is not None:
            self._facts.show_in(self.palette())
            self.show_column(self._column)
        super().changeEvent(event)

    @Slot()
    def _grabbed(self) -> None:
        self._gesture = new_gesture()

    @Slot(object, object)
    def _ranged(self, low: float | None, high: float | None) -> None:
        if self._column is not None:
            name = self._column.name
            self._workspace.do(ShowRange(gesture=self._gesture, column=name, low=low, high=high))


def _text(value: float, span: float) -> str:
    decimals = 0 if span >= 50 else 1 if span >= 5 else 2 if span >= 0.5 else 4
    return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")
