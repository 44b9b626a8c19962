"""Small dialogs that ask for a text, a number or a decision, and show every text as plain text.

Qt's own would show a name that looks like HTML as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, title_text

_LEAST_WIDTH = 300


class _Asking(QDialog):
    """A dialog with a sentence, something to answer with, and buttons; deleted when it closes."""

    def __init__(self, parent: QWidget, name: str, title: str, text: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title_text(title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_LEAST_WIDTH)
        self.rows = QVBoxLayout(self)
        self.label = Label(text)
        self.label.setWordWrap(True)
        self.rows.addWidget(self.label)

    def _finish(self, answer: QWidget) -> None:
        box = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(box.Ok | box.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.label.setBuddy(answer)
        answer.setAccessibleName(self.label.text())
        self.rows.addWidget(answer)
        self.rows.addWidget(buttons)
        answer.setFocus()


class TextDialog(_Asking):
    """`answered` carries the text, at OK or Enter."""

    answered = Signal(str)

    def __init__(self, parent: QWidget, name: str, title: str, text: str, value: str = "") -> None:
        super().__init__(parent, name, title, text)
        self.edit = QLineEdit(value)
        self.edit.selectAll()
        self._finish(self.edit)

    def accept(self) -> None:
        self.answered.emit(self.edit.text())
        super().accept()


class NumberDialog(_Asking):
    """`answered` carries the whole number, at OK or Enter."""

    answered = Signal(int)

    def __init__(
        self, parent: QWidget, name: str, title: str, text: str, value: int, low: int, high: int
    ) -> None:
        super().__init__(parent, name, title, text)
        self.spin = WholeNumber(low, high, value)
        self.spin.selectAll()
        self._finish(self.spin)

    def accept(self) -> None:
        self.answered.emit(self.spin.value())
        super().accept()


class ChoiceDialog(_Asking):
    """A question with a button for each answer, and one to cancel.

    Args:
        more: a second sentence.
        choices: the text of a button, its objectName, and what it does.
    """

    def __init__(
        self,
        parent: QWidget,
        name: str,
        title: str,
        text: str,
        more: str,
        choices: Sequence[tuple[str, str, Callable[[], object]]],
    ) -> None:
        super().__init__(parent, name, title, text)
        second = Label(more)
        second.setWordWrap(True)
        self.rows.addWidget(second)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        for number, (words, button_name, do) in enumerate(choices):
            button = QPushButton(words)
            button.setObjectName(button_name)
            button.setDefault(number == 0)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.AcceptRole)
            button.clicked.connect(do)
            button.clicked.connect(self.accept)
        self.rows.addWidget(buttons)
