"""One registry: what it makes, what can be done when, and what each command does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QToolBar
from pytestqt.qtbot import QtBot

from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.shortcuts_dialog import ShortcutsDialog
from latentlab.qt.widgets.colours import Theme
from latentlab.session.edits import MoveProbe, SelectImage, SetPins
from tests.qt.fake_renderer import FakeRenderer, picture_at
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


def test_that_scripts_find_the_actions_by_their_names(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        for name in ("undoAction", "redoAction", "exportProbeAction", "exportGridAction"):
            assert window.findChild(QAction, name) is not None, name


def test_that_no_two_actions_share_a_name_or_a_key(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        actions = [action for _, action in window.bench.actions.all]
        keys = Counter(action.shortcut().toString() for action in actions if not action.shortcut().isEmpty())
        assert [key for key, count in keys.items() if count > 1] == []
        named = (action.objectName() for action in window.findChildren(QAction))
        # Qt's own in line edits begin with "_q_".
        names = Counter(name for name in named if name and not name.startswith("_q_"))
        assert [name for name, count in names.items() if count > 1] == []


def test_that_every_action_says_what_it_does(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        for _, action in window.bench.actions.all:
            assert action.statusTip().endswith("."), action.objectName()
            assert action.toolTip().startswith(action.statusTip()), action.objectName()


def test_that_undo_says_what_it_undoes_and_undoes_it(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        undo, redo = window.bench.actions["undoAction"], window.bench.actions["redoAction"]
        assert not undo.isEnabled()
        window.workspace.do(MoveProbe(z=(1.0, 1.0)))
        assert undo.text() == "&Undo Move probe"
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert window.workspace.state.probe == (0.0, 0.0)
        redo.trigger()
        assert window.workspace.state.probe == (1.0, 1.0)


def test_that_before_the_first_step_undo_goes_back_to_the_model_that_was_open(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        undo, redo = window.bench.actions["undoAction"], window.bench.actions["redoAction"]
        first = window.workspace.state.model
        window.workspace.do(MoveProbe(z=(1.0, 1.0)))
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.bench.opener.open_model("other")
        assert undo.text() == "&Undo Open other"
        window.workspace.do(MoveProbe(z=(2.0, 2.0)))
        undo.trigger()
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert (window.workspace.state.model, window.workspace.state.probe) == (first, (1.0, 1.0))
        assert (undo.text(), redo.text()) == ("&Undo Move probe", "&Redo Open other")
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            redo.trigger()
        assert (window.workspace.state.model, redo.text()) == ("other", "&Redo Move probe")


@pytest.mark.parametrize("layer", ["points", "manifold", "contours"])
def test_that_a_layer_is_switched_undone_and_shown_as_it_is(qtbot: QtBot, tmp_path: Path, layer: str) -> None:
    with open_window(qtbot, tmp_path) as window:
        action = window.bench.actions[f"{layer}LayerAction"]
        assert action.isChecked()
        action.trigger()
        assert not getattr(window.workspace.state.layers, layer)
        assert not action.isChecked()
        window.workspace.undo_stack.undo()
        assert action.isChecked()


def test_that_the_data_are_chosen_and_the_choice_undoes(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.bench.actions["allDataAction"].trigger()
        assert window.workspace.state.split == "all"
        assert window.bench.actions["allDataAction"].isChecked()
        assert "(all)" in window.windowTitle()
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.workspace.undo_stack.undo()
        assert window.bench.actions["testDataAction"].isChecked()


def test_that_the_probe_is_sent_at_random_home_and_into_the_tray_by_single_keys(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.plane.setFocus()
        qtbot.keyClick(window.bench.plane, Qt.Key.Key_R)
        there = window.workspace.state.probe
        assert there != (0.0, 0.0)
        qtbot.keyClick(window.bench.plane, Qt.Key.Key_P)
        qtbot.keyClick(window.bench.plane, Qt.Key.Key_P)
        assert window.workspace.state.pins == (there,), "twice in a row is once"
        qtbot.keyClick(window.bench.plane, Qt.Key.Key_O)
        assert window.workspace.state.probe == (0.0, 0.0)


def test_that_a_text_field_keeps_its_letters_and_its_copying(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.activateWindow()
        window.bench.probe.z.setFocus()
        window.bench.probe.z.selectAll()
        qtbot.keyClick(window.bench.probe.z, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == window.bench.probe.z.text()
        qtbot.keyClick(window.bench.probe.z, Qt.Key.Key_P)
        assert window.workspace.state.pins == ()
        assert window.bench.probe.z.text() == "p"


def test_that_the_picture_at_the_probe_is_copied_pixel_by_pixel(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.workspace.do(MoveProbe(z=(2.0, 0.0)))
        level = int(picture_at((2.0, 0.0))[0, 0])
        qtbot.waitUntil(lambda: int(window.bench.probe.image.picture[0, 0]) == level, timeout=2000)
        window.bench.plane.setFocus()
        qtbot.keyClick(window.bench.plane, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        image = QGuiApplication.clipboard().image()
        assert (image.width(), image.height()) == (8, 8)
        assert image.pixelColor(3, 3).red() == level


def test_that_only_what_exists_can_be_saved(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        can = {
            name: window.bench.actions[f"export{name}Action"]
            for name in ("Probe", "Walk", "Tray", "Selection")
        }
        assert {name: action.isEnabled() for name, action in can.items()} == {
            "Probe": True, "Walk": False, "Tray": False, "Selection": False,
        }  # fmt: skip
        window.workspace.do(SetPins(pins=((0.0, 0.0), (1.0, 1.0))))
        window.workspace.do(SelectImage(index=3))
        qtbot.waitUntil(lambda: all(action.isEnabled() for action in can.values()), timeout=2000)
        window.workspace.do(SelectImage(index=None))
        assert not can["Selection"].isEnabled()


def test_that_a_drag_asks_the_entries_once_not_at_every_move(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        asked: list[bool] = []
        window.bench.actions.add(
            [Entry("askedAction", "&Help", "Asked", lambda: None, "", enabled=lambda: not asked.append(True))]
        )
        asked.clear()
        for number in range(50):
            window.workspace.do(MoveProbe(z=(number / 50, 0.0)))
        assert not asked
        qtbot.waitUntil(lambda: len(asked) == 1, timeout=2000)


def test_that_before_a_model_is_there_nothing_can_be_done_to_it(qtbot: QtBot, tmp_path: Path) -> None:
    renderer = FakeRenderer()
    with open_window(qtbot, tmp_path, renderer) as window:
        window.workspace.model = None
        window.bench.actions.refresh()
        for name in (
            "randomProbeAction",
            "originAction",
            "pinHereAction",
            "copyProbeAction",
            "allDataAction",
        ):
            assert not window.bench.actions[name].isEnabled(), name


def test_that_the_theme_changes_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.actions["darkThemeAction"].trigger()
        assert window.theming.theme is Theme.DARK
        qtbot.waitUntil(lambda: window.palette().window().color().lightness() < 60, timeout=1000)
        window.bench.actions["lightThemeAction"].trigger()
        qtbot.waitUntil(lambda: window.palette().window().color().lightness() > 200, timeout=1000)
        assert window.bench.actions["lightThemeAction"].isChecked()
        assert not window.bench.actions["darkThemeAction"].isChecked()


def test_that_panels_are_hidden_and_the_layout_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.actions["trayDockAction"].trigger()
        window.bench.docks.grid.setFloating(True)
        assert not window.bench.docks.tray.isVisible()
        window.bench.actions["resetLayoutAction"].trigger()
        assert window.bench.docks.tray.isVisible()
        assert not window.bench.docks.grid.isFloating()


def test_that_zooming_and_showing_all_reach_the_plane(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        scale = window.bench.plane.camera.scale
        bar = window.findChild(QToolBar, "toolbar")
        qtbot.mouseClick(bar.findChild(object, "zoomInButton"), Qt.MouseButton.LeftButton)
        assert window.bench.plane.camera.scale == pytest.approx(1.25 * scale)
        window.bench.actions["showAllAction"].trigger()
        assert window.bench.plane.camera.scale == pytest.approx(scale)


def test_that_all_keys_are_listed_and_the_mouse_too(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
        page = window.findChild(ShortcutsDialog)
        assert page.isVisible()
        heads = [page.table.topLevelItem(row) for row in range(page.table.topLevelItemCount())]
        keys = {head.child(row).text(0) for head in heads for row in range(head.childCount())}
        assert {"Drag the ring", "Ctrl+K", "Ctrl+Z", "P"} <= keys
        page.close()
