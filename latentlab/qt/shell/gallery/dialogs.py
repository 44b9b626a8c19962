"""The two small dialogs of the gallery: another name for a model, and a note on it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.files.model_cards import ModelFacts
from latentlab.engine.files.model_moves import wrong_stem
from latentlab.engine.files.model_notes import MOST_LETTERS
from latentlab.plain import short_name
from latentlab.qt.widgets.checked_name import CheckedNameDialog
from latentlab.qt.widgets.plain_text import Label, title_text

_BOX = QDialogButtonBox.StandardButton


class RenameDialog(CheckedNameDialog):
    """Asks for the new name of a model, without the ending."""

    def __init__(self, one: ModelFacts, parent: QWidget) -> None:
        path = one.path
        super().__init__(f"Rename {one.title}", path.stem, lambda stem: wrong_stem(stem, path), parent)
        self.setObjectName("renameModelDialog")
        self.edit.setObjectName("modelName")
        self.edit.setAccessibleName("Name of the model")
        self.edit.setToolTip("The file keeps its folder and its ending.")
        self.note.setObjectName("modelNameNote")
        self.setMinimumWidth(380)


class NoteDialog(QDialog):
    """`written` carries the note. Closing the dialog by Esc or Cancel leaves the old one."""

    written = Signal(str)

    def __init__(self, one: ModelFacts, note: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("modelNoteDialog")
        self.setWindowTitle(title_text(f"Notes on {one.title}"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(460, 300)
        head = Label(
            "Its first line is shown on the card. A note stays with a model that is renamed or moved."
        )
        head.setWordWrap(True)
        self.edit = QPlainTextEdit(note)
        self.edit.setObjectName("modelNote")
        self.edit.setAccessibleName(f"Note on {short_name(one.title)}")
        self.edit.setToolTip("Anything you want to remember of this model.")
        self.edit.setTabChangesFocus(True)
        self.buttons = QDialogButtonBox(_BOX.Save | _BOX.Cancel)
        rows = QVBoxLayout(self)
        rows.addWidget(head)
        rows.addWidget(self.edit, 1)
        rows.addWidget(self.buttons)
        for keys in ("Ctrl+Return", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.accept)
        self.edit.textChanged.connect(self._look)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    @Slot()
    def _look(self) -> None:
        self.buttons.button(_BOX.Save).setEnabled(len(self.edit.toPlainText()) <= MOST_LETTERS)

    def accept(self) -> None:
        note = self.edit.toPlainText().strip()
        if len(note) <= MOST_LETTERS:
            self.written.emit(note)
            super().accept()
