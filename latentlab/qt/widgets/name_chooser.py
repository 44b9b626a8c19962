"""A searchable combo box, for lists with too many names for a button each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox

from latentlab.qt.widgets.plain_text import listed

# The most names that get a button and a picture each: more would fill the screen, and all are decoded at
# every move.
MOST_BUTTONS = 64
_LEAST_LETTERS, _LINES = 10, 20


class NameChooser(QComboBox):
    """One of many names; type a part of it to find it. `chosen` carries its number, -1 for `nothing`.

    Args:
        nothing: the first entry, which means none of them; "" for a chooser that always has one.
    """

    chosen = Signal(int)

    def __init__(self, nothing: str = "") -> None:
        super().__init__()
        self._first = 1 if nothing else 0
        self._nothing = nothing
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_LETTERS)
        self.setMaxVisibleItems(_LINES)
        completer = self.completer()
        assert completer is not None
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(completer.CompletionMode.PopupCompletion)
        self.activated.connect(self._activated)
        line = self.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._left)
        self._shown = 0

    def offer(self, names: Sequence[str]) -> None:
        """Sets the names."""
        with QSignalBlocker(self):
            self.clear()
            self.addItems([*([self._nothing] if self._nothing else []), *map(listed, names)])
        self._shown = 0

    def show_number(self, number: int) -> None:
        """Shows the current one; -1 for none."""
        self._shown = max(0, number + self._first)
        with QSignalBlocker(self):
            self.setCurrentIndex(self._shown)

    @Slot(int)
    def _activated(self, place: int) -> None:
        self._shown = place
        self.chosen.emit(place - self._first)

    @Slot()
    def _left(self) -> None:
        """An incomplete word is no choice: restores the current name."""
        if self.currentText() != self.itemText(self._shown):
            self.show_number(self._shown - self._first)
