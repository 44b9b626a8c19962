"""The dialog for the name of a direction, which checks it while it is typed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from latentlab.qt.widgets.plain_text import Label
from latentlab.session.own_directions import wrong_name


class NameDialog(QDialog):
    """`named` carries the name. Closing the dialog gives none."""

    named = Signal(str)

    def __init__(self, title: str, name: str, taken: Iterable[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("nameDialog")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._taken = frozenset(taken)
        self.edit = QLineEdit(name)
        self.edit.setObjectName("directionName")
        self.edit.setAccessibleName("Name of the direction")
        self.edit.selectAll()
        self.note = Label()
        self.note.setObjectName("nameNote")
        self.note.setWordWrap(True)
        box = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(box.Ok | box.Cancel)
        form = QFormLayout()
        form.addRow("&Name", self.edit)
        rows = QVBoxLayout(self)
        rows.addLayout(form)
        rows.addWidget(self.note)
        rows.addWidget(self.buttons)
        self.setMinimumWidth(300)
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
        wrong = wrong_name(self.name, self._taken)
        self.note.setText(wrong)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not wrong)

    def accept(self) -> None:
        if not wrong_name(self.name, self._taken):
            self.named.emit(self.name)
            super().accept()
