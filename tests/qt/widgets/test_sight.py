"""What can be seen of a window, and who is told when that changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.sight import Sight, in_sight
from tests.qt.shell import OFFSCREEN
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


class Told:
    """What a sight has told."""

    def __init__(self, widget: QWidget) -> None:
        self.all: list[str] = []
        self.sight = Sight(widget)
        self.sight.came.connect(lambda: self.all.append("came"))
        self.sight.left.connect(lambda: self.all.append("left"))


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    """Two docks as tabs of one place, the second behind."""
    made = QMainWindow()
    qtbot.addWidget(made)
    made.setCentralWidget(QWidget())
    docks = [QDockWidget(name, made) for name in ("front", "behind")]
    for dock in docks:
        dock.setObjectName(dock.windowTitle())
        dock.setWidget(QWidget())
        made.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    made.tabifyDockWidget(*docks)
    docks[0].raise_()
    made.resize(600, 400)
    return made


def dock_of(window: QMainWindow, name: str) -> QDockWidget:
    found = window.findChild(QDockWidget, name)
    assert isinstance(found, QDockWidget)
    return found


def test_that_a_view_behind_a_tab_is_not_in_sight_though_qt_calls_it_visible(
    qtbot: QtBot, window: QMainWindow
) -> None:
    behind = dock_of(window, "behind")
    told = Told(behind.widget())
    window.show()
    qtbot.waitExposed(window)
    until_idle()
    assert behind.widget().isVisible()
    assert not in_sight(behind.widget())
    assert told.all == []
    behind.raise_()
    until_idle()
    assert in_sight(behind.widget())
    assert told.all == ["came"]
    dock_of(window, "front").raise_()
    until_idle()
    assert not in_sight(behind.widget())
    assert told.all == ["came", "left"]


def test_that_a_view_that_moves_from_its_dock_to_the_middle_is_followed(
    qtbot: QtBot, window: QMainWindow
) -> None:
    behind = dock_of(window, "behind")
    view = behind.widget()
    told = Told(view)
    window.show()
    qtbot.waitExposed(window)
    until_idle()
    window.setCentralWidget(view)
    view.show()
    until_idle()
    assert in_sight(view)
    assert told.all == ["came"]
    behind.raise_()
    dock_of(window, "front").raise_()
    until_idle()
    assert told.all == ["came"], "that dock is its place no more"
    window.hide()
    until_idle()
    assert told.all == ["came", "left"]


def test_that_what_is_scrolled_away_comes_into_sight_by_scrolling(qtbot: QtBot) -> None:
    page, area = QWidget(), QScrollArea()
    qtbot.addWidget(area)
    rows, last = QVBoxLayout(page), QWidget()
    page.setFixedSize(100, 1000)
    rows.addStretch(1)
    last.setFixedHeight(20)
    rows.addWidget(last)
    area.setWidget(page)
    area.resize(150, 200)
    told = Told(last)
    area.show()
    qtbot.waitExposed(area)
    until_idle()
    assert not in_sight(last)
    area.verticalScrollBar().setValue(1000)
    until_idle()
    assert in_sight(last)
    assert told.all == ["came"]
