"""The nearest images: found while the probe moves, clicked, hovered, reached by key."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.neighbours import view as module
from latentlab.qt.views.neighbours.view import COUNT, Neighbours
from latentlab.session.edits import ChangeData, HideClasses, MoveProbe
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import until_idle

# What the offscreen platform says whenever a window is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> Neighbours:
    made = Neighbours(workspace)
    qtbot.addWidget(made)
    made.resize(330, 400)
    made.show()
    qtbot.waitUntil(lambda: made.buttons[-1].row is not None, timeout=2000)
    return made


def expected(renderer: FakeRenderer, z: Point, rows: list[int] | None = None) -> list[int]:
    rows = list(range(len(renderer.mean))) if rows is None else rows
    return sorted(rows, key=lambda row: float(np.linalg.norm(renderer.mean[row] - np.asarray(z))))[:COUNT]


def shown(view: Neighbours) -> list[int | None]:
    return [button.row for button in view.buttons if not button.isHidden()]


def test_that_the_nearest_images_follow_the_probe(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, view: Neighbours
) -> None:
    assert shown(view) == expected(renderer, (0.0, 0.0))
    workspace.do(MoveProbe(z=(1.0, -1.0)))
    qtbot.waitUntil(lambda: shown(view) == expected(renderer, (1.0, -1.0)), timeout=1000)


def test_that_a_thousand_moves_cost_a_few_searches_and_the_last_move_counts(
    qtbot: QtBot,
    workspace: Workspace,
    renderer: FakeRenderer,
    view: Neighbours,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searches: list[Point] = []
    search = module.nearest
    monkeypatch.setattr(
        module, "nearest", lambda *args, **more: (searches.append(args[1]), search(*args, **more))[1]
    )
    for number in range(1000):
        workspace.do(MoveProbe(z=(number / 999, 0.5)))
    assert len(searches) <= 1
    qtbot.waitUntil(lambda: shown(view) == expected(renderer, (1.0, 0.5)), timeout=1000)
    assert len(searches) <= 3


def test_that_nothing_is_searched_while_nobody_sees_it(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, view: Neighbours
) -> None:
    view.hide()
    before = shown(view)
    workspace.do(MoveProbe(z=(2.0, 2.0)))
    until_idle()
    assert [button.row for button in view.buttons] == before
    view.show()
    qtbot.waitUntil(lambda: shown(view) == expected(renderer, (2.0, 2.0)), timeout=1000)


def test_that_a_click_selects_the_image_and_sends_the_probe_to_its_mean(
    workspace: Workspace, renderer: FakeRenderer, view: Neighbours
) -> None:
    row = view.buttons[3].row
    assert row is not None
    QTest.mouseClick(view.buttons[3], Qt.MouseButton.LeftButton)
    assert workspace.state.selected == row
    assert workspace.state.probe == tuple(map(float, renderer.mean[row]))
    workspace.undo_stack.undo()
    assert workspace.state.selected is None


def test_that_hovering_marks_the_place_of_the_image(workspace: Workspace, view: Neighbours) -> None:
    button, place = view.buttons[2], QPointF(5, 5)
    QApplication.sendEvent(button, QEnterEvent(place, place, place))
    assert workspace.state.pointed == button.z
    QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
    assert workspace.state.pointed is None
    assert workspace.undo_stack.count() == 0


def test_that_the_mark_follows_when_another_image_comes_under_the_mouse(
    qtbot: QtBot, workspace: Workspace, view: Neighbours
) -> None:
    button, place = view.buttons[0], QPointF(5, 5)
    QApplication.sendEvent(button, QEnterEvent(place, place, place))
    before = button.row
    workspace.do(MoveProbe(z=(1.5, 1.5)))
    qtbot.waitUntil(lambda: button.row != before, timeout=1000)
    assert workspace.state.pointed == button.z


def test_that_keys_reach_mark_and_select_an_image(
    qtbot: QtBot, workspace: Workspace, view: Neighbours
) -> None:
    view.activateWindow()
    view.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.buttons[0].hasFocus, timeout=1000)
    QTest.keyClick(view.buttons[0], Qt.Key.Key_Tab)
    assert view.buttons[1].hasFocus()
    assert workspace.state.pointed == view.buttons[1].z
    row = view.buttons[1].row
    QTest.keyClick(view.buttons[1], Qt.Key.Key_Space)
    assert workspace.state.selected == row


def test_that_name_and_tooltip_tell_number_class_and_distance(view: Neighbours) -> None:
    button = view.buttons[0]
    assert button.row is not None
    name = f"Picture {button.row:,}, class {'abc'[button.row % 3]}"
    assert button.accessibleName() == name
    assert button.toolTip().startswith(f"{name}, at distance {np.hypot(*button.z):.3f} from the probe")


def test_that_the_same_pictures_of_other_classes_are_shown_as_of_those(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, view: Neighbours
) -> None:
    button = view.buttons[0]
    row, z = button.row, button.z
    assert row is not None
    renderer.labels = (renderer.labels + 1) % 3
    workspace.do(ChangeData(data="other"))
    name = f"Picture {row}, class {'abc'[(row + 1) % 3]}"
    qtbot.waitUntil(lambda: button.accessibleName() == name, timeout=3000)
    assert (button.row, button.z) == (row, z)
    assert button.toolTip().startswith(name)


def test_that_hidden_classes_are_left_out(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, view: Neighbours
) -> None:
    workspace.do(HideClasses(hidden=frozenset({0, 2})))
    rows = [row for row in range(60) if row % 3 == 1]
    qtbot.waitUntil(lambda: shown(view) == expected(renderer, (0.0, 0.0), rows), timeout=1000)
    workspace.do(HideClasses(hidden=frozenset({0, 1, 2})))
    qtbot.waitUntil(lambda: shown(view) == [], timeout=1000)
    assert view.note.isVisible()


def test_that_it_works_while_the_encodings_grow(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, view: Neighbours
) -> None:
    assert workspace.encodings is not None
    whole = workspace.encodings
    for count in (0, 3, 20):
        part = replace(whole, mean=whole.mean[:count], sigma=whole.sigma[:count])
        workspace.encodings = part
        workspace.encoded.emit(part)
        nearest = expected(renderer, (0.0, 0.0), list(range(count)))
        qtbot.waitUntil(lambda wanted=nearest: shown(view) == wanted, timeout=1000)
        assert view.note.isVisible() == (count == 0)


@pytest.mark.parametrize("width", [260, 330, 700])
def test_that_all_eight_are_inside_the_panel_however_narrow(
    qtbot: QtBot, view: Neighbours, width: int
) -> None:
    view.resize(width, 500)
    tops = [button.y() for button in view.buttons]
    assert all(view.rect().contains(button.geometry()) for button in view.buttons)
    assert len(set(tops)) == {260: 3, 330: 2, 700: 1}[width]
