"""The menu that copies the judge's table as text, or saves it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from latentlab.engine.files.charts import TABLE_SUFFIX
from latentlab.qt.views.judge.as_drawing import TableDrawing
from latentlab.qt.views.judge.as_text import as_csv, as_markdown
from latentlab.qt.views.judge.table import JudgeTable
from latentlab.qt.views.judge.table_model import JudgeTableModel


class Taking(QObject):
    """Fills the menu, which a right click on the table shows, too.

    Signals: `save_wanted` carries a `Drawable` and the ending of the format that is proposed, `told` words
    for the status bar.

    Attributes:
        drawing: the table as something that can be saved.
    """

    save_wanted = Signal(object, str)
    told = Signal(str)

    def __init__(self, table: JudgeTable, model: JudgeTableModel, menu: QMenu) -> None:
        super().__init__(table)
        self._table, self._model, self._menu = table, model, menu
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
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show)

    @Slot()
    def copy_markdown(self) -> None:
        """Puts the shown columns on the clipboard, as a table of Markdown."""
        self._copy(as_markdown(self._model.rows, self._model.columns))

    @Slot()
    def copy_csv(self) -> None:
        """Puts all figures on the clipboard, as the text of a CSV file."""
        if self._model.table is not None:
            self._copy(as_csv(self._model.table, self._model.rows))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.told.emit("The table is on the clipboard")

    def _save(self, suffix: str, checked: bool = False) -> None:
        if self._model.rows:
            self.save_wanted.emit(self.drawing, suffix)

    @Slot(QPoint)
    def _show(self, place: QPoint) -> None:
        self._menu.popup(self._table.viewport().mapToGlobal(place))
