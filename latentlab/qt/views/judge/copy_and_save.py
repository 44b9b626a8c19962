"""The menu that copies the judge's table as text, or saves it and its charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from latentlab.core.judged_text import as_csv, markdown
from latentlab.core.judgement import Table
from latentlab.engine.files.charts import TABLE_SUFFIX
from latentlab.qt.views.judge.as_drawing import TableDrawing
from latentlab.qt.views.judge.chart_board import ChartBoard
from latentlab.qt.views.judge.scatter import ScatterChart
from latentlab.qt.views.judge.table import JudgeTable
from latentlab.qt.views.judge.table_model import JudgeTableModel
from latentlab.qt.widgets.plain_text import without_mnemonic


class CopyAndSave(QObject):
    """Fills the menu, which a right click on the table shows, too.

    Signals: `save_wanted` carries a `Drawable` and the ending of the format that is proposed, `told` words
    for the status bar.

    Attributes:
        drawing: the table as something that can be saved.
    """

    save_wanted = Signal(object, str)
    told = Signal(str)

    def __init__(self, table: JudgeTable, model: JudgeTableModel, charts: ChartBoard, menu: QMenu) -> None:
        super().__init__(table)
        self._table, self._model, self._charts, self._menu = table, model, charts, menu
        self.drawing = TableDrawing(table, model)
        for name, text, do in (
            ("judgeCopyMarkdown", "Copy as &Markdown", self.copy_markdown),
            ("judgeCopyCsv", "Copy as &CSV", self.copy_csv),
            ("judgeSaveNumbers", "Save &numbers (CSV) …", partial(self._save, TABLE_SUFFIX)),
            ("judgeSavePicture", "Save &picture …", partial(self._save, ".png")),
        ):
            action = menu.addAction(text)
            action.setObjectName(name)
            action.triggered.connect(do)
        self._of_charts = menu.addMenu("Save c&hart")
        self._of_charts.setObjectName("judgeSaveChart")
        menu.aboutToShow.connect(self.offer_charts)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show)

    @Slot()
    def copy_markdown(self) -> None:
        """Puts the chief figures on the clipboard, as tables of Markdown."""
        self._copy(markdown)

    @Slot()
    def copy_csv(self) -> None:
        """Puts all figures on the clipboard, as the text of a CSV file."""
        self._copy(as_csv)

    def _copy(self, text_of: Callable[[Table], str]) -> None:
        """In the order in which the models are shown."""
        if self._model.table is not None:
            QGuiApplication.clipboard().setText(
                text_of(replace(self._model.table, rows=tuple(self._model.rows)))
            )
            self.told.emit("The table is on the clipboard")

    def _save(self, suffix: str, checked: bool = False) -> None:
        if self._model.rows:
            self.save_wanted.emit(self.drawing, suffix)

    @Slot()
    def offer_charts(self) -> None:
        """Offers the charts that have anything in them."""
        self._of_charts.clear()
        for chart in self._charts.charts:
            action = self._of_charts.addAction(without_mnemonic(chart.drawn_name()) + " …")
            action.setObjectName(f"{chart.objectName()}Save")
            action.setEnabled(not chart.drawn_size().isEmpty())
            action.triggered.connect(partial(self._save_chart, chart))
        self._of_charts.setEnabled(bool(self._charts.charts))

    def _save_chart(self, chart: ScatterChart, checked: bool = False) -> None:
        self.save_wanted.emit(chart, ".png")

    @Slot(QPoint)
    def _show(self, place: QPoint) -> None:
        self._menu.popup(self._table.viewport().mapToGlobal(place))
