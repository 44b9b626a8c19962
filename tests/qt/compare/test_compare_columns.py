"""The columns of the comparison: how they come and go, and what is opened in them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, QThread
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from tests.qt.compare.comparing import Opened, child, drag, ready
from tests.qt.shell import OFFSCREEN
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


def test_that_columns_of_different_numbers_of_latents_go_together(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"], 2, 6)
    two, six = window.view.columns
    drag(qtbot, two, QPoint(40, 30))
    assert six.workspace.projection.to_plane(six.workspace.state.probe) == pytest.approx(
        two.workspace.state.probe
    )
    assert six.title.text().endswith("6 latents")


def test_that_a_refused_model_says_so_and_the_others_go_on(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "missing", "c"])
    one, refused, three = window.view.columns
    qtbot.waitUntil(lambda: "missing" in refused.note.text(), timeout=2000)
    assert refused.stack.currentWidget() is refused.note
    assert refused.chooser.currentIndex() == -1
    drag(qtbot, one, QPoint(30, 0))
    assert three.workspace.state.probe == one.workspace.state.probe != (0.0, 0.0)
    refused.chooser.chosen.emit("better")
    qtbot.waitUntil(lambda: ready(refused), timeout=2000)
    qtbot.waitUntil(lambda: refused.workspace.state.probe == one.workspace.state.probe, timeout=2000)
    assert refused.stack.currentWidget() is refused.plane


def test_that_a_model_refused_in_place_of_an_open_one_leaves_that_open(
    qtbot: QtBot, open_compare: Opened
) -> None:
    window = open_compare(["a", "b"])
    one, two = window.view.columns
    two.chooser.chosen.emit("missing")
    qtbot.waitUntil(two.messages.isVisible, timeout=2000)
    assert "missing" in two.messages.label.text()
    assert two.chooser.currentData() == "b"
    drag(qtbot, one, QPoint(30, 0))
    assert two.workspace.state.probe == one.workspace.state.probe


def test_that_a_shipped_model_is_chosen_from_the_list(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    chooser = window.view.columns[1].chooser
    row = chooser.findData("mnist-vae-2d")
    chooser.setCurrentIndex(row)
    chooser.activated.emit(row)
    qtbot.waitUntil(lambda: window.view.columns[1].workspace.state.model == "mnist-vae-2d", timeout=2000)
    assert chooser.currentText() == "mnist-vae-2d"


def test_that_a_file_is_asked_for_and_the_list_stays_where_it_was(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    chooser: QComboBox = window.view.columns[1].chooser
    chooser.setCurrentIndex(chooser.count() - 1)
    chooser.activated.emit(chooser.count() - 1)
    page = window.findChild(QFileDialog, "compareOpenDialog")
    assert page is not None
    assert chooser.currentData() == "b"
    page.fileSelected.emit("/somewhere/mine.safetensors")
    page.reject()
    column = window.view.columns[1]
    qtbot.waitUntil(lambda: column.workspace.state.model == "/somewhere/mine.safetensors", timeout=2000)
    assert chooser.currentText() == "mine"


def test_that_columns_are_added_up_to_four_and_removed_down_to_two(
    qtbot: QtBot, open_compare: Opened
) -> None:
    window = open_compare(["a", "b"])
    add = child(window, "compareAdd")
    first = window.view.columns[0]
    assert not first.remove.isEnabled()
    drag(qtbot, first, QPoint(30, 0))
    for count in (3, 4):
        qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
        assert len(window.view.columns) == count
    assert not add.isEnabled()
    newest = window.view.columns[-1]
    newest.open_model("d")
    qtbot.waitUntil(lambda: newest.workspace.state.probe == first.workspace.state.probe, timeout=3000)
    thread = first.workspace.findChild(QThread, "renderThread")
    for _ in range(2):
        qtbot.mouseClick(window.view.columns[0].remove, Qt.MouseButton.LeftButton)
    assert not thread.isRunning()
    assert len(window.view.columns) == 2
    assert newest in window.view.columns
    qtbot.waitUntil(lambda: ready(newest), timeout=3000)
    drag(qtbot, newest, QPoint(20, 20))
    assert window.view.columns[0].workspace.model is None or (
        window.view.columns[0].workspace.state.probe == newest.workspace.state.probe
    )


def test_that_an_empty_column_says_what_to_do(open_compare: Opened) -> None:
    window = open_compare(["a"])
    empty = window.view.columns[1]
    assert empty.note.isVisible()
    assert "Choose a model" in empty.note.text()
    assert not empty.workspace.findChild(QThread, "renderThread").isRunning()


def test_that_the_legend_stays_when_its_column_goes(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b", "c"])
    qtbot.mouseClick(window.view.columns[0].remove, Qt.MouseButton.LeftButton)
    until_idle()
    qtbot.mouseClick(child(window.view.legend, "classChip_2"), Qt.MouseButton.LeftButton)
    assert all(column.workspace.state.hidden == {2} for column in window.view.columns)
