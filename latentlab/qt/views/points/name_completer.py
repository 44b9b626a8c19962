"""Proposes the names of columns, classes and figures for the word that is being written in an expression."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QWidget

_LAST_WORD = re.compile(r"[^\s\"'=<>~!≤≥≠()]*$")
_PLAIN = re.compile(r"[^\"'=<>~!≤≥≠()]+")
_RESERVED = frozenset(("and", "or", "not"))
_MOST = 2000


def last_word(text: str) -> str:
    """The word at the end of a text; "" after a blank or an operator."""
    found = _LAST_WORD.search(text)
    return "" if found is None or found.group().casefold() in _RESERVED else found.group()


def as_written(name: str) -> str:
    """A name as it has to be written in an expression."""
    reserved = any(word.casefold() in _RESERVED for word in name.split())
    if _PLAIN.fullmatch(name) and not reserved:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class NameCompleter(QCompleter):
    """For a line edit. `offer` sets the names."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._names = QStringListModel(self)
        self._before = ""
        self.setModel(self._names)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setMaxVisibleItems(8)

    def offer(self, names: Iterable[str]) -> None:
        """Proposes these names."""
        found = list(dict.fromkeys(as_written(name) for name in names))[:_MOST]
        if found != self._names.stringList():
            self._names.setStringList(found)

    def splitPath(self, path: str) -> list[str]:
        """What is compared with the names: the last word of what is written."""
        word = last_word(path)
        self._before = path[: len(path) - len(word)]
        # Nothing begins with a zero byte: after a blank nothing is proposed.
        return [word or "\0"]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The text with the last word completed."""
        return self._before + super().pathFromIndex(index)
