"""The note on what has changed since the tape was drawn, with the button that applies it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import text_button

_DRAW = "Draw the pictures again with these settings. You can come back to the present tape."
_BACK = "Show the tape and the settings that were there before; press again to compare the two."


class ChangedNote(QFrame):
    """`drawing` requests to draw with the new settings, `back` the tape before."""

    drawing = Signal()
    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("changedNote")
        self.setAccessibleName("What has changed since the tape was drawn")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = Label()
        self.words.setObjectName("changedWords")
        self.words.setWordWrap(True)
        # No wider than the form above it.
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.words.setSizePolicy(policy)
        self.draw = text_button("changedDraw", "Draw anew", _DRAW)
        self.before = text_button("changedBack", "Back", _BACK)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(3)
        for widget in (self.words, self.draw, self.before):
            column.addWidget(widget)
        self.draw.clicked.connect(self.drawing)
        self.before.clicked.connect(self.back)
        self.hide()

    def say(self, words: str, draw: str = "", back: str = "") -> None:
        """Shows a text with the buttons that have one; "" hides the note."""
        self.words.setText(words)
        for button, text in ((self.draw, draw), (self.before, back)):
            if text:
                button.setText(text)
                button.setAccessibleName(text)
            button.setVisible(bool(text))
        self.setVisible(bool(words))
