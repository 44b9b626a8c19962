"""The workspaces: the bar that switches, one session across all, and where the keyboard goes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.models.capabilities import Capability
from latentlab.qt.clients import render_thread
from latentlab.qt.shell.focus_chain import is_stop
from latentlab.qt.shell.gallery.chip import ModelChip, Shown
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.shell.workspace_bar import WorkspaceBar
from latentlab.qt.views.diffusion import view as diffusion_view
from latentlab.session.edits import MoveProbe
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    # No model is drawn from or compared while it is looked where the keyboard goes.
    monkeypatch.setattr(diffusion_view, "suited_to", lambda data: None)
    monkeypatch.setattr(render_thread, "_made", lambda module, name: FakeRenderer())
    with open_window(qtbot, tmp_path) as made:
        yield made


def button(window: LabWindow, name: str) -> QToolButton:
    found = window.findChild(QToolButton, f"workspace_{name}")
    assert found is not None
    return found


def test_that_buttons_and_keys_switch_and_probe_and_undo_go_along(qtbot: QtBot, window: LabWindow) -> None:
    bench = window.bench
    window.resize(1280, 860)
    large = {
        "explore": bench.plane, "attributes": bench.attributes, "diffusion": bench.diffusion,
        "train": bench.training,
    }  # fmt: skip
    assert window.findChild(QWidget, "workspaceBar").isVisible()
    assert bench.workspaces.current == "explore"
    told: list[str] = []
    bench.workspaces.changed.connect(told.append)
    for number, (name, view) in enumerate(large.items()):
        window.workspace.do(MoveProbe(z=(number + 1.0, 0.0)))
        if number % 2:
            qtbot.mouseClick(button(window, name), LEFT)
        else:
            qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.ControlModifier)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert view is focus or view.isAncestorOf(focus), "the keyboard is in what is large"
        until_idle()
        assert bench.workspaces.current == name
        assert [one for one in large if button(window, one).isChecked()] == [name]
        assert window.centralWidget().isAncestorOf(view)
        assert view.isVisible()
        assert view.width() > 0.45 * window.width(), name
        assert bench.plane.isVisible(), "large or as a companion"
    assert told == ["attributes", "diffusion", "train"]
    for number in (3, 2, 1):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert window.workspace.state.probe == (float(number), 0.0)
    assert bench.workspaces.current == "train", "undo is of what was made, not of where one looks"


def test_that_a_workspace_that_the_open_model_cannot_use_says_why_and_stays_shut(
    qtbot: QtBot, window: LabWindow
) -> None:
    workspace, workspaces = window.workspace, window.bench.workspaces
    assert workspace.model is not None
    cannot = frozenset(Capability) - {Capability.DECODES}
    workspace.model = replace(workspace.model, capabilities=cannot)
    workspace.loaded.emit(workspace.model)
    assert not button(window, "attributes").isEnabled()
    assert "has no latent space" in button(window, "attributes").toolTip()
    assert not window.bench.actions["attributesWorkspaceAction"].isEnabled()
    workspaces.show("attributes")
    assert workspaces.current == "explore"
    for name in ("diffusion", "train"):
        assert button(window, name).isEnabled(), name
    workspace.model = replace(workspace.model, capabilities=frozenset(Capability))
    workspace.loaded.emit(workspace.model)
    assert button(window, "attributes").isEnabled()
    assert "(Ctrl+2)" in button(window, "attributes").toolTip()


def test_that_a_workspace_without_anything_to_show_offers_the_one_where_the_model_can_be_used(
    qtbot: QtBot, window: LabWindow
) -> None:
    workspace, workspaces = window.workspace, window.bench.workspaces
    assert workspace.model is not None
    elsewhere = window.findChild(QWidget, "elsewhere")
    assert not elsewhere.isVisible(), "the plane has something to show"
    workspace.model = replace(workspace.model, capabilities=frozenset({Capability.TRANSLATES}))
    workspace.loaded.emit(workspace.model)
    until_idle()
    assert workspaces.current == "translate"
    assert not elsewhere.isVisible()
    qtbot.mouseClick(button(window, "explore"), LEFT)
    until_idle()
    assert elsewhere.isVisible()
    assert elsewhere.geometry() == window.bench.docks.place_of(workspaces.spec.centre).content.geometry()
    assert elsewhere.isAncestorOf(QApplication.focusWidget()), "a key press goes there"
    words = elsewhere.findChild(QLabel, "elsewhereWords").text()
    assert "has no latent space" in words
    assert words.endswith("There is a workspace for such models: Translate.")
    qtbot.mouseClick(elsewhere.findChild(QPushButton, "elsewhereGo"), LEFT)
    until_idle()
    assert workspaces.current == "translate"
    assert not elsewhere.isVisible()
    workspace.model = replace(workspace.model, capabilities=frozenset({Capability.SAMPLES}))
    workspace.loaded.emit(workspace.model)
    until_idle()
    assert workspaces.current == "explore"
    assert not elsewhere.isVisible(), "its samples are there instead of a plane"


def test_that_the_workspaces_after_the_ninth_have_ctrl_shift_and_a_digit(
    qtbot: QtBot, window: LabWindow
) -> None:
    bench = window.bench
    keys = [bench.actions[f"{name}WorkspaceAction"].shortcut().toString() for name in bench.workspaces.specs]
    assert keys[8:11] == ["Ctrl+9", "Ctrl+Shift+1", "Ctrl+Shift+2"]
    assert len(set(keys)) == len(keys)
    place = list(bench.workspaces.specs).index("stage2d") - 9
    assert f"(Ctrl+Shift+{place + 1})" in button(window, "stage2d").toolTip()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + place), both)
    assert bench.workspaces.current == "stage2d"


def test_that_words_beside_icons_are_there_where_there_is_room_and_never_keep_the_window_wide(
    window: LabWindow,
) -> None:
    save = window.findChild(QToolButton, "saveProjectButton")
    window.resize(2400, 800)
    until_idle()
    assert save.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    assert save.minimumSizeHint().width() < save.sizeHint().width()
    window.resize(window.minimumSizeHint().width(), 800)
    until_idle()
    assert save.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    assert save.isVisible()


def test_that_a_floating_panel_floats_again_when_its_workspace_comes_back_until_the_layout_is_reset(
    window: LabWindow,
) -> None:
    docks, workspaces = window.bench.docks, window.bench.workspaces
    docks.probe.setFloating(True)
    until_idle()
    workspaces.show("diffusion")
    until_idle()
    assert not docks.probe.isFloating()
    assert docks.probe.isVisible()
    workspaces.show("compare")
    assert not docks.probe.isVisible()
    workspaces.show("explore")
    until_idle()
    assert docks.probe.isFloating()
    assert docks.probe.isVisible()
    workspaces.reset()
    until_idle()
    assert not docks.probe.isFloating()
    assert docks.in_front(docks.probe)


def test_that_panels_follow_a_window_that_grows_until_a_person_gives_them_a_width(
    window: LabWindow,
) -> None:
    bench = window.bench
    window.resize(1200, 800)
    for name in ("diffusion", "explore"):
        bench.workspaces.show(name)
        bench.workspaces.reset()
        until_idle()
    narrow = bench.docks.probe.width()
    for width in (1600, 2000, 2400):
        window.resize(width, 1300)
        until_idle()
    assert bench.docks.probe.width() == pytest.approx(2 * narrow, abs=8)
    bench.workspaces.show("diffusion")
    until_idle()
    assert bench.docks.plane.width() == pytest.approx(0.26 * 2400, abs=30), "also where nobody looked"
    bench.workspaces.show("explore")
    window.resizeDocks([bench.docks.probe], [500], Qt.Orientation.Horizontal)
    until_idle()
    window.resize(2000, 1300)
    until_idle()
    assert bench.docks.probe.width() == pytest.approx(500, abs=2)


def test_that_tab_walks_through_every_workspace_without_a_hidden_stop_or_a_trap(
    qtbot: QtBot, window: LabWindow
) -> None:
    for name in window.bench.workspaces.specs:
        window.bench.workspaces.show(name)
        until_idle()
        for forward in (True, False):
            walked = walk(qtbot, name, forward)
            missed = [
                one.objectName() or type(one).__name__
                for one in window.findChildren(QWidget)
                if is_stop(one) and one.window() is window and one not in walked
            ]
            assert not missed, f"{name}: never reached"


def walk(qtbot: QtBot, name: str, forward: bool) -> list[QWidget]:
    """Where the focus goes until it is at the first place again."""
    walked: list[QWidget] = []
    key = Qt.Key.Key_Tab if forward else Qt.Key.Key_Backtab
    for _ in range(400):
        qtbot.keyClick(QApplication.focusWidget(), key)
        QApplication.processEvents()
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in walked:
            assert focus is walked[0], f"{name}: a trap at {focus.objectName()}"
            return walked
        assert in_sight(focus), f"{name}: {focus.objectName()} is a hidden stop"
        walked.append(focus)
    raise AssertionError("no end")


def in_sight(widget: QWidget) -> bool:
    """Whether some of it is on the screen, now that it has the focus."""
    return not widget.visibleRegion().isEmpty()


def test_that_the_keyboard_leaves_a_panel_that_goes_behind_another_tab(
    qtbot: QtBot, window: LabWindow
) -> None:
    docks = window.bench.docks
    grid = window.findChild(QWidget, "manifoldGrid")
    assert grid is not None
    docks.bring(docks.grid)
    until_idle()
    grid.setFocus()
    docks.bring(docks.dimensions)
    qtbot.waitUntil(lambda: docks.in_front(docks.dimensions), timeout=2000)
    until_idle()
    assert QApplication.focusWidget() is window.bench.plane


def test_that_a_presentation_shows_little_and_large_and_leaves_everything_as_it_was(
    qtbot: QtBot, window: LabWindow
) -> None:
    bench, action = window.bench, window.bench.actions["presentationAction"]
    window.resize(900, 700)
    bench.docks.dimensions.raise_()
    bench.docks.tray.hide()
    until_idle()
    size, letters = bench.probe.width(), QApplication.font().pointSizeF()
    qtbot.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    until_idle()
    assert action.isChecked()
    assert window.isFullScreen()
    assert QApplication.font().pointSizeF() > 1.3 * letters
    assert bench.plane.isVisible()
    assert bench.probe.width() > size
    for bare in (window.menuBar(), window.statusBar(), bench.docks.grid, bench.docks.dimensions):
        assert not bare.isVisible()
    assert window.findChild(QWidget, "workspaceBar").isVisible()
    leave = window.findChild(QToolButton, "endPresentationButton")
    assert leave.isVisible(), "who knows no key leaves by the mouse"
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    until_idle()
    assert bench.training.isVisible()
    assert bench.plane.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    until_idle()
    assert not action.isChecked()
    assert not leave.isVisible()
    assert not window.isFullScreen()
    assert QApplication.font().pointSizeF() == letters
    assert window.menuBar().isVisible()
    assert bench.docks.in_front(bench.docks.dimensions)
    assert not bench.docks.tray.isVisible()
    assert bench.docks.probe.titleBarWidget() is None


def test_that_f11_fills_the_screen_and_gives_it_back(qtbot: QtBot, window: LabWindow) -> None:
    for filled in (True, False):
        qtbot.keyClick(window, Qt.Key.Key_F11)
        assert window.isFullScreen() is filled
        assert window.bench.actions["fullScreenAction"].isChecked() is filled


def test_that_the_bar_has_room_for_a_widget_at_its_left(qtbot: QtBot, window: LabWindow) -> None:
    chip = QLabel("mnist-vae-2d")
    window.bench.bar.put_left(chip)
    until_idle()
    assert chip.isVisible()
    place = chip.mapTo(window.bench.bar, chip.rect().center())
    assert place.x() < button(window, "explore").x()
    assert isinstance(window.bench.docks.plane, QDockWidget)


def test_that_names_of_workspaces_are_whole_at_1024_whatever_model_is_open(
    qtbot: QtBot, window: LabWindow
) -> None:
    bar, chip = window.findChild(WorkspaceBar), window.findChild(ModelChip)
    # Of the rooms that a kind of model brings, one is there at a time.
    joining = [button for button in bar.buttons.values() if button.isHidden()]
    assert joining
    for width, room in itertools.product((1024, 2000, 1024), joining):
        window.resize(width, 600)
        chip.show_model(Shown("mnist-gaussian", "Gaussian", "mnist (test), 10,000", "mnist-ddpm"))
        for button in joining:
            button.setVisible(button is room)
        until_idle()
        for button in bar.buttons.values():
            needed = button.fontMetrics().horizontalAdvance(button.text())
            assert button.isHidden() or button.width() >= needed + 6, (width, button.text())
    assert bar.buttons["explore"].toolTip()
