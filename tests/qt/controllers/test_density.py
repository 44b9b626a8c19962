"""The density of encoded pictures: its layer in the plane, and the warning when the probe leaves them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolBar, QToolTip
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.grids import DensityMapReply, DensityMapRequest, ProbeDensityRequest
from latentlab.engine.rendering.requests.opening import UnfoldedReply
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.attributes.far_warning import FarWarning
from latentlab.qt.views.attributes.row import AttributeRow
from latentlab.qt.views.latent_plane import density_paint
from latentlab.qt.views.latent_plane.density import DensityLayer
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.widgets.colours import Theme, palette_for
from latentlab.session.edits import MoveProbe, SetLayers, SetPlane
from latentlab.session.state import PAIR, Layers, PlaneSettings, SessionState
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.views.attributes.test_attribute_board import handle
from tests.qt.waiting import until_idle

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer(latents=3)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer) -> Iterator[LabWindow]:
    state = SessionState(layers=Layers(points=False, manifold=False, contours=False))
    with open_window(qtbot, tmp_path, renderer, state=state) as made:
        qtbot.waitUntil(lambda: bool(weighed(renderer)), timeout=3000)
        yield made


def maps(renderer: FakeRenderer) -> list[DensityMapRequest]:
    return [request for request in renderer.served if isinstance(request, DensityMapRequest)]


def weighed(renderer: FakeRenderer) -> list[ProbeDensityRequest]:
    return [request for request in renderer.served if isinstance(request, ProbeDensityRequest)]


def layer(plane: LatentPlane) -> DensityLayer:
    return plane.density


def picture(plane: LatentPlane) -> QImage:
    return plane.grab().toImage()


def ink(plane: LatentPlane, image: QImage, u: float, v: float) -> set[int]:
    """The colours about a place of the plane."""
    left, top = (round(place) for place in plane.camera.to_pixel(u, v))
    return {image.pixel(left + across, top + down) for across in range(-6, 7) for down in range(-6, 7)}


def found(log_density: np.ndarray, log_prior: np.ndarray | None = None) -> DensityMapReply:
    return DensityMapReply(
        1, (-2.0, 2.0, -2.0, 2.0), Projection.pair(0, 1, 2), log_density.astype(np.float32),
        None if log_prior is None else log_prior.astype(np.float32), (-2.0, -4.0, -6.0), 1234, True,
    )  # fmt: skip


# What is painted


def test_that_the_shade_grows_with_the_density_and_ends_at_the_edge():
    cover = density_paint.cover_of(found(np.array([[-87.0, -6.5, -6.0, -4.0, -2.0, -1.0]])))[0]
    assert list(cover[:2]) == [0.0, 0.0]
    assert 0.0 < cover[2] < cover[3] < cover[4] < cover[5] < 1.0


@pytest.mark.parametrize("level", [-87.0, -3.0])
def test_that_a_map_of_one_density_throughout_can_be_shaded(level):
    cover = density_paint.cover_of(found(np.full((2, 3), level)))
    assert np.isfinite(cover).all()
    assert (cover == cover[0, 0]).all()


def test_that_a_hole_is_where_the_prior_expects_many_times_as_many_within_three_sigmas():
    log_prior = np.array([[-1.9, -1.9, -1.9, -1.84 - 0.5 * 3.1**2]])
    log_density = log_prior - np.log([[2.0, 10.0, 100.0, 1e6]])
    holes = density_paint.holes_of(found(log_density, log_prior))[0]
    assert holes[0] == 0.0
    assert 0.0 < holes[1] < 1.0
    assert holes[2] == 1.0
    assert holes[3] == 0.0, "beyond three sigmas the prior expects nothing"


def test_that_without_a_prior_there_are_no_holes():
    assert (density_paint.holes_of(found(np.full((4, 4), -87.0))) == 0.0).all()
    assert "no prior" in density_paint.at_length(found(np.full((4, 4), -87.0)))


def test_that_words_say_what_a_place_is():
    log_prior = np.full((1, 4), -2.0)
    here = found(np.array([[-1.0, -3.5, -20.0, -6.5]]), log_prior)
    said = [density_paint.of_a_place(here, u, 0.0) for u in (-1.5, -0.5, 0.5, 1.5)]
    assert said[0] == "Encoded pictures lie here (log q = −1.0, log p = −2.0 nats)."
    assert said[2].startswith("A hole: the prior expects more than ten times as many")
    assert said[3].startswith("A hole")
    assert density_paint.of_a_place(here, 2.1, 0.0) == ""
    beyond = found(np.array([[-9.0]]))
    assert density_paint.of_a_place(beyond, 0.0, 0.0).startswith("Fewer than 1 in 100")


# In the window


def test_that_it_is_off_at_first_and_nobody_reckons_with_it(window: LabWindow, renderer: FakeRenderer):
    assert not window.workspace.state.layers.density
    assert not window.bench.actions["densityLayerAction"].isChecked()
    assert not maps(renderer)


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_that_the_layer_shows_pictures_and_holes_and_undoes(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer, by: str
):
    plane = window.bench.plane
    window.workspace.do(SetPlane(plane=PlaneSettings(PAIR, 0, 1)))
    until_idle()
    bare = picture(plane)
    assert ink(plane, bare, 1.3, -1.0) == ink(plane, bare, -1.3, -1.0)
    if by == "key":
        qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    else:
        bar = window.findChild(QToolBar, "toolbar")
        button = bar.widgetForAction(window.bench.actions["densityLayerAction"])
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.workspace.state.layers.density
    qtbot.waitUntil(lambda: layer(plane).found is not None, timeout=2000)
    assert maps(renderer)[-1].region == plane.camera.region
    assert maps(renderer)[-1].projection == window.workspace.projection
    shown = picture(plane)
    data, hole = ink(plane, shown, 1.3, -1.0), ink(plane, shown, -1.3, -1.0)
    assert not data & ink(plane, bare, 1.3, -1.0)
    assert len(hole) > 1, "a hole is hatched"
    assert not data & hole
    window.workspace.undo_stack.undo()
    assert not window.workspace.state.layers.density
    assert picture(plane) == bare


def test_that_it_says_at_once_that_it_is_at_work(qtbot: QtBot, window: LabWindow, renderer: FakeRenderer):
    bare = picture(window.bench.plane)
    renderer.hold.clear()
    window.workspace.do(SetLayers(layers=Layers(False, False, False, True)))
    assert picture(window.bench.plane) != bare
    renderer.hold.set()
    qtbot.waitUntil(lambda: layer(window.bench.plane).found is not None, timeout=2000)


def test_that_zoom_and_another_plane_ask_for_another_map(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    window.workspace.do(SetLayers(layers=Layers(density=True)))
    qtbot.waitUntil(lambda: layer(window.bench.plane).found is not None, timeout=2000)
    count = len(maps(renderer))
    for _ in range(3):
        window.bench.plane.zoom(1.5)
    qtbot.waitUntil(lambda: len(maps(renderer)) > count, timeout=2000)
    qtbot.waitUntil(
        lambda: layer(window.bench.plane).found.region == window.bench.plane.camera.region, timeout=2000
    )
    window.workspace.do(SetPlane(plane=PlaneSettings(PAIR, 2, 0)))
    assert layer(window.bench.plane).found is None, "the map of another plane must not be shown on this one"
    qtbot.waitUntil(lambda: layer(window.bench.plane).found is not None, timeout=2000)
    assert layer(window.bench.plane).found.projection == window.workspace.projection


def test_that_moving_the_probe_asks_for_no_map(qtbot: QtBot, window: LabWindow, renderer: FakeRenderer):
    window.workspace.do(SetLayers(layers=Layers(False, False, False, True)))
    qtbot.waitUntil(lambda: layer(window.bench.plane).found is not None, timeout=2000)
    until_idle()
    count, base = len(maps(renderer)), window.bench.plane._base
    window.workspace.do(MoveProbe(z=(0.5, 0.5, 0.0)))
    qtbot.waitUntil(lambda: weighed(renderer)[-1].z == (0.5, 0.5, 0.0), timeout=2000)
    until_idle()
    assert len(maps(renderer)) == count
    assert window.bench.plane._base is base


def test_that_of_a_training_one_map_is_under_way_at_a_time(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
):
    window.workspace.do(SetLayers(layers=Layers(False, False, False, True)))
    qtbot.waitUntil(lambda: layer(window.bench.plane).found is not None, timeout=2000)
    until_idle()
    count = len(maps(renderer))
    known = window.workspace.encodings
    renderer.hold.clear()
    for step in range(3):
        window.workspace.encoded.emit(UnfoldedReply(1, known.mean, known.sigma, known.total, step=step))
    renderer.hold.set()
    qtbot.waitUntil(lambda: len(maps(renderer)) > count, timeout=2000)
    until_idle()
    assert len(maps(renderer)) == count + 1
    window.workspace.encoded.emit(UnfoldedReply(1, known.mean, known.sigma, known.total, step=9))
    qtbot.waitUntil(lambda: len(maps(renderer)) == count + 2, timeout=2000)


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
@pytest.mark.parametrize("width", [150, 700])
def test_that_the_legend_is_inside_the_view_in_both_themes(
    qtbot: QtBot, window: LabWindow, theme: Theme, width: int
):
    plane = window.bench.plane
    window.workspace.do(SetLayers(layers=Layers(False, False, False, True)))
    qtbot.waitUntil(lambda: layer(plane).found is not None, timeout=2000)
    image = QImage(width, 300, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    camera = plane.camera.resized(width, 300)
    place = density_paint.legend(painter, camera, palette_for(theme), layer(plane).found)
    painter.end()
    assert QRectF(0, 0, width, 300).contains(place)


def test_that_a_tooltip_says_what_lies_under_the_mouse(qtbot: QtBot, window: LabWindow):
    plane = window.bench.plane
    window.workspace.do(SetPlane(plane=PlaneSettings(PAIR, 0, 1)))
    window.workspace.do(SetLayers(layers=Layers(False, False, False, True)))
    qtbot.waitUntil(lambda: layer(plane).found is not None, timeout=2000)
    picture(plane)

    def said(place: QPoint) -> str:
        QToolTip.hideText()
        QApplication.sendEvent(plane, QHelpEvent(QHelpEvent.Type.ToolTip, place, plane.mapToGlobal(place)))
        return QToolTip.text()

    hole, data = (QPointF(*plane.camera.to_pixel(u, -1.0)).toPoint() for u in (-1.0, 1.0))
    assert said(hole).startswith("A hole")
    assert said(data).startswith("Encoded pictures lie here")
    legend = said(QPoint(plane.width() - 20, 20))
    assert f"{COUNT} encoded pictures" in legend
    assert "projected onto this plane" in legend
    window.workspace.do(SetLayers(layers=Layers(density=False)))
    assert plane.density.words_at(QPointF(hole), plane.camera) == ""
    QToolTip.hideText()


# The warning


def warning(window: LabWindow) -> FarWarning:
    return window.bench.attributes.findChild(FarWarning, "farWarning")


def said_by_probe(window: LabWindow) -> str:
    return window.bench.probe.data_density.text()


def test_that_the_probe_panel_tells_how_many_pictures_lie_lower(qtbot: QtBot, window: LabWindow):
    qtbot.waitUntil(lambda: said_by_probe(window) == "0.0 nats, 25% below", timeout=2000)
    window.workspace.do(MoveProbe(z=(4.0, 0.0, 0.0)))
    qtbot.waitUntil(lambda: said_by_probe(window) == "−16.0 nats, far from all", timeout=2000)
    assert "99 of 100 lie above −9.0" in window.bench.probe.data_density.toolTip()


def test_that_a_slider_that_goes_far_warns_while_it_is_held_and_no_more_when_it_is_back(
    qtbot: QtBot, window: LabWindow
):
    window.bench.docks.show_attributes()
    window.workspace.do(MoveProbe(z=(2.2, 0.0, 0.0)))
    board = window.bench.attributes
    qtbot.waitUntil(lambda: hat(board.rows) is not None, timeout=3000)
    slider = hat(board.rows).slider
    assert warning(window).isHidden()
    first = handle(slider, 0)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=first)
    for step in range(1, 11):
        qtbot.mouseMove(slider, first + (handle(slider, 200) - first) * step / 10)
    # Still held.
    qtbot.waitUntil(lambda: warning(window).isVisible(), timeout=2000)
    words = warning(window).text()
    assert words.startswith(
        "Far from all encoded pictures (log q −17.6; 99 % lie above −9.0): the picture decoded"
    )
    for step in range(9, -1, -1):
        qtbot.mouseMove(slider, first + (handle(slider, 200) - first) * step / 10)
    qtbot.waitUntil(lambda: warning(window).isHidden(), timeout=2000)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=first)


def test_that_undo_takes_the_warning_back(qtbot: QtBot, window: LabWindow):
    window.bench.docks.show_attributes()
    window.workspace.do(MoveProbe(z=(9.0, 0.0, 0.0)))
    qtbot.waitUntil(lambda: not warning(window).isHidden(), timeout=2000)
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: warning(window).isHidden(), timeout=2000)


def test_that_another_model_starts_without_a_warning(qtbot: QtBot, window: LabWindow):
    window.workspace.do(MoveProbe(z=(9.0, 0.0, 0.0)))
    qtbot.waitUntil(lambda: not warning(window).isHidden(), timeout=2000)
    with qtbot.waitSignal(window.workspace.loaded, timeout=2000):
        window.workspace.open(SessionState(model="other"))
    assert warning(window).isHidden()
    qtbot.waitUntil(lambda: said_by_probe(window).startswith("0.0 nats"), timeout=2000)


def test_that_a_drag_does_not_queue_up_questions(qtbot: QtBot, window: LabWindow, renderer: FakeRenderer):
    count = len(weighed(renderer))
    for step in range(200):
        window.workspace.do(MoveProbe(gesture=7, z=(0.01 * step, 0.0, 0.0)))
    qtbot.waitUntil(lambda: weighed(renderer)[-1].z == (1.99, 0.0, 0.0), timeout=2000)
    assert len(weighed(renderer)) - count <= 3


def hat(rows: dict[str, AttributeRow]) -> AttributeRow | None:
    return next((row for row in rows.values() if row.slider.objectName() == "attributeSlider_Hat"), None)
