"""The tray under mouse and keys."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.tray.view import Tray
from latentlab.qt.widgets.film_strip import PICTURE
from latentlab.session.bounds import MAX_PINS, TRAY_FULL
from latentlab.session.edits import MoveProbe, SetPins
from tests.qt.fake_renderer import picture_at
from tests.qt.waiting import until_idle

# The offscreen platform says so of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

A, B, C = (1.0, 0.0), (0.0, 2.0), (-1.0, -1.0)


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> Tray:
    made = Tray(workspace)
    qtbot.addWidget(made)
    made.resize(420, 170)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def full(qtbot: QtBot, workspace: Workspace, view: Tray) -> Tray:
    """The tray with pins A, B and C."""
    workspace.do(SetPins(pins=(A, B, C)))
    workspace.undo_stack.clear()
    qtbot.waitUntil(lambda: isinstance(view.strip.item(2).data(PICTURE), QImage), timeout=2000)
    return view


def button(view: Tray, name: str) -> QToolButton:
    found = view.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def click(qtbot: QtBot, view: Tray, name: str) -> None:
    qtbot.mouseClick(button(view, name), Qt.MouseButton.LeftButton)


def middle(view: Tray, row: int) -> QPoint:
    return view.strip.visualItemRect(view.strip.item(row)).center()


def test_that_pinning_the_probe_brings_its_numbered_picture(
    qtbot: QtBot, workspace: Workspace, view: Tray
) -> None:
    workspace.do(MoveProbe(z=A))
    click(qtbot, view, "pinProbe")
    assert workspace.state.pins == (A,)
    assert view.strip.item(0).text() == "1"
    qtbot.waitUntil(lambda: isinstance(view.strip.item(0).data(PICTURE), QImage), timeout=2000)
    assert view.strip.item(0).data(PICTURE).pixelColor(0, 0).red() == picture_at(A)[0, 0]
    assert view.strip.currentRow() == 0


def test_that_pinning_undoes_and_redoes(qtbot: QtBot, workspace: Workspace, view: Tray) -> None:
    click(qtbot, view, "pinProbe")
    workspace.undo_stack.undo()
    assert view.strip.count() == 0
    workspace.undo_stack.redo()
    assert view.strip.count() == 1


def test_that_pinning_twice_in_a_row_pins_once(qtbot: QtBot, workspace: Workspace, view: Tray) -> None:
    click(qtbot, view, "pinProbe")
    click(qtbot, view, "pinProbe")
    assert len(workspace.state.pins) == 1
    assert workspace.undo_stack.count() == 1


def test_that_a_click_on_a_pin_puts_the_probe_there(qtbot: QtBot, workspace: Workspace, full: Tray) -> None:
    qtbot.mouseClick(full.strip.viewport(), Qt.MouseButton.LeftButton, pos=middle(full, 1))
    assert workspace.state.probe == B
    assert workspace.undo_stack.count() == 1


def test_that_enter_puts_the_probe_at_the_chosen_pin(qtbot: QtBot, workspace: Workspace, full: Tray) -> None:
    full.strip.setCurrentRow(0)
    qtbot.keyClick(full.strip, Qt.Key.Key_Right)
    qtbot.keyClick(full.strip, Qt.Key.Key_Return)
    assert workspace.state.probe == B


def test_that_delete_removes_the_chosen_pin_and_the_next_is_chosen(
    qtbot: QtBot, workspace: Workspace, full: Tray
) -> None:
    full.activateWindow()
    full.strip.setFocus()
    full.strip.setCurrentRow(1)
    qtbot.keyClick(full.strip, Qt.Key.Key_Delete)
    assert workspace.state.pins == (A, C)
    assert full.strip.currentRow() == 1
    assert [full.strip.item(row).text() for row in range(2)] == ["1", "2"]
    workspace.undo_stack.undo()
    assert workspace.state.pins == (A, B, C)


def test_that_clear_takes_all_away_in_one_step(qtbot: QtBot, workspace: Workspace, full: Tray) -> None:
    click(qtbot, full, "clearPins")
    assert workspace.state.pins == ()
    assert not button(full, "clearPins").isEnabled()
    workspace.undo_stack.undo()
    assert workspace.state.pins == (A, B, C)


def test_that_alt_and_arrows_change_the_order_and_the_choice_goes_along(
    qtbot: QtBot, workspace: Workspace, full: Tray
) -> None:
    full.activateWindow()
    full.strip.setFocus()
    full.strip.setCurrentRow(0)
    qtbot.keyClick(full.strip, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert workspace.state.pins == (B, A, C)
    assert full.strip.currentRow() == 1
    qtbot.keyClick(full.strip, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert workspace.state.pins == (A, B, C)


@pytest.mark.parametrize(("row", "target", "pins"), [(0, 2, (B, C, A)), (2, 0, (C, A, B)), (0, 1, (B, A, C))])
def test_that_dragging_a_pin_changes_the_order_and_leaves_the_probe(
    qtbot: QtBot,
    workspace: Workspace,
    full: Tray,
    row: int,
    target: int,
    pins: tuple[tuple[float, float], ...],
) -> None:
    viewport, side = full.strip.viewport(), 10 if target > row else -10
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle(full, row))
    qtbot.mouseMove(viewport, middle(full, target))
    qtbot.mouseMove(viewport, middle(full, target) + QPoint(side, 0))
    full.strip.grab()  # the mark of the gap is painted
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle(full, target) + QPoint(side, 0))
    assert workspace.state.pins == pins
    assert workspace.state.probe == (0.0, 0.0)
    assert full.strip.currentRow() == target
    assert workspace.undo_stack.count() == 1


def test_that_a_pin_dragged_back_to_its_place_changes_nothing(
    qtbot: QtBot, workspace: Workspace, full: Tray
) -> None:
    viewport = full.strip.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle(full, 1))
    qtbot.mouseMove(viewport, middle(full, 2))
    qtbot.mouseMove(viewport, middle(full, 1))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle(full, 1))
    assert workspace.state.pins == (A, B, C)
    assert workspace.undo_stack.count() == 0


def test_that_passing_over_a_pin_points_at_its_place(qtbot: QtBot, workspace: Workspace, full: Tray) -> None:
    qtbot.mouseMove(full.strip.viewport(), middle(full, 2))
    assert workspace.state.pointed == C
    QApplication.sendEvent(full.strip.viewport(), QEvent(QEvent.Type.Leave))
    assert workspace.state.pointed is None


def test_that_what_cannot_be_done_is_not_offered(full: Tray) -> None:
    full.strip.setCurrentRow(0)
    assert not button(full, "pinLeft").isEnabled()
    assert button(full, "pinRight").isEnabled()
    full.strip.setCurrentRow(2)
    assert not button(full, "pinRight").isEnabled()
    full.strip.setCurrentRow(-1)
    assert not button(full, "removePin").isEnabled()


def test_that_the_context_menu_offers_what_concerns_the_pin(workspace: Workspace, full: Tray) -> None:
    full.strip.setCurrentRow(1)
    menu = full.made_menu()
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["Move probe here", "Move left", "Move right", "Remove", "Pin probe", "Clear"]
    full.visit_action.trigger()
    assert workspace.state.probe == B


def test_that_the_empty_tray_says_what_to_do(view: Tray) -> None:
    empty = view.strip.viewport().grab().toImage()
    ground = empty.pixelColor(2, 2)
    row = empty.height() // 2
    inked = [
        x for x in range(empty.width()) for y in range(row - 8, row + 8) if empty.pixelColor(x, y) != ground
    ]
    assert inked


def test_that_pictures_stay_while_the_order_changes(workspace: Workspace, full: Tray) -> None:
    full.strip.setCurrentRow(0)
    full.move_right()
    assert all(isinstance(full.strip.item(row).data(PICTURE), QImage) for row in range(3))


def test_that_pins_lie_side_by_side_and_the_panel_may_be_240_pixels_wide(
    qtbot: QtBot, workspace: Workspace, full: Tray
) -> None:
    assert full.minimumSizeHint().width() <= 240
    for width, height in ((240, 150), (420, 190), (900, 170)):
        full.resize(width, height)
        until_idle()
        boxes = [full.strip.visualItemRect(full.strip.item(row)) for row in range(3)]
        assert all(a.right() < b.left() for a, b in pairwise(boxes))
        assert all(box.height() <= full.strip.viewport().height() for box in boxes)


def test_that_a_full_tray_says_so_and_takes_no_more(qtbot: QtBot, workspace: Workspace, view: Tray) -> None:
    workspace.do(SetPins(pins=tuple((float(number), 0.0) for number in range(MAX_PINS))))
    assert not button(view, "pinProbe").isEnabled()
    assert button(view, "pinProbe").toolTip() == TRAY_FULL
    view.pin()
    assert len(workspace.state.pins) == MAX_PINS
    view.strip.setCurrentRow(0)
    view.remove_action.trigger()
    assert button(view, "pinProbe").isEnabled()
    click(qtbot, view, "pinProbe")
    assert len(workspace.state.pins) == MAX_PINS
