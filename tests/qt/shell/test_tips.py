"""The tips of the whole window are of one style."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN

_VERBS = {
    "Adds",
    "Chooses",
    "Closes",
    "Colours",
    "Compares",
    "Computes",
    "Decodes",
    "Draws",
    "Encodes",
    "Finds",
    "Gives",
    "Goes",
    "Hides",
    "Lists",
    "Makes",
    "Moves",
    "Opens",
    "Pauses",
    "Pins",
    "Plays",
    "Puts",
    "Reads",
    "Removes",
    "Restores",
    "Saves",
    "Selects",
    "Sets",
    "Shades",
    "Shows",
    "Starts",
    "Stops",
    "Switches",
    "Takes",
    "Turns",
    "Uses",
}


@pytest.mark.slow
def test_that_tips_say_what_to_do_in_the_imperative(qtbot: QtBot, tmp_path: Path) -> None:
    """As the manuals of Qt and of the desktops do: "Show all points", not "Shows all points"."""
    with open_window(qtbot, tmp_path) as window:
        parts = [*window.findChildren(QWidget), *window.findChildren(QAction)]
        tips = {(part.objectName(), part.toolTip()) for part in parts if part.toolTip()}
        assert len(tips) > 150
        assert [one for one in tips if one[1].split(maxsplit=1)[0] in _VERBS] == []
