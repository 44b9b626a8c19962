"""How large the first window is, on screens from a small laptop's to a large one's."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.window_state import WindowState


class Screen:
    """As much of a screen as the window asks about."""

    def __init__(self, room: QRect) -> None:
        self.room = room

    def availableGeometry(self) -> QRect:
        return self.room


class Window(QMainWindow):
    """It stands on a screen of any size."""

    def __init__(self, room: QRect) -> None:
        super().__init__()
        self.room = room

    def screen(self) -> Screen:  # type: ignore[override]
        return Screen(self.room)


@pytest.mark.parametrize(
    ("room", "size"),
    [
        (QRect(0, 0, 1440, 900), (1224, 765)),
        (QRect(0, 32, 1920, 1048), (1632, 891)),
        (QRect(1920, 0, 2560, 1440), (2176, 1224)),
        # On a small screen all that a title bar and borders leave.
        (QRect(0, 0, 1024, 600), (1016, 560)),
    ],
)
def test_that_the_first_window_takes_85_per_cent_of_its_screen_and_stands_in_the_middle(
    qtbot: QtBot, tmp_path: Path, room: QRect, size: tuple[int, int]
) -> None:
    window = Window(room)
    qtbot.addWidget(window)
    WindowState(window, Settings(tmp_path / "lab.ini")).restore_place()
    assert (window.width(), window.height()) == size
    assert room.contains(window.geometry())
    off = window.geometry().center() - room.center()
    assert abs(off.x()) <= 1
    assert abs(off.y()) <= 20, "a title bar comes above it"
