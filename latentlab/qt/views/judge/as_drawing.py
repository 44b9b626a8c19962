"""The judge's table as something that can be taken away: drawn whole, or as its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter

from latentlab.qt.views.judge.as_columns import as_columns
from latentlab.qt.views.judge.table import JudgeTable
from latentlab.qt.views.judge.table_model import JudgeTableModel
from latentlab.qt.widgets.colours import Theme, palette_for
from latentlab.qt.widgets.drawable import draw_widget
from latentlab.session.known_data import title_of


class TableDrawing:
    """A `Drawable` of all rows and shown columns, however much of them is in sight. On white, as charts."""

    def __init__(self, table: JudgeTable, model: JudgeTableModel) -> None:
        self._table, self._model = table, model

    def drawn_name(self) -> str:
        """See `Drawable`."""
        found = self._model.table
        return f"judge {title_of(found.data)}" if found is not None else "judge"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        if not self._model.rows or not self._model.columns:
            return QSize()
        across, down = self._table.horizontalHeader(), self._table.verticalHeader()
        return QSize(down.width() + across.length() + 2, across.height() + down.length() + 2)

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        whole = JudgeTable(self._model)
        whole.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        whole.setPalette(palette_for(Theme.LIGHT))
        whole.setFont(self._table.font())
        whole.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for column in range(self._model.columnCount()):
            whole.setColumnWidth(column, self._table.columnWidth(column))
        whole.resize(self.drawn_size())
        whole.show()
        draw_widget(whole, painter)
        whole.hide()
        whole.deleteLater()

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        return as_columns(self._model.table, self._model.rows) if self._model.table is not None else {}
