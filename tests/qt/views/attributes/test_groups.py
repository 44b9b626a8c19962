"""Groups by hand: lasso, Shift-click, gallery and buttons put pictures in; a gesture is one step to undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QPolygonF
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadRequest
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes import thumbnails
from latentlab.qt.views.attributes.groups import Groups, GroupStrip
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud
from latentlab.qt.views.latent_plane.group_marks import GroupMarks, outline
from latentlab.qt.views.latent_plane.lasso import inside
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.views.neighbours.view import Neighbours
from latentlab.qt.widgets.colours import CLASS_COLOURS, GROUP_COLOURS
from latentlab.qt.widgets.images import data_picture
from latentlab.session import groups
from latentlab.session.edits import ChangeData, HideClasses, SelectImage, SetLayers
from latentlab.session.own_edits import Gather, SetGroups
from latentlab.session.state import Layers, SessionState
from latentlab.session.switching import for_model
from tests.qt.fake_renderer import COUNT, FakeRenderer

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
NONE, BOTH = Qt.KeyboardModifier.NoModifier, SHIFT | Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def plane(qtbot: QtBot, workspace: Workspace) -> LatentPlane:
    made = LatentPlane(workspace)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made._loaded(workspace.model)
    made._encoded(workspace.encodings)
    made.show()
    qtbot.waitExposed(made)
    return made


def pixel(plane: LatentPlane, z: tuple[float, ...]) -> QPoint:
    return QPointF(*plane.camera.to_pixel(*z)).toPoint()


def lasso(qtbot: QtBot, plane: LatentPlane, box: tuple[int, int, int, int], keys: object = NONE) -> None:
    """Draws around a box (left, top, right, bottom), side by side."""
    left, top, right, bottom = box
    way = [QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)]
    qtbot.mousePress(plane, LEFT, keys, way[0])
    for place in way[1:]:
        qtbot.mouseMove(plane, place)
    qtbot.mouseRelease(plane, LEFT, keys, way[-1])


def within(plane: LatentPlane, mean: np.ndarray, box: tuple[int, int, int, int]) -> set[int]:
    """The pictures whose points lie in a box of the view."""
    found = set()
    for row, z in enumerate(mean):
        x, y = plane.camera.to_pixel(*map(float, z[:2]))
        if box[0] < x < box[2] and box[1] < y < box[3]:
            found.add(row)
    return found


BOX = (130, 80, 290, 230)


# The plane


def test_that_a_lasso_with_shift_gathers_what_is_in_it_as_one_step_and_leaves_the_probe(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    expected = within(plane, renderer.mean, BOX)
    assert 3 < len(expected) < COUNT - 3
    lasso(qtbot, plane, BOX, SHIFT)
    assert set(workspace.state.group_a) == expected
    assert (workspace.state.group_b, workspace.state.probe, workspace.undo_stack.count()) == (
        (),
        (0.0, 0.0),
        1,
    )
    workspace.undo_stack.undo()
    assert workspace.state.group_a == ()


def test_that_with_control_too_it_gathers_into_b_and_out_of_a(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    whole = (60, 1, 440, 398)
    lasso(qtbot, plane, whole, SHIFT)
    lasso(qtbot, plane, BOX, BOTH)
    expected = within(plane, renderer.mean, BOX)
    assert set(workspace.state.group_b) == expected
    assert set(workspace.state.group_a) == within(plane, renderer.mean, whole) - expected != set()


def test_that_a_shift_click_puts_a_point_in_and_takes_it_out_again(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    place = pixel(plane, tuple(map(float, renderer.mean[7])))
    qtbot.mouseClick(plane, LEFT, SHIFT, place)
    assert workspace.state.group_a == (7,)
    qtbot.mouseClick(plane, LEFT, BOTH, place)
    assert (workspace.state.group_a, workspace.state.group_b) == ((), (7,))
    qtbot.mouseClick(plane, LEFT, BOTH, place)
    assert workspace.state.group_b == ()
    assert workspace.undo_stack.count() == 3
    assert workspace.state.probe == (0.0, 0.0)


def test_that_where_there_is_nothing_it_says_so_and_nothing_is_done(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace
) -> None:
    qtbot.mouseClick(plane, LEFT, SHIFT, QPoint(2, 2))
    assert plane.gathering.words == "There is no point here."
    lasso(qtbot, plane, (1, 1, 12, 12), SHIFT)
    assert plane.gathering.words == "There are no points inside."
    workspace.do(SetLayers(layers=Layers(points=False)))
    lasso(qtbot, plane, BOX, SHIFT)
    assert "hidden" in plane.gathering.words
    assert (workspace.state.group_a, workspace.undo_stack.count()) == ((), 1)


def test_that_hidden_classes_are_not_gathered(qtbot: QtBot, plane: LatentPlane, workspace: Workspace) -> None:
    workspace.do(HideClasses(hidden=frozenset({1, 2})))
    lasso(qtbot, plane, (0, 0, 499, 399), SHIFT)
    assert {number % 3 for number in workspace.state.group_a} == {0}


def test_that_while_gathering_the_plain_mouse_draws_and_says_how_to_end(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace
) -> None:
    workspace.do(Gather(group=groups.B))
    assert plane.cursor().shape() == Qt.CursorShape.CrossCursor
    assert "Group B, 0 pictures" in plane.gathering.words
    lasso(qtbot, plane, BOX)
    assert workspace.state.group_b
    assert f"{len(workspace.state.group_b)} pictures" in plane.gathering.words
    assert workspace.state.probe == (0.0, 0.0)
    qtbot.keyClick(plane, Qt.Key.Key_Escape)
    assert (workspace.state.gathering, plane.gathering.words) == ("", "")
    assert plane.cursor().shape() == Qt.CursorShape.ArrowCursor
    qtbot.mouseClick(plane, LEFT, NONE, QPoint(60, 70))
    assert workspace.state.probe != (0.0, 0.0)


def test_that_escape_drops_a_lasso_that_is_being_drawn(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace
) -> None:
    qtbot.mousePress(plane, LEFT, SHIFT, QPoint(10, 10))
    qtbot.mouseMove(plane, QPoint(490, 10))
    qtbot.mouseMove(plane, QPoint(490, 390))
    qtbot.keyClick(plane, Qt.Key.Key_Escape)
    qtbot.mouseRelease(plane, LEFT, SHIFT, QPoint(10, 390))
    assert (workspace.state.group_a, workspace.state.probe) == ((), (0.0, 0.0))


def test_that_a_pan_while_gathering_leaves_the_cross(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace
) -> None:
    workspace.do(Gather(group=groups.A))
    qtbot.mousePress(plane, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    qtbot.mouseMove(plane, QPoint(130, 80))
    qtbot.mouseRelease(plane, Qt.MouseButton.RightButton, pos=QPoint(130, 80))
    assert plane.cursor().shape() == Qt.CursorShape.CrossCursor


def test_that_members_are_marked_in_the_colour_of_their_group(
    plane: LatentPlane, workspace: Workspace
) -> None:
    def count(group: str) -> int:
        image, ink = plane.grab().toImage(), QColor(GROUP_COLOURS[group]).rgb()
        return sum(image.pixel(x, y) == ink for x in range(image.width()) for y in range(image.height()))

    assert count(groups.A) == count(groups.B) == 0
    workspace.do(SetGroups(group_a=(3, 4), group_b=(7,)))
    assert count(groups.A) > 10
    assert count(groups.B) > 10
    workspace.undo_stack.undo()
    assert count(groups.A) == count(groups.B) == 0


def test_that_no_class_has_the_colour_of_a_group() -> None:
    assert not set(GROUP_COLOURS.values()) & {colour for every in CLASS_COLOURS.values() for colour in every}


# Its parts


def test_that_a_path_goes_around_what_is_inside_of_any_shape_and_not_what_is_out_of_sight() -> None:
    random = np.random.default_rng(0)
    camera = Camera(0.3, -0.2, 60.0, 300, 200)
    points = random.uniform(-4, 4, (3000, 2)).astype(np.float32)
    cloud = Cloud.of(points, np.zeros(3000, np.uint32))
    # An L, beyond the left edge of the view too.
    path = [(-80, 20), (120, 20), (120, 100), (220, 100), (220, 180), (-80, 180)]
    rows = inside(QPolygonF([QPointF(*corner) for corner in path]), cloud, camera)
    x, y = camera.to_pixel(points[:, 0], points[:, 1])
    expected = (x >= 0) & (y > 20) & (y < 180) & ((x < 120) | ((x < 220) & (y > 100)))
    near = np.zeros(3000, bool)  # of an edge, where a pixel decides
    for edge, value in ((x, 0), (x, 120), (x, 220), (y, 20), (y, 100), (y, 180)):
        near |= np.abs(edge - value) < 1.5
    taken = np.zeros(3000, bool)
    taken[rows] = True
    assert np.array_equal(taken[~near], expected[~near])
    assert taken.sum() > 300


def test_that_ring_and_square_are_closed_and_hollow() -> None:
    ring, square = set(outline(13, 5.5, 3.5, False)), set(outline(13, 5.5, 3.5, True))
    for shape in (ring, square):
        assert (6, 6) not in shape
        assert {(across, 12 - down) for across, down in shape} == shape
        assert {(6, 1), (1, 6), (11, 6), (6, 11)} <= shape
    assert (1, 1) in square
    assert (1, 1) not in ring


def test_that_members_without_a_place_are_not_marked() -> None:
    marks, mean = GroupMarks(), np.zeros((4, 2), np.float32)
    some = EncodingsReply(1, mean, mean, 10)
    marks.place(SessionState(group_a=(1, 8), group_b=(9,)), some, Projection.pair(0, 1, 2))
    assert marks.clouds["a"].row.tolist() == [1]
    assert marks.clouds["b"] is None
    marks.place(SessionState(group_a=(1,)), some, Projection.pair(0, 1, 3))
    assert marks.clouds["a"] is None


# The strips


@pytest.fixture
def board(qtbot: QtBot, workspace: Workspace) -> Groups:
    made = Groups(workspace)
    qtbot.addWidget(made)
    made.resize(260, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_that_the_strips_have_their_names_and_say_how_many_there_are(
    board: Groups, workspace: Workspace
) -> None:
    a, b = board.findChild(GroupStrip, "groupA"), board.findChild(GroupStrip, "groupB")
    workspace.do(SetGroups(group_a=(3, 4), group_b=(7,)))
    assert "2 pictures" in a.count.text()
    assert b.count.text().endswith("1 picture")
    assert a.thumbs.members.numbers == (3, 4)


def test_that_the_lasso_button_shows_whether_it_is_on(
    qtbot: QtBot, board: Groups, workspace: Workspace
) -> None:
    qtbot.mouseClick(board.a.lasso, LEFT)
    assert (workspace.state.gathering, board.a.lasso.isChecked(), board.b.lasso.isChecked()) == (
        "a",
        True,
        False,
    )
    qtbot.mouseClick(board.b.lasso, LEFT)
    assert (workspace.state.gathering, board.a.lasso.isChecked(), board.b.lasso.isChecked()) == (
        "b",
        False,
        True,
    )
    qtbot.mouseClick(board.b.lasso, LEFT)
    assert workspace.state.gathering == ""
    assert not board.b.lasso.isChecked()


def test_that_the_selected_picture_can_be_added_and_all_be_cleared(
    qtbot: QtBot, board: Groups, workspace: Workspace
) -> None:
    assert not board.a.add.isEnabled()
    assert not board.a.clear.isEnabled()
    workspace.do(SelectImage(index=5))
    qtbot.mouseClick(board.a.add, LEFT)
    assert workspace.state.group_a == (5,)
    assert not board.a.add.isEnabled(), "it is in already"
    qtbot.mouseClick(board.a.clear, LEFT)
    assert workspace.state.group_a == ()
    workspace.undo_stack.undo()
    assert workspace.state.group_a == (5,)


def test_that_a_click_selects_a_member_and_delete_takes_it_out(
    qtbot: QtBot, board: Groups, workspace: Workspace, renderer: FakeRenderer
) -> None:
    workspace.do(SetGroups(group_a=(3, 4, 5)))
    strip = board.a.thumbs
    qtbot.mouseClick(strip.viewport(), LEFT, pos=strip.place_of(4).toPoint())
    assert workspace.state.selected == 4
    assert workspace.state.probe == pytest.approx(tuple(map(float, renderer.mean[4])))
    qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert workspace.state.group_a == (3, 5)
    qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert workspace.state.group_a == (3,), "the next in its place is the current one now"
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert workspace.state.group_a == (3, 4, 5)


def test_that_the_context_menu_takes_a_member_out(qtbot: QtBot, board: Groups, workspace: Workspace) -> None:
    workspace.do(SetGroups(group_b=(3, 4, 5)))
    strip = board.b.thumbs
    place = strip.place_of(5).toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, strip.viewport().mapToGlobal(place))
    QApplication.sendEvent(strip.viewport(), event)
    (menu,) = strip.findChildren(QMenu)
    menu.actions()[0].trigger()
    menu.close()
    assert workspace.state.group_b == (3, 4)


def test_that_of_a_large_group_only_the_pictures_in_sight_are_made(
    board: Groups, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(images: np.ndarray, number: int) -> np.ndarray:
        made.append(number)
        return data_picture(images, number)

    monkeypatch.setattr(thumbnails, "data_picture", counted)
    workspace.do(SetGroups(group_a=tuple(range(COUNT))))
    board.grab()
    assert 0 < len(set(made)) < 15


def test_that_other_data_empty_the_groups_and_undo_brings_them_back(
    qtbot: QtBot, board: Groups, workspace: Workspace
) -> None:
    workspace.do(SetGroups(group_a=(3,), group_b=(4,)))
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        workspace.do(ChangeData(split="train"))
    assert board.a.thumbs.members.numbers == ()
    with qtbot.waitSignal(workspace.encoded, timeout=3000):
        workspace.undo_stack.undo()
    assert (workspace.state.group_a, board.a.thumbs.members.numbers) == ((3,), (3,))


class OwnData(FakeRenderer):
    """A model that is opened on its own data, whatever was asked for."""

    def serve(self, request: Request) -> Iterator[Reply | None]:
        if isinstance(request, LoadRequest) and request.model == "stubborn":
            request = replace(request, data="its own")
        yield from super().serve(request)


class TestOwnData:
    @pytest.fixture
    def renderer(self) -> FakeRenderer:
        return OwnData()

    def test_that_groups_go_over_to_another_model_but_not_to_other_pictures(
        self, qtbot: QtBot, board: Groups, workspace: Workspace
    ) -> None:
        workspace.do(SetGroups(group_a=(3,), group_b=(4,)))
        for model, group in (("another", (3,)), ("stubborn", ())):
            with qtbot.waitSignal(workspace.encoded, timeout=3000):
                workspace.open(for_model(workspace.state, model))
            assert (workspace.state.group_a, board.a.thumbs.members.numbers) == (group, group)


def test_that_a_direction_can_be_made_only_of_two_groups_and_it_says_why_not(
    board: Groups, workspace: Workspace
) -> None:
    assert not board.make.isEnabled()
    assert "both groups" in board.note.text()
    workspace.do(SetGroups(group_a=(3,), group_b=(4,)))
    assert board.make.isEnabled()
    assert "4 or more" in board.note.text()
    workspace.do(SetGroups(group_a=(0, 1, 2, 3), group_b=(4, 5, 6, 7)))
    assert board.note.isHidden()


# The gallery


def test_that_neighbours_go_into_a_group_by_their_context_menu_one_or_all(
    qtbot: QtBot, workspace: Workspace
) -> None:
    gallery = Neighbours(workspace)
    qtbot.addWidget(gallery)
    gallery.resize(260, 300)
    gallery.show()
    qtbot.waitUntil(lambda: gallery.buttons[0].row is not None, timeout=2000)
    button = gallery.buttons[2]

    def choose(line: int) -> None:
        place = button.rect().center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, button.mapToGlobal(place))
        QApplication.sendEvent(button, event)
        menu = gallery.findChild(QMenu, "groupMenu")
        [action for action in menu.actions() if not action.isSeparator()][line].trigger()
        menu.close()
        menu.setObjectName("")

    choose(0)
    assert workspace.state.group_a == (button.row,)
    choose(0)
    assert workspace.state.group_a == ()
    choose(3)
    assert sorted(workspace.state.group_b) == sorted(one.row for one in gallery.buttons)
