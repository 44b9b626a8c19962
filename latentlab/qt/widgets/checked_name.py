"""A dialog that asks for a name, and says what is wrong with it while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from latentlab.qt.widgets.plain_text import Label, title_text

_BOX = QDialogButtonBox.StandardButton


class CheckedNameDialog(QDialog):
    """`named` carries the name. Closing the dialog gives none.

    Args:
        name: the one to begin with.
        wrong: what is wrong with a name, in a sentence; "" if it will do.
    """

    named = Signal(str)

    def __init__(self, title: str, name: str, wrong: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title_text(title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wrong = wrong
        self.edit = QLineEdit(name)
        self.edit.selectAll()
        self.note = Label()
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox(_BOX.Ok | _BOX.Cancel)
        form = QFormLayout()
        form.addRow("&Name", self.edit)
        rows = QVBoxLayout(self)
        rows.addLayout(form)
        rows.addWidget(self.note)
        rows.addWidget(self.buttons)
        self.edit.textChanged.connect(self._look)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._look()

    @property
    def name(self) -> str:
        """The typed text without surrounding space."""
        return self.edit.text().strip()

    @Slot()
    def _look(self) -> None:
        wrong = self._wrong(self.name)
        self.note.setText(wrong)
        self.buttons.button(_BOX.Ok).setEnabled(not wrong)

    def accept(self) -> None:
        if not self._wrong(self.name):
            self.named.emit(self.name)
            super().accept()
