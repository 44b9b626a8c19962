"""The list of dimensions: order, sliders, pictures, and which plane is shown."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.points import TraversalReply, TraversalRequest
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.dimensions.row import DimensionRow
from latentlab.qt.views.dimensions.strip import COUNT, VALUES
from latentlab.qt.views.dimensions.view import Dimensions
from latentlab.session.edits import MoveProbe
from latentlab.session.state import COMPONENTS, PAIR, PlaneSettings
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import pass_time, until_idle, until_threads_rest

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(params=[6])
def renderer(request: pytest.FixtureRequest) -> FakeRenderer:
    return FakeRenderer(latents=request.param)


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> Dimensions:
    made = Dimensions(workspace)
    qtbot.addWidget(made)
    made.resize(400, 460)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: all(row.drawn_from is not None for row in made.in_sight()), timeout=2000)
    return made


def asked(renderer: FakeRenderer) -> list[TraversalRequest]:
    return [request for request in renderer.served if isinstance(request, TraversalRequest)]


def top(view: Dimensions) -> DimensionRow:
    return view.rows[view.order[0]]


def test_that_the_dimension_that_says_most_comes_first_and_one_that_says_nothing_is_unused(
    qtbot: QtBot, workspace: Workspace, view: Dimensions
) -> None:
    assert view.order == [0, 1, 2, 3, 4, 5]
    assert top(view).weight.text == "1.00"
    view._show_weights((0.005, 0.2, 3.0, 0.0, 1.5, 0.02), (1.0,) * 6)
    assert view.order == [2, 4, 1, 5, 0, 3]
    assert [view.rows[number].weight.text for number in (2, 0)] == ["3.00", "unused"]
    assert view.rows[0].weight.unused
    view.grab()


def test_that_an_autoencoders_dimensions_are_sorted_by_their_spread(view: Dimensions) -> None:
    view._show_weights((float("inf"),) * 6, (0.1, 0.2, 0.9, 0.4, 0.3, 0.5))
    assert view.order == [2, 5, 3, 4, 1, 0]
    assert view.rows[2].weight.text == "± 0.90"


def test_that_a_slide_moves_one_coordinate_live_and_is_one_step(
    qtbot: QtBot, workspace: Workspace, view: Dimensions
) -> None:
    workspace.do(MoveProbe(z=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5)))
    workspace.undo_stack.clear()
    slider = view.rows[2].slider
    slider.setSliderDown(True)
    for value in range(0, 130, 10):
        slider.setSliderPosition(value)
    slider.setSliderDown(False)
    assert workspace.state.probe == (0.0, 0.1, 1.2, 0.3, 0.4, 0.5)
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: view.rows[2].value.text == "0.20", timeout=1000)
    assert slider.value() == 20


def test_that_slides_of_two_dimensions_are_two_steps(workspace: Workspace, view: Dimensions) -> None:
    view.rows[0].slider.setValue(50)
    view.rows[1].slider.setValue(60)
    assert workspace.undo_stack.count() == 2


def test_that_sliders_follow_the_probe_even_beyond_their_ends(
    qtbot: QtBot, workspace: Workspace, view: Dimensions
) -> None:
    workspace.do(MoveProbe(z=(-7.5, 0.0, 0.0, 0.0, 0.0, 0.0)))
    qtbot.waitUntil(lambda: top(view).value.text == "−7.50", timeout=1000)
    assert top(view).slider.value() == -400
    assert workspace.state.probe[0] == -7.5


def test_that_the_pictures_of_the_other_dimensions_follow_and_its_own_do_not(
    qtbot: QtBot, workspace: Workspace, view: Dimensions, renderer: FakeRenderer
) -> None:
    until_idle()
    renderer.served.clear()
    view.rows[1].slider.setValue(100)
    qtbot.waitUntil(lambda: bool(asked(renderer)), timeout=1000)
    until_idle()
    request = asked(renderer)[-1]
    assert request.z[1] == 1.0
    assert request.values == VALUES
    assert 1 not in request.dimensions
    assert set(request.dimensions) <= {0, 2, 3, 4, 5}


def test_that_a_click_on_a_picture_sends_the_probe_there(
    qtbot: QtBot, workspace: Workspace, view: Dimensions
) -> None:
    strip = view.rows[3].strip
    box = strip.box()
    last = QPointF(box.right() - 0.5 * box.width() / COUNT, box.center().y()).toPoint()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=last)
    assert workspace.state.probe == (0.0, 0.0, 0.0, 3.0, 0.0, 0.0)
    assert workspace.undo_stack.count() == 1


def test_that_the_arrows_choose_the_pair_and_the_box_the_components(
    qtbot: QtBot, workspace: Workspace, view: Dimensions
) -> None:
    assert view.axes.currentData() == COMPONENTS
    qtbot.mouseClick(view.rows[3].across, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.rows[2].up, Qt.MouseButton.LeftButton)
    assert workspace.state.plane == PlaneSettings(PAIR, 3, 2)
    assert view.axes.currentData() == PAIR
    assert view.axes.currentText() == "z₄ and z₃"
    assert [row.across.isChecked() for row in view.rows[:4]] == [False, False, False, True]
    assert view.rows[2].up.isChecked()
    qtbot.mouseClick(view.rows[3].across, Qt.MouseButton.LeftButton)
    assert view.rows[3].across.isChecked(), "what holds already goes on holding"
    view.axes.setCurrentIndex(1)
    assert workspace.state.plane.axes == COMPONENTS
    assert not view.rows[3].across.isChecked()
    workspace.undo_stack.undo()
    assert view.axes.currentText() == "z₄ and z₃"
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert workspace.state.plane == PlaneSettings()


def test_that_a_wheel_that_scrolls_the_list_moves_no_slider(workspace: Workspace, view: Dimensions) -> None:
    slider = top(view).slider
    event = QWheelEvent(
        QPointF(5, 5), QPointF(slider.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(slider, event)
    assert workspace.state.probe == (0.0,) * 6


@pytest.mark.parametrize("renderer", [256], indirect=True)
def test_that_of_256_rows_only_those_seen_are_filled_and_drawn(
    qtbot: QtBot, workspace: Workspace, view: Dimensions, renderer: FakeRenderer
) -> None:
    assert len(view.rows) == 256
    assert sum(row.filled for row in view.rows) < 20
    renderer.served.clear()
    bar = view.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    last = view.rows[view.order[-1]]
    qtbot.waitUntil(lambda: last.filled and last.drawn_from is not None, timeout=2000)
    assert sum(row.filled for row in view.rows) < 40
    assert {number for request in asked(renderer) for number in request.dimensions} <= set(view.order[-20:])


def test_that_a_panel_nobody_sees_asks_for_nothing(
    qtbot: QtBot, workspace: Workspace, view: Dimensions, renderer: FakeRenderer
) -> None:
    view.hide()
    renderer.served.clear()
    workspace.do(MoveProbe(z=(1.0,) * 6))
    until_idle()
    assert not asked(renderer)
    view.show()
    qtbot.waitUntil(lambda: bool(asked(renderer)), timeout=1000)


def test_that_while_the_hand_moves_pictures_still_come(
    qtbot: QtBot, workspace: Workspace, view: Dimensions, renderer: FakeRenderer
) -> None:
    shown: list[TraversalReply] = []
    workspace.on(TraversalRequest).connect(shown.append)
    for number in range(30):
        workspace.do(MoveProbe(z=(0.0, 0.0, 0.0, 0.0, 0.0, 0.1 * number)))
        pass_time(10)
    until_threads_rest()
    assert shown, "a request that replaced its predecessor at every move would never be answered"


def test_that_a_refused_traversal_does_not_end_all_asking(
    qtbot: QtBot, workspace: Workspace, view: Dimensions, renderer: FakeRenderer
) -> None:
    renderer.broken = ZeroDivisionError("by nought")
    with qtbot.waitSignal(workspace.refused, timeout=2000, check_params_cb=lambda r: r.of(TraversalRequest)):
        workspace.do(MoveProbe(z=(1.0,) * 6))
    renderer.broken = None
    renderer.served.clear()
    workspace.do(MoveProbe(z=(2.0,) * 6))
    qtbot.waitUntil(lambda: bool(asked(renderer)), timeout=1000)


@pytest.mark.parametrize("renderer", [1], indirect=True)
def test_that_one_dimension_has_a_slider_and_no_choice_of_plane(
    workspace: Workspace, view: Dimensions
) -> None:
    assert not view.axes.isEnabled()
    assert not top(view).across.isEnabled()
    top(view).slider.setValue(150)
    assert workspace.state.probe == (1.5,)


def test_that_the_panel_may_be_240_pixels_wide(view: Dimensions) -> None:
    view.resize(240, 300)
    assert view.minimumSizeHint().width() <= 240
    assert top(view).minimumSizeHint().width() <= view.list.viewport().width()


def test_that_pictures_are_asked_for_anew_when_the_model_has_learnt(
    qtbot: QtBot, workspace: Workspace, view: Dimensions, renderer: FakeRenderer
) -> None:
    until_idle()
    renderer.served.clear()
    workspace.unfolded.emit(workspace.encodings)
    qtbot.waitUntil(lambda: bool(asked(renderer)), timeout=1000)


def test_that_principal_components_stay_in_their_order(workspace: Workspace, view: Dimensions) -> None:
    assert workspace.model is not None
    can = workspace.model.capabilities | {Capability.HAS_EIGENPICTURES}
    workspace.model = dataclasses.replace(workspace.model, capabilities=can)
    # Of test pictures the spread is a matter of chance: all would be 1.
    view._show_weights((float("inf"),) * 6, (1.0, 0.9, 1.1, 40.0, 1.0, 0.8))
    assert view.order == [0, 1, 2, 3, 4, 5]
    view._show_weights((3.0, 2.0, 4.0, 1.0, 0.5, 0.2), (1.0,) * 6)
    assert view.order == [2, 0, 1, 3, 4, 5]
