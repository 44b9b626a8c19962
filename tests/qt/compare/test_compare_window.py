"""The window for comparing, under mouse and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from latentlab.qt.clients import render_thread
from latentlab.qt.compare.window import CompareWindow
from tests.qt.compare.comparing import Opened, asked, child, drag, pixel, ready
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN


def test_that_a_drag_in_one_column_moves_all_and_each_decodes_its_own(
    qtbot: QtBot, open_compare: Opened, renderers: list[FakeRenderer]
) -> None:
    window = open_compare(["a", "b", "c"])
    one, two, three = window.view.columns
    drag(qtbot, two, QPoint(30, -20))
    probe = two.workspace.state.probe
    assert min(probe) > 0
    assert one.workspace.state.probe == three.workspace.state.probe == probe
    for renderer in renderers:
        qtbot.waitUntil(lambda served=renderer.served: probe in asked(served), timeout=2000)


def test_that_undo_by_key_takes_one_drag_back_in_all_columns(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    one, two = window.view.columns
    drag(qtbot, one, QPoint(30, -20))
    drag(qtbot, two, QPoint(-50, 10))
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert one.workspace.state.probe == two.workspace.state.probe != (0.0, 0.0)
    qtbot.mouseClick(child(window, "compareUndoButton"), Qt.MouseButton.LeftButton)
    assert one.workspace.state.probe == two.workspace.state.probe == (0.0, 0.0)
    assert not child(window, "compareUndoButton").isEnabled()


def test_that_a_point_double_clicked_in_one_is_selected_in_all(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    one, two = window.view.columns
    z = tuple(map(float, one.workspace.encodings.mean[7]))
    qtbot.mouseDClick(one.plane, Qt.MouseButton.LeftButton, pos=pixel(one, z))
    assert one.workspace.state.selected == two.workspace.state.selected == 7
    qtbot.waitUntil(lambda: two.pictures.reconstruction.picture is not None, timeout=2000)
    assert two.pictures.figures["elbo"].text() == "−130.00"
    assert window.view.bar.index.value() == 7
    assert "class b" in window.view.bar.name.text()


def test_that_a_picture_is_shown_from_the_start_and_chosen_by_its_number(
    qtbot: QtBot, open_compare: Opened
) -> None:
    window = open_compare(["a", "b"])
    one, two = window.view.columns
    assert window.view.bar.index.value() == 0
    assert window.view.bar.index.maximum() == COUNT - 1
    window.view.bar.index.setFocus()
    QTest.keyClick(window.view.bar.index, Qt.Key.Key_Up)
    QTest.keyClick(window.view.bar.index, Qt.Key.Key_Up)
    assert one.workspace.state.selected == two.workspace.state.selected == 2
    assert two.workspace.state.probe == pytest.approx(tuple(two.workspace.encodings.mean[2]))
    assert window.view.link.undo_stack.count() == 1, "steps that follow one another are one step"


def test_that_a_class_hidden_in_the_legend_is_hidden_in_all(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    qtbot.mouseClick(child(window, "classChip_1"), Qt.MouseButton.LeftButton)
    assert all(column.workspace.state.hidden == {1} for column in window.view.columns)


def test_that_layers_are_switched_in_all_and_shown_as_they_are(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    box = child(window, "compareManifold")
    assert isinstance(box, QAbstractButton)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert not any(column.workspace.state.layers.manifold for column in window.view.columns)
    window.view.link.undo_stack.undo()
    assert box.isChecked()


def test_that_linked_planes_zoom_together_and_unlinked_ones_do_not(
    qtbot: QtBot, open_compare: Opened
) -> None:
    window = open_compare(["a", "b"])
    one, two = window.view.columns
    qtbot.keyClick(one.plane, Qt.Key.Key_Plus)
    assert two.plane.camera.scale == pytest.approx(one.plane.camera.scale)
    box = child(window, "compareLinkViews")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    before = two.plane.camera
    qtbot.keyClick(one.plane, Qt.Key.Key_Plus)
    assert two.plane.camera == before
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert two.plane.camera.scale == pytest.approx(one.plane.camera.scale)
    wide = two.plane.camera.scale
    qtbot.mouseClick(child(window, "compareShowAll"), Qt.MouseButton.LeftButton)
    assert two.plane.camera.scale == pytest.approx(one.plane.camera.scale) != wide


def test_that_planes_keep_their_reach_when_the_window_changes_its_size(
    qtbot: QtBot, open_compare: Opened
) -> None:
    window = open_compare(["a", "b"])
    one, two = window.view.columns
    scale, width = one.plane.camera.scale, one.plane.width()
    for height in (900, 620, 800, 700):
        window.resize(1000, height)
        until_idle()
    assert one.plane.width() == width
    assert one.plane.camera.scale == pytest.approx(scale, rel=0.02)
    assert two.plane.camera.scale == pytest.approx(scale, rel=0.02)


def test_that_escape_deselects_and_does_not_close(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    one, two = window.view.columns
    qtbot.keyClick(one.plane, Qt.Key.Key_Escape)
    assert two.workspace.state.selected is None
    assert two.pictures.original.picture is None
    qtbot.keyClick(one.plane, Qt.Key.Key_Escape)
    assert window.isVisible()


def test_that_closing_ends_the_threads_of_all_columns(qtbot: QtBot, open_compare: Opened) -> None:
    window = open_compare(["a", "b", "c"])
    drag(qtbot, window.view.columns[0], QPoint(10, 10))
    threads = window.findChildren(QThread, "renderThread")
    assert len(threads) == 3
    assert all(thread.isRunning() for thread in threads)
    window.close()
    assert not any(thread.isRunning() for thread in threads)


def test_that_every_control_has_a_name_and_says_what_it_is_for(open_compare: Opened) -> None:
    window = open_compare(["a", "b"])
    controls = [*window.view.bar.findChildren(QAbstractButton), window.view.bar.index]
    for column in window.view.columns:
        controls += [column.chooser, column.remove]
    for control in controls:
        assert control.objectName(), control
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()


def test_that_the_lab_opens_it_once_and_takes_it_along_when_it_closes(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_thread, "_made", lambda module, name: FakeRenderer())
    with open_window(qtbot, tmp_path) as window:
        window.bench.actions["compareWindowAction"].trigger()
        page = window.findChild(CompareWindow, "compareWindow")
        assert page is not None
        assert page.isVisible()
        first = page.view.columns[0]
        assert first.workspace.state.model == window.workspace.state.model
        qtbot.waitUntil(lambda: ready(first), timeout=3000)
        window.bench.actions["compareWindowAction"].trigger()
        assert len(window.findChildren(CompareWindow)) == 1
        threads = page.findChildren(QThread, "renderThread")
        window.close()
        assert not any(thread.isRunning() for thread in threads)
    QApplication.processEvents()


def test_that_a_drag_there_asks_nothing_of_the_lab(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_thread, "_made", lambda module, name: FakeRenderer())
    lab = FakeRenderer()
    with open_window(qtbot, tmp_path, lab) as window:
        window.bench.actions["compareWindowAction"].trigger()
        page = window.findChild(CompareWindow, "compareWindow")
        assert page is not None
        first = page.view.columns[0]
        qtbot.waitUntil(lambda: ready(first), timeout=3000)
        before = asked(lab.served)
        drag(qtbot, first, QPoint(20, 20))
        until_idle()
        assert asked(lab.served) == before
        assert window.workspace.state.probe == (0.0, 0.0)
