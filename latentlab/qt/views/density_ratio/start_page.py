"""What is there before the first result: what this is for, and questions to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.qt.widgets.plain_text import Label, without_mnemonic
from latentlab.qt.widgets.push_button import text_button

_HINT = (
    "A classifier learns to tell two sets of pictures apart. How sure it is of a picture says how much "
    "likelier that picture is in A than in B, and all pictures are sorted by it: what only A has, what both "
    "have, what only B has. Choose two sets above and press Run, or begin with a question:"
)
_WIDEST, _MOST = 620, 3


class StartPage(QWidget):
    """`wanted` carries the two sets of the question that is clicked."""

    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ratioStart")
        self.hint = Label(_HINT)
        self.hint.setObjectName("ratioHint")
        self.hint.setWordWrap(True)
        inner = QWidget()
        inner.setMaximumWidth(_WIDEST)
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(9, 0, 9, 0)
        self._rows.setSpacing(6)
        self._rows.addWidget(self.hint)
        self.buttons = [
            text_button(f"ratioQuestion_{number}", "", "Trains the classifier that answers it.")
            for number in range(_MOST)
        ]
        self._pairs: list[tuple[str, str]] = []
        for number, button in enumerate(self.buttons):
            self._rows.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            button.clicked.connect(partial(self._ask, number))
            button.hide()
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(inner, 100)
        across.addStretch(1)
        page = QVBoxLayout(self)
        page.addStretch(1)
        page.addLayout(across)
        page.addStretch(2)

    def offer(self, questions: Sequence[tuple[str, str, str]]) -> None:
        """Offers questions: their words, and their two sets."""
        for button in self.buttons:
            button.hide()
        for button, (words, _, _) in zip(self.buttons, questions, strict=False):
            button.setText(without_mnemonic(words))
            button.setAccessibleName(words)
            button.show()
        self._pairs = [(a, b) for _, a, b in questions]

    def let(self, begin: bool) -> None:
        """Whether a question can be asked now."""
        for button in self.buttons:
            button.setEnabled(begin)

    def _ask(self, number: int) -> None:
        self.wanted.emit(*self._pairs[number])
