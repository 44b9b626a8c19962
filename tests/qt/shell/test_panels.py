"""The panels' switches: what is hidden or behind a tab comes to the front, what is in front goes; and the
letters of the window, none of which picks two things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QTabBar
from pytestqt.qtbot import QtBot

from latentlab.qt.shell.main_window import LabWindow
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path) as made:
        yield made


def asked_for(qtbot: QtBot, window: LabWindow, words: str) -> None:
    """The first command that the palette finds."""
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(window.bench.palette.search, words)
    qtbot.keyClick(window.bench.palette.search, Qt.Key.Key_Return)


def test_that_the_palette_brings_a_panel_from_behind_a_tab_and_then_hides_it(
    qtbot: QtBot, window: LabWindow
) -> None:
    docks, action = window.bench.docks, window.bench.actions["attributesDockAction"]
    qtbot.waitUntil(lambda: docks.in_front(docks.grid), timeout=2000)
    assert not docks.in_front(docks.attributes)
    assert not action.isChecked()
    asked_for(qtbot, window, "panels attributes")
    qtbot.waitUntil(lambda: docks.in_front(docks.attributes), timeout=2000)
    qtbot.waitUntil(action.isChecked, timeout=2000)
    assert not window.bench.actions["manifoldGridDockAction"].isChecked(), "it is behind now"
    asked_for(qtbot, window, "panels attributes")
    assert not docks.attributes.isVisible()
    qtbot.waitUntil(lambda: not action.isChecked(), timeout=2000)
    asked_for(qtbot, window, "panels attributes")
    qtbot.waitUntil(lambda: docks.in_front(docks.attributes), timeout=2000)
    qtbot.waitUntil(action.isChecked, timeout=2000)


def test_that_the_tick_follows_the_tabs_and_the_cross_of_a_panel(qtbot: QtBot, window: LabWindow) -> None:
    training, tray = (window.bench.actions[f"{name}DockAction"] for name in ("training", "tray"))
    qtbot.waitUntil(tray.isChecked, timeout=2000)
    bar = next(
        bar
        for bar in window.findChildren(QTabBar)
        if "Training" in [bar.tabText(place) for place in range(bar.count())]
    )
    place = [bar.tabText(place) for place in range(bar.count())].index("Training")
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
    qtbot.waitUntil(lambda: training.isChecked() and not tray.isChecked(), timeout=2000)
    window.bench.docks.training.close()
    analogy = window.bench.actions["analogyDockAction"]
    qtbot.waitUntil(lambda: not training.isChecked(), timeout=2000)
    qtbot.waitUntil(lambda: tray.isChecked() is not analogy.isChecked(), timeout=2000)


def test_that_no_control_of_a_panel_takes_a_letter_from_the_menus(window: LabWindow) -> None:
    def letter(text: str) -> str:
        found = re.search(r"&([^&])", text.replace("&&", ""))
        return found.group(1).upper() if found else ""

    menus = {letter(action.text()) for action in window.menuBar().actions()}
    assert {"F", "E", "V", "H"} <= menus
    texts = [button.text() for button in window.findChildren(QAbstractButton)]
    texts += [label.text() for label in window.findChildren(QLabel) if label.buddy() is not None]
    texts += [bar.tabText(n) for bar in window.findChildren(QTabBar) for n in range(bar.count())]
    assert "Reli&ability …" in texts
    assert [text for text in texts if letter(text) in menus] == []
