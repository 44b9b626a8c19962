"""The manifold grid under mouse and keys, and the geometry of its cells."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.grids import GridReply, GridRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.manifold_grid.cells import Cells
from latentlab.qt.views.manifold_grid.view import ManifoldGrid
from latentlab.session.edits import LookAt, MoveProbe, PointAt, SetGrid
from latentlab.session.state import OVER_VIEW, GridSettings
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import pass_time, until_idle

# The offscreen platform says so of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

SIZE = 5
UNEVEN = Cells((-1.3, -0.5, 0.0, 0.5, 1.3), (-1.3, 0.0, 1.3), QRectF(10, 20, 100, 60))


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> ManifoldGrid:
    made = ManifoldGrid(workspace)
    qtbot.addWidget(made)
    made.resize(400, 520)
    made.show()
    workspace.do(SetGrid(grid=GridSettings(SIZE)))
    qtbot.waitUntil(lambda: made.picture.reply is not None and made.picture.reply.done, timeout=2000)
    qtbot.waitUntil(lambda: made.picture.cells is not None and len(made.picture.cells.up) == SIZE)
    workspace.undo_stack.clear()
    return made


def middle(view: ManifoldGrid, column: int, row: int) -> QPoint:
    assert view.picture.cells is not None
    return view.picture.cells.box_of((column, row)).center().toPoint()


def test_that_pixels_and_cells_agree_both_ways() -> None:
    for column in range(5):
        for row in range(3):
            assert UNEVEN.at(UNEVEN.box_of((column, row)).center()) == (column, row)
            assert UNEVEN.nearest(UNEVEN.place_of((column, row))) == (column, row)


def test_that_the_top_row_is_the_highest_and_places_outside_are_no_cell() -> None:
    assert UNEVEN.place_of((0, 0)) == (-1.3, 1.3)
    assert UNEVEN.at(QPointF(9, 30)) is None
    assert UNEVEN.at(QPointF(110, 80)) == (4, 2)
    assert UNEVEN.closest(QPointF(-500, 999)) == (0, 2)


def test_that_a_z_belongs_to_the_nearest_cell_of_uneven_axes_within_half_a_cell_of_the_ends() -> None:
    assert UNEVEN.holding((-0.8, 0.6)) == (1, 1)
    assert UNEVEN.holding((1.6, 0.0)) == (4, 1)
    assert UNEVEN.holding((1.8, 0.0)) is None
    assert UNEVEN.holding((0.0, -2.0)) is None


def test_that_a_click_sends_the_probe_to_the_cell_as_one_undoable_step(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid
) -> None:
    qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=middle(view, 4, 0))
    assert workspace.state.probe == (2.0, 2.0)
    assert view.picture.probe_cell == (4, 0)
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert workspace.state.probe == (0.0, 0.0)
    assert view.picture.probe_cell == (2, 2)


def test_that_a_drag_across_cells_takes_the_probe_along_in_one_step(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid
) -> None:
    qtbot.mousePress(view.picture, Qt.MouseButton.LeftButton, pos=middle(view, 0, 0))
    for column in range(1, 4):
        qtbot.mouseMove(view.picture, middle(view, column, column))
    qtbot.mouseRelease(view.picture, Qt.MouseButton.LeftButton, pos=middle(view, 3, 3))
    assert workspace.state.probe == (1.0, -1.0)
    assert workspace.undo_stack.count() == 1


def test_that_arrow_keys_move_the_probe_by_a_cell_and_stop_at_the_edge(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid
) -> None:
    qtbot.keyClick(view.picture, Qt.Key.Key_Right)
    qtbot.keyClick(view.picture, Qt.Key.Key_Up)
    assert workspace.state.probe == (1.0, 1.0)
    for _ in range(5):
        qtbot.keyClick(view.picture, Qt.Key.Key_Down)
    assert workspace.state.probe == (1.0, -2.0)
    assert workspace.undo_stack.count() == 5


def test_that_hovering_a_cell_points_at_its_place_and_leaving_points_nowhere(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid
) -> None:
    qtbot.mouseMove(view.picture, middle(view, 1, 4))
    assert workspace.state.pointed == (-1.0, -2.0)
    assert view.picture.pointed_cell == (1, 4)
    assert view.place.text() == "z = (−1.00, −2.00)"
    QApplication.sendEvent(view.picture, QEvent(QEvent.Type.Leave))
    assert workspace.state.pointed is None
    assert view.picture.pointed_cell is None
    assert "Click" in view.place.text()
    assert workspace.undo_stack.count() == 0


def test_that_a_place_another_view_points_at_is_outlined(workspace: Workspace, view: ManifoldGrid) -> None:
    workspace.do(PointAt(z=(0.9, 0.2)))
    assert view.picture.pointed_cell == (3, 2)
    workspace.do(PointAt(z=(9.0, 0.0)))
    assert view.picture.pointed_cell is None


def test_that_a_probe_outside_the_grid_has_no_cell(workspace: Workspace, view: ManifoldGrid) -> None:
    workspace.do(MoveProbe(z=(3.0, 0.0)))
    assert view.picture.probe_cell is None


class Paints(QObject):
    """Adds up the pixels that a widget is asked to paint."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.pixels = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.pixels += sum(box.width() * box.height() for box in event.region())
        return False


def test_that_a_moved_probe_repaints_only_the_cells_it_left_and_entered(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid
) -> None:
    until_idle()
    paints = Paints(view.picture)
    workspace.do(MoveProbe(z=(2.0, 2.0)))
    qtbot.waitUntil(lambda: paints.pixels > 0, timeout=1000)
    assert view.picture.cells is not None
    cell = view.picture.cells.box_of((0, 0))
    assert paints.pixels < 3 * cell.width() * cell.height()
    paints.pixels = 0
    workspace.do(MoveProbe(z=(1.9, 2.0)))
    until_idle()
    assert paints.pixels == 0


def test_that_one_slide_of_the_size_is_one_step_and_the_grid_follows(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid
) -> None:
    view.size_slider.setSliderDown(True)
    for size in range(SIZE + 1, 13):
        view.size_slider.setSliderPosition(size)
    view.size_slider.setSliderDown(False)
    assert workspace.state.grid.size == 12
    assert workspace.undo_stack.count() == 1
    assert "1/144 of the prior" in view.caption.text()
    qtbot.waitUntil(lambda: view.picture.cells is not None and len(view.picture.cells.across) == 12)
    workspace.undo_stack.undo()
    assert view.size_slider.value() == SIZE
    assert view.size_label.text() == "5 × 5"


def test_that_two_slides_are_two_steps(workspace: Workspace, view: ManifoldGrid) -> None:
    for size in (10, 20):
        view.size_slider.setSliderDown(True)
        view.size_slider.setSliderPosition(size)
        view.size_slider.setSliderDown(False)
    assert workspace.undo_stack.count() == 2


def test_that_over_the_plane_in_view_the_grid_follows_the_view(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid, renderer: FakeRenderer
) -> None:
    view.over.setFocus()
    qtbot.keyClick(view.over, Qt.Key.Key_Down)
    assert workspace.state.grid.over == OVER_VIEW
    assert view.caption.text() == "The visible part of the plane"
    workspace.do(LookAt(view=(0.0, 4.0, 0.0, 4.0)))
    qtbot.waitUntil(lambda: view.picture.cells is not None and view.picture.cells.across[-1] == 4.0)
    grids = [request for request in renderer.served if type(request) is GridRequest]
    assert grids[-1].region == (0.0, 4.0, 0.0, 4.0)
    assert view.picture.probe_cell == (0, 4)


def test_that_waiting_is_told_only_after_half_a_second(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid, renderer: FakeRenderer
) -> None:
    renderer.hold.clear()
    workspace.do(SetGrid(grid=GridSettings(8)))
    pass_time(250)
    assert view.refining.text() == ""
    pass_time(250)
    assert "refining" in view.refining.text()
    renderer.hold.set()
    qtbot.waitUntil(lambda: view.refining.text() == "", timeout=2000)


def test_that_a_coarse_reply_is_shown_until_the_fine_one_comes(
    workspace: Workspace, view: ManifoldGrid
) -> None:
    axis = (-1.0, 1.0)
    for done, level in ((False, 90), (True, 200)):
        mosaic = np.full((16, 16), level, np.uint8)
        workspace.on(GridRequest).emit(GridReply(0, None, axis, axis, mosaic, done, 0.0))
        beside_the_marks = view.picture.rect().center() + QPoint(40, 40)
        assert view.picture.grab().toImage().pixelColor(beside_the_marks).red() == level


def test_that_colour_mosaics_are_shown_in_colour(workspace: Workspace, view: ManifoldGrid) -> None:
    mosaic = np.zeros((3000, 3000, 3), np.uint8)  # larger than the widget, so smoothed
    mosaic[..., 1] = 180
    axis = (-1.0, 1.0)
    workspace.on(GridRequest).emit(GridReply(0, None, axis, axis, mosaic, True, 0.0))
    colour = view.picture.grab().toImage().pixelColor(view.picture.rect().center() + QPoint(40, 40))
    assert (colour.red(), colour.green(), colour.blue()) == (0, 180, 0)


def test_that_pixels_stay_crisp_where_a_whole_number_scale_fits(view: ManifoldGrid) -> None:
    assert view.picture.reply is not None
    assert view.picture.cells is not None
    box = view.picture.cells.box
    assert box.width() % view.picture.reply.mosaic.shape[1] == 0
    assert box.width() == box.height()
    assert abs(box.center().x() - view.picture.rect().center().x()) <= 1


def test_that_the_panel_may_be_240_pixels_wide(view: ManifoldGrid) -> None:
    assert view.minimumSizeHint().width() <= 240


def test_that_a_refused_grid_says_why(
    qtbot: QtBot, workspace: Workspace, view: ManifoldGrid, renderer: FakeRenderer
) -> None:
    renderer.broken = ZeroDivisionError("by nought")
    with qtbot.waitSignal(workspace.refused, timeout=2000):
        workspace.do(SetGrid(grid=GridSettings(7)))
    assert view.picture.reply is None
    assert view.picture.cells is None
    qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton)
    assert workspace.state.probe == (0.0, 0.0)


def test_that_the_outlines_of_the_outermost_cells_are_whole(view: ManifoldGrid) -> None:
    view.resize(240, 400)
    view.size_slider.setValue(40)
    assert view.picture.cells is not None
    box = view.picture.cells.box.adjusted(-3, -3, 3, 3)
    assert QRectF(view.picture.rect()).contains(box)


@pytest.mark.parametrize("width", [220, 352])
def test_that_the_picture_and_the_lines_under_it_never_meet_where_the_panel_is_low(
    qtbot: QtBot, view: ManifoldGrid, width: int
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock, below = QDockWidget(), QDockWidget()
    dock.setWidget(view)
    view.setMinimumSize(0, 0)  # which it was given as a window of its own
    below.setWidget(QWidget())
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, below)
    window.resize(width, 600)
    window.show()
    qtbot.waitExposed(window)
    for _ in range(3):
        window.resizeDocks([dock, below], [10, 600], Qt.Orientation.Vertical)
        until_idle()
    parts = [view.picture, view.place, view.caption, view.over, view.size_slider]
    places = [part.geometry() for part in parts]
    wanted, least = view.caption.heightForWidth(view.caption.width()), view.height()
    view.setParent(None)
    assert places[2].height() >= wanted
    for above, under in itertools.pairwise(places):
        assert above.bottom() < under.top()
    assert places[-1].bottom() < least
