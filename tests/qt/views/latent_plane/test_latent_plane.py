"""The plane under mouse, wheel and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.grids import UnderlayRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.session.edits import HideClasses, SetLayers
from latentlab.session.state import Layers
from tests.qt.fake_renderer import CLASSES, FakeRenderer
from tests.qt.waiting import until_idle


@pytest.fixture
def plane(qtbot: QtBot, workspace: Workspace) -> LatentPlane:
    made = LatentPlane(workspace)
    qtbot.addWidget(made)
    made.resize(500, 400)
    # The workspace told of its model before this view listened.
    made._loaded(workspace.model)
    made._encoded(workspace.encodings)
    made.show()
    qtbot.waitExposed(made)
    return made


def pixel(plane: LatentPlane, z: tuple[float, ...]) -> QPoint:
    return QPointF(*plane.camera.to_pixel(*z)).toPoint()


def wheel(plane: LatentPlane, place: QPoint, turn: int) -> None:
    event = QWheelEvent(
        QPointF(place), QPointF(plane.mapToGlobal(place)), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plane, event)


def test_that_dragging_the_handle_takes_the_probe_along_in_one_undo_step(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace
) -> None:
    start = pixel(plane, workspace.state.probe)
    grip = start + QPoint(4, -3)
    qtbot.mousePress(plane, Qt.MouseButton.LeftButton, pos=grip)
    assert workspace.state.probe == (0.0, 0.0), "gripping the handle off its middle must not move it"
    for step in range(1, 6):
        qtbot.mouseMove(plane, grip + QPoint(8 * step, -4 * step))
    qtbot.mouseRelease(plane, Qt.MouseButton.LeftButton, pos=grip + QPoint(40, -20))
    expected = plane.camera.to_plane(*(start + QPoint(40, -20)).toTuple())
    assert workspace.state.probe == pytest.approx(expected, abs=1.0 / plane.camera.scale)
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert workspace.state.probe == (0.0, 0.0)


def test_that_a_click_sends_the_probe(qtbot: QtBot, plane: LatentPlane, workspace: Workspace) -> None:
    place = QPoint(60, 70)
    qtbot.mouseClick(plane, Qt.MouseButton.LeftButton, pos=place)
    assert workspace.state.probe == pytest.approx(plane.camera.to_plane(60, 70))


def test_that_a_double_click_on_a_point_selects_its_picture(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    row = 7
    z = tuple(map(float, renderer.mean[row]))
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        qtbot.mouseDClick(plane, Qt.MouseButton.LeftButton, pos=pixel(plane, z))
    assert workspace.state.selected == row
    assert workspace.state.probe == pytest.approx(z)
    assert plane.marks.ellipse is not None
    qtbot.keyClick(plane, Qt.Key.Key_Escape)
    assert workspace.state.selected is None
    assert plane.marks.ellipse is None


def test_that_a_double_click_on_empty_ground_selects_nothing(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace
) -> None:
    qtbot.mouseDClick(plane, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert workspace.state.selected is None


@pytest.mark.parametrize(
    ("key", "way"),
    [
        (Qt.Key.Key_Left, (-1, 0)),
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Up, (0, 1)),
        (Qt.Key.Key_Down, (0, -1)),
    ],
)
def test_that_arrow_keys_nudge_the_probe(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace, key: Qt.Key, way: tuple[int, int]
) -> None:
    qtbot.keyClick(plane, key)
    step = 4.0 / plane.camera.scale
    assert workspace.state.probe == pytest.approx((way[0] * step, way[1] * step))
    qtbot.keyClick(plane, key, Qt.KeyboardModifier.ShiftModifier)
    assert workspace.state.probe == pytest.approx((way[0] * 11 * step, way[1] * 11 * step))
    assert workspace.undo_stack.count() == 2


def test_that_the_wheel_zooms_about_the_mouse_and_tells_the_session(
    plane: LatentPlane, workspace: Workspace
) -> None:
    place = QPoint(120, 90)
    before, scale = plane.camera.to_plane(120, 90), plane.camera.scale
    wheel(plane, place, 240)
    assert plane.camera.scale > scale
    assert plane.camera.to_plane(120, 90) == pytest.approx(before)
    assert workspace.state.view == plane.camera.region
    assert workspace.undo_stack.count() == 0


def test_that_a_right_drag_pans(qtbot: QtBot, plane: LatentPlane, workspace: Workspace) -> None:
    z = plane.camera.to_plane(100, 100)
    qtbot.mousePress(plane, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    qtbot.mouseMove(plane, QPoint(130, 80))
    qtbot.mouseRelease(plane, Qt.MouseButton.RightButton, pos=QPoint(130, 80))
    assert plane.camera.to_plane(130, 80) == pytest.approx(z)
    assert workspace.state.probe == (0.0, 0.0)


def test_that_hovering_a_point_marks_it_for_all_views_and_leaving_unmarks_it(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    z = tuple(map(float, renderer.mean[3]))
    qtbot.mouseMove(plane, pixel(plane, z))
    assert workspace.state.pointed == pytest.approx(z)
    qtbot.mouseMove(plane, QPoint(1, 1))
    assert workspace.state.pointed is None


def test_that_hidden_classes_are_neither_drawn_nor_found(plane: LatentPlane, workspace: Workspace) -> None:
    everything = len(plane.cloud)
    workspace.do(HideClasses(hidden=frozenset({0})))
    assert len(plane.cloud) == everything * (len(CLASSES) - 1) // len(CLASSES)
    workspace.undo_stack.undo()
    assert len(plane.cloud) == everything


def test_that_a_view_that_has_settled_asks_for_the_manifold_under_it(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    plane.zoom(1.5)
    with qtbot.waitSignal(workspace.on(UnderlayRequest).signal, timeout=2000):
        pass
    asked = [request for request in renderer.served if isinstance(request, UnderlayRequest)]
    assert asked[-1].region == plane.camera.region


def test_that_each_layer_can_be_switched_off(qtbot: QtBot, plane: LatentPlane, workspace: Workspace) -> None:
    qtbot.waitUntil(lambda: plane.manifold.image is not None, timeout=2000)

    def colours() -> int:
        image = plane.grab().toImage()
        return len({image.pixel(x, y) for x in range(0, 500, 3) for y in range(0, 400, 3)})

    full = colours()
    workspace.do(SetLayers(layers=Layers(points=False)))
    assert colours() < full
    workspace.do(SetLayers(layers=Layers(points=False, manifold=False, contours=False)))
    bare = colours()
    workspace.undo_stack.undo()
    assert colours() > bare


class PaintedAreas(QObject):
    """Notes how many pixels each paint event of a widget covers."""

    def __init__(self) -> None:
        super().__init__()
        self.pixels: list[int] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.pixels.append(sum(box.width() * box.height() for box in event.region()))
        return False


def test_that_moving_the_probe_repaints_only_around_it(
    qtbot: QtBot, plane: LatentPlane, workspace: Workspace
) -> None:
    qtbot.waitUntil(lambda: plane.manifold.image is not None, timeout=2000)
    until_idle()  # whatever the opening still had to paint
    areas = PaintedAreas()
    plane.installEventFilter(areas)
    base = plane._base
    qtbot.keyClick(plane, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(areas.pixels), timeout=1000)
    assert max(areas.pixels) < 100 * 100
    assert plane._base is base, "the points must not be painted again"
