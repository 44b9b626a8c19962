"""Named places: a point is named, listed, gone to, and belongs to its model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.widgets.ask_dialogs import TextDialog
from latentlab.session.edits import MoveProbe
from latentlab.session.state import Place
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = [OFFSCREEN, pytest.mark.slow]


def type_name(qtbot: QtBot, window: LabWindow, name: str) -> None:
    page = window.findChild(TextDialog, "placeNameDialog")
    page.edit.setText(name)
    page.accept()
    until_idle()


def test_that_a_place_is_named_listed_gone_to_renamed_and_removed_and_each_is_a_step(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        workspace, actions = window.workspace, window.bench.actions
        workspace.do(MoveProbe(z=(1.0, 2.0)))
        qtbot.keyClick(window, Qt.Key.Key_N)
        # It is the place where the probe was, though that has moved meanwhile.
        workspace.do(MoveProbe(z=(0.0, 0.0)))
        type_name(qtbot, window, "The  slanted seven")
        assert workspace.state.places == (Place("The slanted seven", (1.0, 2.0)),)
        assert [name for name, _ in window.bench.plane.marks.places] == ["The slanted seven"]
        actions["placesAction"].trigger()
        page = window.findChild(QDialog, "placesDialog")
        listed = page.findChild(QListWidget, "places")
        qtbot.mouseClick(page.findChild(QPushButton, "goToPlace"), Qt.MouseButton.LeftButton)
        assert workspace.state.probe == (1.0, 2.0)
        qtbot.mouseClick(page.findChild(QPushButton, "namePlace"), Qt.MouseButton.LeftButton)
        type_name(qtbot, window, "The slanted seven")
        assert [listed.item(row).text() for row in range(2)] == ["The slanted seven", "The slanted seven 2"]
        listed.setCurrentRow(1)
        qtbot.mouseClick(page.findChild(QPushButton, "renamePlace"), Qt.MouseButton.LeftButton)
        type_name(qtbot, window, "A nine")
        assert [place.name for place in workspace.state.places] == ["The slanted seven", "A nine"]
        qtbot.mouseClick(page.findChild(QPushButton, "removePlace"), Qt.MouseButton.LeftButton)
        assert listed.count() == 1
        workspace.undo_stack.undo()
        assert (listed.count(), workspace.undo_stack.undoText()) == (2, "Change places")
        with qtbot.waitSignal(workspace.encoded, timeout=3000):
            window.bench.opener.open_model("other")
        assert (workspace.state.places, listed.count()) == ((), 0)
        with qtbot.waitSignal(workspace.encoded, timeout=3000):
            window.bench.opener.open_model("mnist-vae-2d")
        assert listed.count() == 2
