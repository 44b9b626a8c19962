"""The buttons below the settings of a tape: draw, stop, save."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from latentlab.qt.widgets.plain_text import plain_tip

_DRAW_SPOKEN = "Draw the pictures"
_DRAW = "Draw a new tape: from noise to pictures."
_GO_ON = "Continue the tape that was stopped. With other settings a new one is drawn."


class DrawButtons(QWidget):
    """`draw`, `stop` and `save`; the last is visible once it has entries."""

    def __init__(self) -> None:
        super().__init__()
        self.draw, self.stop, self.save = QPushButton("Dra&w"), QPushButton("Stop"), QPushButton("Save")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button, name, spoken, tip in (
            (self.draw, "tapeDraw", _DRAW_SPOKEN, _DRAW),
            (self.stop, "tapeStop", "Stop drawing", "Stop drawing and keep the frames so far (Esc)."),
            (
                self.save,
                "tapeSave",
                "Save the tape or a frame of it",
                "Save the current frame, or the whole tape as an animation or as arrays. Drop a "
                "saved file on the window to draw its tape again.",
            ),
        ):
            button.setObjectName(name)
            button.setAccessibleName(spoken)
            button.setToolTip(plain_tip(tip))
            # Three side by side are no wider than the form above them.
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + 18)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.addWidget(button, 1)
        self.save.hide()

    def offer_to_save(self, actions: Iterable[QAction | None]) -> None:
        """Sets the entries of the save button; None is a separator."""
        menu = QMenu(self.save)
        menu.setObjectName("tapeSaveMenu")
        for action in actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        self.save.setMenu(menu)
        self.save.show()

    def offer(self, model: bool, running: bool, tape: bool, stopped: bool) -> None:
        """Sets what is enabled: with a model, while drawing, with frames of a tape, and with a stopped
        tape.
        """
        self.draw.setEnabled(model)
        self.draw.setText("Go on" if stopped else "Dra&w")
        self.draw.setAccessibleName("Continue drawing" if stopped else _DRAW_SPOKEN)
        self.draw.setToolTip(_GO_ON if stopped else _DRAW)
        self.stop.setEnabled(running)
        self.save.setEnabled(tape)
