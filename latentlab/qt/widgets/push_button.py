"""Push buttons that tests, tips and screen readers know by name."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from latentlab.qt.widgets.plain_text import plain_tip, spoken


def text_button(name: str, text: str, tip: str) -> QPushButton:
    """A button that a screen reader calls by its text.

    Args:
        name: its objectName.
        tip: a whole sentence.
    """
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(spoken(text).removesuffix(" …"))
    button.setToolTip(plain_tip(tip))
    return button


def tip_button(name: str, text: str, tip: str) -> QPushButton:
    """A button whose text is short for what it does: a screen reader calls it by its tip.

    Args:
        name: its objectName.
        tip: what it does, without the full stop that the shown tip gets.
    """
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(plain_tip(f"{tip}."))
    return button
