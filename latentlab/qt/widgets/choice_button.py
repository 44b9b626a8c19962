"""A button for one of several choices: filled while it is chosen, in light and dark themes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStyleOptionToolButton, QToolButton


class ChoiceButton(QToolButton):
    """A click only emits the wish: the button's owner decides its state."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def nextCheckState(self) -> None:
        """Qt would check it before the session has agreed."""

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        if self.isChecked() and self.isEnabled():
            palette = QPalette(self.palette())
            palette.setBrush(QPalette.ColorRole.Button, palette.highlight())
            palette.setBrush(QPalette.ColorRole.ButtonText, palette.highlightedText())
            option.palette = palette
