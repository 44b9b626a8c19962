"""Shows text from outside safely in widgets: names of classes, attributes, folders, files and models.

In labels and tooltips Qt treats as HTML whatever looks like it, and loads the picture of `<img src=...>`: a
device, a pipe, a share of another computer. In buttons, menus, tabs and titles "&" makes the next letter a
mnemonic, and a tab character begins the column of shortcuts. Whatever may contain a name from outside goes
through this module before it is shown; tests/qt/test_plain_text.py checks that.
"""

from __future__ import annotations

import re
from html import escape

from PySide6 import QtGui
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from latentlab.plain import one_line, sentence, short_name

# The most characters of a name in a button, a list or a row: the width of a column of the window.
NAME, _TITLE = 32, 200
# In menus and message buttons, where there is more room.
WORDS = 64
# A label with line breaks need not be wider than so many characters, whatever the longest word.
_LEAST_LETTERS = 24
_MNEMONIC = re.compile("&(.?)", re.DOTALL)


class Label(QLabel):
    """Shows its text as plain text, never as HTML. A long name never widens the window."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(sentence(text))

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        if self.wordWrap():
            letters = _LEAST_LETTERS * self.fontMetrics().averageCharWidth()
            least.setWidth(min(least.width(), letters))
        return least


class RichLabel(QLabel):
    """Shows HTML. Text from outside must have gone through `in_html`."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(text)


def in_html(text: str) -> str:
    """A name as a part of the text of a `RichLabel`."""
    return escape(short_name(text, NAME))


def plain_tip(text: str) -> str:
    """The text for a tooltip; escaped as HTML, if Qt would interpret it as such."""
    shown = sentence(text)
    if QtGui.Qt.mightBeRichText(shown):
        return f'<p style="white-space: pre-wrap">{escape(shown)}</p>'
    return shown


def listed(name: str, most: int = NAME) -> str:
    """A name for an item of a list, a table or a combo box."""
    return short_name(name, most)


def without_mnemonic(text: str) -> str:
    """The text for a button, a menu, a tab or a group box, with "&" escaped."""
    return one_line(text).replace("&", "&&")


def on_button(name: str, most: int = NAME) -> str:
    """A name for a button or a menu: shortened, and with "&" escaped."""
    return without_mnemonic(listed(name, most))


def spoken(text: str) -> str:
    """The text of a button or menu for a screen reader: without mnemonics."""
    return _MNEMONIC.sub(r"\1", text)


def title_text(text: str) -> str:
    """The text for a window's title, where Qt would replace "[*]"."""
    return short_name(text, _TITLE).replace("[*]", "[*][*]")
