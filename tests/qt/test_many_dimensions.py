"""Models of other than two dimensions: the plane, the grid, and what is asked for when the probe moves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.grids import GridReply, GridRequest, UnderlayRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.export import exportables
from latentlab.qt.export.exportables import Exportables
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.views.manifold_grid.view import ManifoldGrid
from latentlab.session.edits import MoveProbe, PointAt, SetLayers, SetPins, SetPlane
from latentlab.session.state import COMPONENTS, PAIR, Layers, PlaneSettings
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import pass_time, until_idle, until_threads_rest

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(params=[4])
def renderer(request: pytest.FixtureRequest) -> FakeRenderer:
    return FakeRenderer(latents=request.param)


only = pytest.mark.parametrize


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


def grids(renderer: FakeRenderer, kind: type[GridRequest] = GridRequest) -> list[GridRequest]:
    return [request for request in renderer.served if type(request) is kind]


def settle(qtbot: QtBot, renderer: FakeRenderer) -> None:
    until_idle()  # the grid waits for the hand to rest
    renderer.served.clear()


def test_that_the_components_are_shown_unless_a_pair_is_chosen(
    workspace: Workspace, renderer: FakeRenderer
) -> None:
    assert renderer.components is not None
    assert workspace.projection == Projection(*renderer.components)
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 3, 1)))
    assert workspace.projection == Projection.pair(3, 1, 4)
    workspace.undo_stack.undo()
    assert workspace.projection == Projection(*renderer.components)


@only("settings", [PlaneSettings(PAIR, 3, 1), PlaneSettings(COMPONENTS)])
def test_that_a_drag_moves_the_probe_within_the_plane_and_keeps_the_rest(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer, settings: PlaneSettings
) -> None:
    workspace.do(SetPlane(plane=settings))
    workspace.do(MoveProbe(z=(0.5, 0.25, -0.5, 0.125)))
    settle(qtbot, renderer)
    rest = workspace.projection.rest(workspace.state.probe)
    start = QPointF(*plane.camera.to_pixel(*workspace.projection.to_plane(workspace.state.probe))).toPoint()
    qtbot.mousePress(plane, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 9):
        qtbot.mouseMove(plane, start + QPoint(6 * step, -3 * step))
    end = start + QPoint(48, -24)
    qtbot.mouseRelease(plane, Qt.MouseButton.LeftButton, pos=end)
    assert workspace.projection.rest(workspace.state.probe) == pytest.approx(rest, abs=1e-9)
    place = workspace.projection.to_plane(workspace.state.probe)
    assert place == pytest.approx(plane.camera.to_plane(end.x(), end.y()), abs=1 / plane.camera.scale)
    until_idle()
    assert any(isinstance(request, PointRequest) for request in renderer.served)
    assert not any(isinstance(request, GridRequest) for request in renderer.served)


def test_that_grid_and_underlay_follow_what_the_plane_does_not_show(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer
) -> None:
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 0, 1)))
    settle(qtbot, renderer)
    gesture = new_gesture()
    for number in range(50):
        workspace.do(MoveProbe(gesture=gesture, z=(1.0, 2.0, 0.01 * number, 3.0)))
    qtbot.waitUntil(lambda: bool(grids(renderer, UnderlayRequest)), timeout=2000)
    until_idle()
    for kind in (GridRequest, UnderlayRequest):
        asked = grids(renderer, kind)
        assert len(asked) <= 3, "not at every move"
        assert asked[-1].base == pytest.approx((0.0, 0.0, 0.49, 3.0))
        assert asked[-1].projection == Projection.pair(0, 1, 4)


def test_that_a_grid_under_way_comes_to_its_end_before_the_next_is_asked_for(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 0, 1)))
    settle(qtbot, renderer)
    shown: list[GridReply] = []
    workspace.on(GridRequest).connect(shown.append)
    renderer.hold.clear()
    workspace.do(MoveProbe(z=(0.0, 0.0, 1.0, 0.0)))
    pass_time(600)
    for number in range(2, 5):
        workspace.do(MoveProbe(z=(0.0, 0.0, float(number), 0.0)))
        pass_time(60)
    renderer.hold.set()
    qtbot.waitUntil(lambda: bool(shown) and shown[-1].done and shown[-1].base[2] == 4.0, timeout=2000)
    assert [reply.base[2] for reply in shown if reply.done] == [1.0, 4.0]


def test_that_a_moving_hand_gets_the_manifold_under_it_and_the_grid_when_it_rests(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer
) -> None:
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 0, 1)))
    settle(qtbot, renderer)
    for number in range(1, 12):
        workspace.do(MoveProbe(z=(0.0, 0.0, number / 4, 0.0)))
        pass_time(50)
        until_threads_rest()
    assert grids(renderer, UnderlayRequest)
    assert not grids(renderer)
    qtbot.waitUntil(lambda: bool(grids(renderer)), timeout=2000)
    assert grids(renderer)[-1].base[2] == 11 / 4


@only("renderer", [2], indirect=True)
def test_that_in_two_dimensions_no_move_of_the_probe_asks_for_a_grid(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer
) -> None:
    settle(qtbot, renderer)
    for number in range(5):
        workspace.do(MoveProbe(z=(float(number), -1.0)))
        until_idle()
    assert not any(isinstance(request, GridRequest) for request in renderer.served)
    assert workspace.projection == Projection.pair(0, 1, 2)


def test_that_another_plane_moves_the_points_and_drops_the_manifold(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer
) -> None:
    qtbot.waitUntil(lambda: plane.manifold.image is not None, timeout=2000)
    workspace.do(SetPins(pins=((1.0, 2.0, 3.0, 4.0),)))
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 2, 0)))
    assert plane.manifold.image is None
    assert plane.cloud is not None
    assert plane.cloud.x.tolist() == renderer.mean[:, 2].tolist()
    assert plane.cloud.y.tolist() == renderer.mean[:, 0].tolist()
    assert plane.marks.pins == ((3.0, 1.0),)
    qtbot.waitUntil(lambda: plane.manifold.image is not None, timeout=2000)
    plane.grab()


def test_that_hovering_and_selecting_find_a_picture_by_its_place_in_all_dimensions(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer
) -> None:
    # Of pictures drawn in the place of points, the one on top would be taken.
    workspace.do(SetLayers(layers=Layers(thumbnails=False)))
    until_idle()
    z = tuple(map(float, renderer.mean[5]))
    place = QPointF(*plane.camera.to_pixel(*workspace.projection.to_plane(z))).toPoint()
    qtbot.mouseMove(plane, place)
    assert workspace.state.pointed == pytest.approx(z)
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        qtbot.mouseDClick(plane, Qt.MouseButton.LeftButton, pos=place)
    assert workspace.state.probe == pytest.approx(z)
    assert plane.marks.ellipse is not None
    plane.grab()


def test_that_the_grid_sends_the_probe_within_its_own_plane(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    view = ManifoldGrid(workspace)
    qtbot.addWidget(view)
    view.resize(400, 520)
    view.show()
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 2, 3)))
    workspace.do(MoveProbe(z=(0.5, 0.25, 0.0, 0.0)))
    picture = view.picture
    qtbot.waitUntil(lambda: picture.reply is not None and picture.reply.base == (0.5, 0.25, 0.0, 0.0))
    assert picture.cells is not None
    corner = picture.cells.box_of((0, 0)).center().toPoint()
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=corner)
    assert workspace.state.probe == (0.5, 0.25, -2.0, 2.0)
    assert picture.probe_cell == (0, 0)
    workspace.do(PointAt(z=(9.0, 9.0, 2.0, -2.0)))
    assert picture.pointed_cell == (19, 19)
    assert "other dimensions as at the probe" in view.caption.text()


@only("renderer", [1], indirect=True)
def test_that_a_model_of_one_dimension_has_a_line_for_a_plane_and_a_grid_of_one_row(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer
) -> None:
    view = ManifoldGrid(workspace)
    qtbot.addWidget(view)
    view.resize(400, 520)
    view.show()
    workspace.request_grid()
    qtbot.waitUntil(lambda: view.picture.cells is not None, timeout=2000)
    assert grids(renderer)[-1].rows == 1
    qtbot.mouseClick(plane, Qt.MouseButton.LeftButton, pos=QPoint(300, 50))
    (u,) = workspace.state.probe
    assert u == pytest.approx(plane.camera.to_plane(300, 50)[0])
    qtbot.keyClick(plane, Qt.Key.Key_Up)
    assert workspace.state.probe == (u,)
    qtbot.keyClick(view.picture, Qt.Key.Key_Right)
    assert view.picture.probe_cell is not None
    plane.grab()
    view.grab()


@only("renderer", [64], indirect=True)
def test_that_moves_in_many_dimensions_are_quick(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane
) -> None:
    import time

    started = time.thread_time()  # other processes do not count
    for number in range(200):
        plane.hand.move_probe(1, 0.01 * number, 0.0)
    assert (time.thread_time() - started) / 200 < 0.005


def test_that_the_view_stays_where_it_is_when_the_same_directions_are_found_anew(
    workspace: Workspace, plane: LatentPlane, renderer: FakeRenderer
) -> None:
    plane.zoom(2.0)
    camera = plane.camera
    workspace._components = ((0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    workspace._turn()
    assert plane.camera == camera
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 0, 1)))
    assert plane.camera != camera


def test_that_a_saved_grid_says_which_plane_it_spans(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    found = Exportables(workspace)
    workspace.do(SetPlane(plane=PlaneSettings(PAIR, 2, 3)))
    qtbot.waitUntil(lambda: found.has(exportables.GRID), timeout=2000)
    thing = found.get(exportables.GRID)
    assert thing is not None
    assert thing.provenance.extra["plane"] == "z₃ and z₄"
    assert thing.provenance.extra["across"] == "[0.0, 0.0, 1.0, 0.0]"
    assert thing.provenance.extra["base"] == "[0.0, 0.0, 0.0, 0.0]"
    assert len(thing.provenance.as_json()) < 32_000
