"""A combo box for long names: elided where they do not fit, and whole in the tip."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.line_icons import line_icon

NAME = "faces-of-the-spring-of-2026-with-hats-32d"


def test_that_a_long_name_is_elided_and_its_tip_says_it_whole(qtbot: QtBot, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, widget: said.append(text))
    box = ElidedBox()
    qtbot.addWidget(box)
    box.addItem(NAME)
    box.setToolTip("The model.")
    box.resize(120, 26)
    box.show()
    shown = box.shown_text()
    assert "…" in shown
    assert shown[0] == NAME[0]
    assert shown[-1] == NAME[-1]
    QApplication.sendEvent(box, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5)))
    assert NAME in said[0]
    assert "The model." in said[0]
    box.resize(600, 26)
    assert box.shown_text() == NAME


def test_that_icons_of_files_take_the_colour_of_the_text(qtbot: QtBot) -> None:
    drawn = line_icon("manifold").pixmap(32, 32).toImage()
    ink = QApplication.palette().buttonText().color()
    seen = {
        drawn.pixelColor(x, y).name()
        for x in range(32)
        for y in range(32)
        if drawn.pixelColor(x, y).alpha() == 255
    }
    assert ink.name() in seen
    with pytest.raises(KeyError):
        line_icon("no such icon")
