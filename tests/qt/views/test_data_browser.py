"""The data browser under mouse and keys, linked with the session."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from latentlab.core.columns import Numbers
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.views.data_browser.cells import Cells
from latentlab.qt.views.data_browser.tiles import _strip
from latentlab.qt.views.data_browser.view import DataBrowser
from latentlab.session.edits import HideClasses
from latentlab.session.own_edits import SetGroups
from latentlab.session.picture_rows import PictureRows
from latentlab.session.point_edits import FindPoints
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.waiting import until_idle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> DataBrowser:
    made = DataBrowser(workspace)
    qtbot.addWidget(made)
    made.resize(460, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def click(view: DataBrowser, place: int, modifiers: Qt.KeyboardModifier | None = None) -> None:
    middle = view.grid.rect_of(place).center()
    hands = modifiers or Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, hands, middle)


@given(st.integers(1, 500), st.integers(1, 900), st.integers(16, 90), st.integers(0, 20))
def test_that_every_cell_is_found_at_its_corner_and_every_row_between(
    count: int, width: int, side: int, caption: int
) -> None:
    cells = Cells(count, width, (side, side), caption)
    places = [cells.at(x + 0.5, y + 0.5) for x, y in map(cells.corner, range(count))]
    assert places == list(range(count))
    assert cells.at(cells.across * cells.columns, 0) is None
    assert list(cells.between(0, cells.height)) == list(range(cells.rows))


@pytest.mark.parametrize(("channels", "side"), [(1, 8), (3, 8), (1, 24), (3, 4), (1, 3)])
def test_that_a_strip_keeps_each_picture_to_itself(channels: int, side: int) -> None:
    pictures = np.zeros((3, channels, 8, 8), dtype=np.uint8)
    pictures[1] = 200
    strip = _strip(pictures, side, side)
    assert strip.shape == (side, 3, side)
    assert [set(np.unique(strip[:, place] & 0xFF).tolist()) for place in range(3)] == [{0}, {200}, {0}]


def test_that_the_usual_order_is_named_in_full(view: DataBrowser) -> None:
    box, option = view.bar.sort, QStyleOptionComboBox()
    box.initStyleOption(option)
    place = QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, place, box)
    assert box.currentText() == "Picture number"
    assert box.fontMetrics().horizontalAdvance(box.currentText()) <= room.width()


def test_that_clicks_select_here_and_in_the_session_and_undo(
    workspace: Workspace, renderer: FakeRenderer, view: DataBrowser
) -> None:
    click(view, 3)
    assert (workspace.state.selected, view.chosen.tolist()) == (3, [3])
    assert workspace.state.probe == (0.0, 0.0), "a click selects; a double-click moves the probe"
    click(view, 6, _SHIFT)
    assert view.chosen.tolist() == [3, 4, 5, 6]
    click(view, 4, _CTRL)
    assert view.chosen.tolist() == [3, 5, 6]
    assert "3 selected" in view.bar.heading.text()
    QTest.mouseDClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=view.grid.rect_of(5).center())
    assert workspace.state.probe == pytest.approx(tuple(map(float, renderer.mean[5])))
    workspace.undo_stack.undo()
    assert workspace.state.probe == (0.0, 0.0)
    viewport, columns = view.grid.viewport(), view.grid.cells.columns
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=view.grid.rect_of(columns + 2).center())
    QTest.mouseMove(viewport, view.grid.rect_of(1).center())
    assert workspace.state.selected == columns + 2, "not at every move"
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=view.grid.rect_of(1).center())
    assert sorted(view.chosen.tolist()) == [1, 2, columns + 1, columns + 2]
    assert workspace.state.selected == 1
    workspace.select(50)
    until_idle()
    assert view.chosen.tolist() == [50], "what is selected in the plane is shown here"
    box = view.grid.rect_of(50)
    assert view.grid.viewport().rect().intersects(box)


def test_that_keys_go_from_picture_to_picture_and_letters_to_a_caption(
    workspace: Workspace, view: DataBrowser
) -> None:
    click(view, 0)
    columns = view.grid.cells.columns
    for key, hands, expected in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, [1]),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, [1 + columns]),
        (Qt.Key.Key_Left, _SHIFT, [columns, columns + 1]),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, [COUNT - 1]),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, [0]),
        (Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier, [2]),
        (Qt.Key.Key_A, _CTRL, list(range(COUNT))),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, []),
    ):
        QTest.keyClick(view.grid, key, hands)
        assert view.chosen.tolist() == expected, key
    assert workspace.state.selected is None


def test_that_pictures_are_sorted_filtered_by_the_legend_and_keep_their_place(
    workspace: Workspace, view: DataBrowser
) -> None:
    view.bar.sort.setCurrentIndex(view.bar.sort.findData("class"))
    assert view.shown.tolist() == sorted(range(COUNT), key=lambda row: (row % 3, row))
    view.bar.down.click()
    assert view.shown.tolist() == sorted(range(COUNT), key=lambda row: (-(row % 3), row))
    workspace.do(HideClasses(hidden=frozenset({2})))
    assert set((view.shown % 3).tolist()) == {0, 1}
    assert view.bar.heading.text().startswith("40 of 60")
    click(view, 20)
    number = int(view.shown[20])
    top = view.grid.rect_of(20).top()
    workspace.do(HideClasses(hidden=frozenset()))
    place = view.grid.choice.place_of(number)
    assert place is not None
    bar = view.grid.verticalScrollBar()
    assert view.grid.rect_of(place).top() == top or bar.value() in (0, bar.maximum())
    assert view.chosen.tolist() == [number]


def test_that_what_is_looked_for_here_is_looked_for_in_the_plane_and_back(
    qtbot: QtBot, workspace: Workspace, view: DataBrowser
) -> None:
    qtbot.keyClicks(view.bar.line, "number < 12 and not b")
    until_idle()
    assert workspace.state.points.find == "number < 12 and not b"
    assert view.shown.tolist() == [row for row in range(12) if row % 3 != 1]
    workspace.undo_stack.undo()
    until_idle()
    assert (view.bar.line.text(), len(view.shown)) == ("", COUNT)
    workspace.do(FindPoints(find="nonsense < 3"))
    until_idle()
    assert "nonsense" in view.bar.note.text()
    assert view.bar.note.isVisible()
    assert view.bar.line.text() == "nonsense < 3"
    qtbot.keyClick(view.bar.line, Qt.Key.Key_Escape)
    until_idle()
    assert not view.bar.note.isVisible()
    assert view.grid._inks is not None, "a line in the colour of the point"


def test_that_a_figure_is_computed_when_the_pictures_are_sorted_by_it(
    qtbot: QtBot, renderer: FakeRenderer, workspace: Workspace, view: DataBrowser
) -> None:
    renderer.figures = ("elbo",)
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        workspace.open(workspace.state)
    view.bar.sort.setCurrentIndex(view.bar.sort.findData("elbo"))
    until_idle()
    elbo = facts_of(workspace).columns.columns["elbo"]
    assert isinstance(elbo, Numbers)
    assert view.shown.tolist() == np.argsort(elbo.values, kind="stable").tolist()
    view.bar.caption.setCurrentIndex(view.bar.caption.findData("elbo"))
    assert "ELBO: " in view.grid.tip(3)
    assert not view.bar.note.isVisible()


def test_that_the_mouse_points_in_the_plane_and_ctrl_wheel_resizes(
    workspace: Workspace, renderer: FakeRenderer, view: DataBrowser
) -> None:
    viewport = view.grid.viewport()
    QTest.mouseMove(viewport, view.grid.rect_of(7).center())
    assert workspace.state.pointed == pytest.approx(tuple(map(float, renderer.mean[7])))
    assert "Picture number: 7" in view.grid.tip(7)
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert workspace.state.pointed is None
    before, place = view.grid.side, QPointF(40, 40)
    turn = QWheelEvent(
        place, viewport.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, _CTRL,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, turn)
    assert view.grid.side > before
    assert view.grid.sides[view.bar.larger.value()] == view.grid.side


def test_that_the_menu_puts_the_selection_into_a_group_that_is_marked_here(
    workspace: Workspace, view: DataBrowser
) -> None:
    click(view, 1)
    click(view, 2, _SHIFT)
    view.grid.menu_wanted.emit(QPoint())
    menu = view.findChild(QMenu, "dataBrowserMenu")
    next(action for action in menu.actions() if "group &A" in action.text()).trigger()
    menu.close()
    assert workspace.state.group_a == (1, 2)
    assert view.grid.badges.marked(view.shown, np.zeros(COUNT, dtype=bool)).tolist() == [1, 2]
    workspace.do(SetGroups(group_b=(9,)))
    assert view.grid.badges.marked(view.shown, np.zeros(COUNT, dtype=bool)).tolist() == [2, 9]
    assert [(one.title, len(one.numbers)) for one in view.offers()] == [
        ("Selected pictures", 2), ("Group B", 1), ("All pictures", COUNT),
    ]  # fmt: skip


def test_that_pictures_of_no_model_are_shown_with_what_can_be_done(
    qtbot: QtBot, workspace: Workspace, view: DataBrowser
) -> None:
    images = np.zeros((40_000, 3, 16, 16), dtype=np.uint8)
    view.show_pictures(PictureRows("/home/me/cats", "all", images, testing=10))
    until_idle()
    assert view.banner.isVisible()
    assert "40,000 pictures of cats" in view.banner.words.text()
    assert not view.banner.plane.isVisible(), "the model takes no such pictures"
    click(view, 2)
    assert (view.chosen.tolist(), workspace.state.selected) == ([2], None)
    qtbot.keyClicks(view.bar.line, "number < 3")
    qtbot.waitUntil(lambda: len(view.shown) == 3, timeout=3000)
    assert workspace.state.points.find == "", "the plane shows other pictures"
    qtbot.keyClicks(view.bar.line, "(")
    qtbot.waitUntil(view.bar.note.isVisible, timeout=3000)
    qtbot.keyClick(view.bar.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(view.shown) == 40_000, timeout=3000)
    view.bar.sort.setCurrentIndex(view.bar.sort.findData("split"))
    view.bar.down.click()
    qtbot.waitUntil(lambda: int(view.shown[0]) == 10, timeout=3000)
    with qtbot.waitSignal(view.train_wanted) as wanted:
        qtbot.mouseClick(view.banner.train, Qt.MouseButton.LeftButton)
    assert wanted.args == ["/home/me/cats"]
    qtbot.mouseClick(view.banner.back, Qt.MouseButton.LeftButton)
    assert view.linked
    assert len(view.shown) == COUNT
    assert not view.banner.isVisible()


def test_that_a_model_without_its_pictures_says_what_to_do(workspace: Workspace, view: DataBrowser) -> None:
    view.show_pictures(PictureRows("gone", "test", np.zeros((0, 1, 8, 8), dtype=np.uint8)))
    view.grab()
    QTest.keyClick(view.grid, Qt.Key.Key_Down)
    assert "without its pictures" in view.grid.empty
    assert view.offers() == []
