"""Comparing inside the main window: one probe, one selection and one undo stack with everything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.clients import render_thread
from latentlab.qt.compare.page import _Sheet
from latentlab.qt.compare.view import CompareView
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import MoveProbe, SelectImage
from tests.qt.compare.comparing import drag, ready
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    monkeypatch.setattr(render_thread, "_made", lambda module, name: FakeRenderer())
    with open_window(qtbot, tmp_path) as made:
        yield made


def compared(qtbot: QtBot, window: LabWindow) -> CompareView:
    window.bench.workspaces.show("compare")
    qtbot.waitUntil(lambda: window.bench.compare.view is not None, timeout=5000)
    view = window.bench.compare.view
    assert view is not None
    qtbot.waitUntil(lambda: all(map(ready, view.columns)), timeout=5000)
    until_idle()
    return view


def undo(qtbot: QtBot, window: LabWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until_idle()


def test_that_probe_selection_and_undo_are_one_with_the_other_workspaces(
    qtbot: QtBot, window: LabWindow
) -> None:
    lab, stack = window.workspace, window.workspace.undo_stack
    assert window.bench.compare.view is None, "it costs nothing before it is seen"
    lab.do(MoveProbe(z=(0.5, 0.25)))
    view = compared(qtbot, window)
    assert [column.workspace.state.probe for column in view.columns] == [(0.5, 0.25)] * 3
    assert lab.state.selected is None
    assert view.columns[1].workspace.state.selected == 0, "there is a picture to compare from the start"
    assert not view.bar.steps.isVisible(), "the window has Undo and Redo"
    steps = stack.count()
    drag(qtbot, view.columns[0], QPoint(24, 12))
    until_idle()
    moved = lab.state.probe
    assert moved != (0.5, 0.25)
    assert view.columns[2].workspace.state.probe == moved
    assert stack.count() == steps + 1, "a drag is one step"
    view.select(3)
    assert lab.state.selected == 3
    undo(qtbot, window)
    undo(qtbot, window)
    assert (lab.state.probe, lab.state.selected) == ((0.5, 0.25), None)
    assert view.columns[2].workspace.state.probe == (0.5, 0.25)
    window.bench.workspaces.show("explore")
    lab.do(SelectImage(index=5))
    compared(qtbot, window)
    assert {column.workspace.state.selected for column in view.columns} == {5}
    undo(qtbot, window)
    undo(qtbot, window)
    assert lab.state.probe == (0.0, 0.0), "what was done elsewhere is undone here"
    assert {column.workspace.state.probe for column in view.columns} == {(0.0, 0.0)}


def test_that_a_column_that_goes_leaves_the_steps_of_the_window_alone(
    qtbot: QtBot, window: LabWindow
) -> None:
    lab = window.workspace
    view = compared(qtbot, window)
    drag(qtbot, view.columns[0], QPoint(24, 12))
    until_idle()
    moved, gone = lab.state.probe, view.columns[2]
    view.remove_column(gone)
    view.columns[1].open_model("mnist-bvae-2d")
    qtbot.waitUntil(lambda: ready(view.columns[1]), timeout=5000)
    until_idle()
    assert lab.state.probe == moved
    assert lab.undo_stack.canUndo()
    undo(qtbot, window)
    assert lab.state.probe == (0.0, 0.0)
    assert view.columns[0].workspace.state.probe == (0.0, 0.0)
    assert view.columns[1].workspace.state.probe == (0.0, 0.0)


def test_that_other_data_are_compared_by_other_columns_and_all_end_with_the_window(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = compared(qtbot, window)
    with qtbot.waitSignal(window.workspace.loaded, timeout=5000):
        window.bench.actions["allDataAction"].trigger()
    qtbot.waitUntil(lambda: window.bench.compare.view is not view, timeout=5000)
    other = compared(qtbot, window)
    assert {column.workspace.state.split for column in other.columns} == {"all"}
    threads = [column.workspace._thread for column in other.columns]
    window.close()
    assert not any(thread.isRunning() for thread in threads)


class Growing(QWidget):
    """The wider, the higher, as pictures are; after very many questions it gives up."""

    asked = 0

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        self.asked += 1
        return width if self.asked < 3000 else 10


def test_that_a_scroll_bar_does_not_come_and_go(qtbot: QtBot) -> None:
    """Where pictures fit beside it but not without it, the room was laid out until the program crashed."""
    area, content = QScrollArea(), QWidget()
    rows = QVBoxLayout(content)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(growing := Growing())
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(_Sheet(content, area))
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    bar = area.verticalScrollBar()
    for height in range(300 - bar.sizeHint().width() - 2, 303):
        area.resize(300, height)
        until_idle()
    assert growing.asked < 3000
