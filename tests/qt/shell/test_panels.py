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
    docks, action = window.bench.docks, window.bench.actions["dimensionsDockAction"]
    qtbot.waitUntil(lambda: docks.in_front(docks.points), timeout=2000)
    assert not docks.in_front(docks.dimensions)
    assert not action.isChecked()
    asked_for(qtbot, window, "panels dimensions")
    qtbot.waitUntil(lambda: docks.in_front(docks.dimensions), timeout=2000)
    qtbot.waitUntil(action.isChecked, timeout=2000)
    assert not window.bench.actions["pointsDockAction"].isChecked(), "it is behind now"
    asked_for(qtbot, window, "panels dimensions")
    assert not docks.dimensions.isVisible()
    qtbot.waitUntil(lambda: not action.isChecked(), timeout=2000)
    asked_for(qtbot, window, "panels dimensions")
    qtbot.waitUntil(lambda: docks.in_front(docks.dimensions), timeout=2000)
    qtbot.waitUntil(action.isChecked, timeout=2000)


def test_that_the_tick_follows_the_tabs_and_the_cross_of_a_panel(qtbot: QtBot, window: LabWindow) -> None:
    actions, docks = window.bench.actions, window.bench.docks
    dimensions, points = actions["dimensionsDockAction"], actions["pointsDockAction"]
    qtbot.waitUntil(points.isChecked, timeout=2000)
    bar = next(
        bar
        for bar in window.findChildren(QTabBar)
        if "Dimensions" in [bar.tabText(place) for place in range(bar.count())]
    )
    place = [bar.tabText(place) for place in range(bar.count())].index("Dimensions")
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
    qtbot.waitUntil(lambda: dimensions.isChecked() and not points.isChecked(), timeout=2000)
    docks.dimensions.close()
    qtbot.waitUntil(lambda: not dimensions.isChecked(), timeout=2000)
    others = [points, actions["manifoldGridDockAction"], actions["aggregateDockAction"]]
    qtbot.waitUntil(lambda: sum(one.isChecked() for one in others) == 1, timeout=2000)


def test_that_a_panel_of_another_workspace_opens_here_as_a_panel_and_is_large_again_at_home(
    qtbot: QtBot, window: LabWindow
) -> None:
    docks, action = window.bench.docks, window.bench.actions["trainingDockAction"]
    asked_for(qtbot, window, "panels training")
    qtbot.waitUntil(lambda: docks.in_front(docks.training), timeout=2000)
    assert window.bench.workspaces.current == "explore"
    assert docks.training.isAncestorOf(window.bench.training)
    qtbot.waitUntil(action.isChecked, timeout=2000)
    window.bench.workspaces.show("train")
    qtbot.waitUntil(lambda: not action.isEnabled(), timeout=2000)
    assert action.isChecked(), "it is what this workspace is about"
    assert window.centralWidget().isAncestorOf(window.bench.training)
    window.bench.workspaces.show("explore")
    qtbot.waitUntil(lambda: docks.in_front(docks.training), timeout=2000)


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
