"""Text from outside in widgets: names of classes, attributes, folders, files, models and directions.

Qt takes for HTML whatever looks like it, in labels and tips, and reads the picture that `<img src=...>`
names: a device, a pipe, a share of another computer. In buttons, menus, tabs and titles "&" underlines the
next letter and makes a shortcut of it, and a tab begins the column of shortcuts. Whatever may hold a name
from outside goes through this module on its way into a widget; tests/qt/test_plain_text.py looks for it.
"""

from __future__ import annotations

import re
from html import escape

from PySide6 import QtGui
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from latentlab.plain import one_line, sentence, short_name

# As long as a name is in a button, a list or a row: what a column of the window has room for.
NAME, _TITLE = 32, 200
# Where there is room for words as well: in menus, and in what a message offers.
WORDS = 64
# A label that breaks its lines need be no wider than so many letters, whatever the longest word.
_LEAST_LETTERS = 24
_MNEMONIC = re.compile("&(.?)", re.DOTALL)


class Label(QLabel):
    """Shows its text as it is, never as HTML. No name in it, however long, makes the window wider."""

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
    """Shows HTML. What is put into it from outside has gone through `in_html`."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(text)


def in_html(text: str) -> str:
    """A name as a piece of the text of a `RichLabel`."""
    return escape(short_name(text, NAME))


def plain_tip(text: str) -> str:
    """The text for a tip; as HTML that says so, if Qt would take it for HTML."""
    shown = sentence(text)
    if QtGui.Qt.mightBeRichText(shown):
        return f'<p style="white-space: pre-wrap">{escape(shown)}</p>'
    return shown


def listed(name: str, most: int = NAME) -> str:
    """A name for an item of a list, a table or a combo box."""
    return short_name(name, most)


def without_mnemonic(text: str) -> str:
    """The text for a button, a menu, a tab or a group: "&" is "&" there."""
    return one_line(text).replace("&", "&&")


def on_button(name: str, most: int = NAME) -> str:
    """A name for a button or a menu: short, and "&" is "&"."""
    return without_mnemonic(listed(name, most))


def spoken(text: str) -> str:
    """What stands on a button or in a menu, read aloud: without the "&" that underline."""
    return _MNEMONIC.sub(r"\1", text)


def title_text(text: str) -> str:
    """The text for a window's title, where Qt would replace "[*]"."""
    return short_name(text, _TITLE).replace("[*]", "[*][*]")
