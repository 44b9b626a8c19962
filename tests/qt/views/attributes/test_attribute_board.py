"""The attribute board: what its sliders do to the probe, what it says of them, and the way back."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QTableWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.attributes.directions import Directions, Trust
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.engine.rendering.requests.points import BeforeRequest
from latentlab.errors import LabError
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.addable import of_attributes
from latentlab.qt.views.attributes.before_after import Arrangement
from latentlab.qt.views.attributes.row import AttributeRow
from latentlab.qt.views.attributes.trust_table import TrustTable
from latentlab.qt.views.attributes.view import AttributeBoard
from latentlab.session.edits import ChangeData, MoveProbe
from tests.qt.fake_renderer import FakeRenderer, picture_at
from tests.qt.waiting import until_idle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer(latents=3)


@pytest.fixture
def board(qtbot: QtBot, workspace: Workspace) -> AttributeBoard:
    made = AttributeBoard(workspace)
    qtbot.addWidget(made)
    made.resize(360, 520)
    made.show()
    qtbot.waitUntil(lambda: "Hat" in made.rows, timeout=3000)
    return made


def handle(slider: QSlider, value: int) -> QPoint:
    """Where the handle is grasped, or would be at another value."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    option.sliderPosition = value
    control = QStyle.ComplexControl.CC_Slider
    return slider.style().subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, slider).center()


def slide(qtbot: QtBot, row: AttributeRow, amount: float) -> None:
    """Drags the handle by mouse, in ten moves."""
    slider = row.slider
    first, last = handle(slider, slider.value()), handle(slider, round(100 * amount))
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=first)
    for step in range(1, 11):
        qtbot.mouseMove(slider, first + (last - first) * step / 10)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=last)


def test_that_a_slide_moves_the_probe_along_the_direction_as_one_step_of_the_undo(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(MoveProbe(z=(0.5, -0.5, 2.0)))
    count = workspace.undo_stack.count()
    slide(qtbot, board.rows["Hat"], 1.0)
    amount = dict(workspace.state.amounts)["Hat"]
    assert amount == pytest.approx(1.0, abs=0.06)
    assert workspace.state.probe == pytest.approx((0.5 + amount, -0.5, 2.0), abs=1e-6)
    assert workspace.undo_stack.count() == count + 1
    slide(qtbot, board.rows["Smile"], -1.0)
    smile = dict(workspace.state.amounts)["Smile"]
    assert workspace.state.probe == pytest.approx((0.5 + amount + smile, -0.5 + smile, 2.0), abs=1e-6)
    workspace.undo_stack.undo()
    assert dict(workspace.state.amounts) == {"Hat": amount}
    assert board.rows["Smile"].slider.value() == 0
    workspace.undo_stack.undo()
    assert workspace.state.probe == (0.5, -0.5, 2.0)
    assert board.rows["Hat"].slider.value() == 0


def test_that_the_keys_move_a_slider_too(qtbot: QtBot, workspace: Workspace, board: AttributeBoard) -> None:
    slider = board.rows["Hat"].slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert workspace.state.amounts == (("Hat", 0.5),)


def test_that_one_can_be_zeroed_and_all_can_and_the_probe_is_where_it_was(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(MoveProbe(z=(0.5, -0.5, 2.0)))
    assert not board.zero_all.isEnabled()
    slide(qtbot, board.rows["Hat"], 1.5)
    slide(qtbot, board.rows["Smile"], 0.5)
    qtbot.mouseClick(board.rows["Hat"].zero, Qt.MouseButton.LeftButton)
    assert [name for name, _ in workspace.state.amounts] == ["Smile"]
    qtbot.mouseClick(board.zero_all, Qt.MouseButton.LeftButton)
    assert workspace.state.amounts == ()
    assert workspace.state.probe == pytest.approx((0.5, -0.5, 2.0), abs=1e-5)
    assert not board.zero_all.isEnabled()


def test_that_before_stays_what_it_was_while_after_follows_the_slider(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(MoveProbe(z=(1.0, 1.0, 0.0)))
    beginning = picture_at((1.0, 1.0, 0.0))
    qtbot.waitUntil(lambda: np.array_equal(board.before.picture, beginning), timeout=2000)
    slide(qtbot, board.rows["Hat"], 2.0)
    qtbot.waitUntil(
        lambda: np.array_equal(board.after.picture, picture_at(workspace.state.probe)), timeout=2000
    )
    until_idle()
    assert np.array_equal(board.before.picture, beginning)


def test_that_a_probe_moved_otherwise_is_a_new_beginning(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    slide(qtbot, board.rows["Hat"], 1.0)
    workspace.do(MoveProbe(z=(-1.0, 0.0, 0.0)))
    assert board.rows["Hat"].slider.value() == 0
    beginning = picture_at((-1.0, 0.0, 0.0))
    qtbot.waitUntil(lambda: np.array_equal(board.before.picture, beginning), timeout=2000)


def test_that_it_says_how_far_each_direction_can_be_trusted(board: AttributeBoard) -> None:
    assert board.rows["Hat"].trust.text() == "AUC 0.90 · d 2.5"
    assert "90.0 % of the time" in board.rows["Hat"].trust.toolTip()
    assert "200 pictures with it and 300 without" in board.rows["Hat"].trust.toolTip()
    assert board.rows["Smile"].trust.text() == "too few to judge"


def test_that_what_is_near_chance_is_said_to_be() -> None:
    def words(auc: float) -> str:
        vectors = np.ones((1, 3), np.float32)
        found = Directions(("Hat",), vectors, "means", (9,), (9,), (Trust(auc, 0.1, 9, 9),))
        (offer,) = of_attributes(found)
        assert f"{100.0 * auc:.1f} % of the time" in offer.tip
        return offer.trust

    assert words(0.52) == "AUC 0.52 · near chance"
    assert words(0.41) == "AUC 0.41 · near chance"
    assert words(0.6) == "AUC 0.60 · d 0.1"
    assert words(0.4) == "AUC 0.40 · d 0.1"


def test_that_three_sliders_are_in_sight_where_there_is_little_height(
    qtbot: QtBot, board: AttributeBoard
) -> None:
    board.resize(352, 352)
    port = board.sections.viewport()
    row = board.rows["Hat"]
    qtbot.waitUntil(lambda: board.pictures.arrangement is Arrangement.SMALL, timeout=2000)

    def room() -> int:
        return port.height() - row.mapTo(board.sections.widget(), QPoint(0, 0)).y()

    qtbot.waitUntil(lambda: room() >= 3 * row.height(), timeout=2000)
    assert board.after.height() <= 64
    board.resize(352, 600)
    qtbot.waitUntil(lambda: board.after.height() > 100, timeout=2000)
    board.resize(860, 720)
    qtbot.waitUntil(lambda: board.after.height() >= 300, timeout=2000)
    assert abs(board.before.height() - board.after.height()) < 16, "as large as each other"
    assert board.after.geometry().top() > board.before.geometry().bottom(), "one above the other"
    assert row.mapTo(board, QPoint(0, 0)).x() > board.pictures.geometry().right(), "the sliders beside them"


def test_that_before_is_up_to_date_when_the_board_comes_into_sight_again(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard, renderer: FakeRenderer
) -> None:
    def is_that_of(z: tuple[float, ...]) -> bool:
        return board.before.picture is not None and np.array_equal(board.before.picture, picture_at(z))

    qtbot.waitUntil(lambda: is_that_of((0.0, 0.0, 0.0)), timeout=2000)
    board.hide()
    workspace.do(MoveProbe(z=(1.0, 0.5, 0.0)))
    until_idle()
    assert is_that_of((0.0, 0.0, 0.0)), "nothing is decoded for what nobody sees"
    board.show()
    qtbot.waitUntil(lambda: is_that_of((1.0, 0.5, 0.0)), timeout=2000)


def grooves(slider: QSlider) -> list[int]:
    """How far the groove is filled: the columns whose colour is not that of an empty groove."""
    image = slider.grab().toImage()
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    parts = QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    line = slider.style().subControlRect(*parts).center().y()
    return [image.pixelColor(x, line).rgb() for x in range(image.width())]


def test_that_a_groove_is_filled_from_0_to_the_handle(qtbot: QtBot, board: AttributeBoard) -> None:
    slider = board.rows["Hat"].slider
    at = {value: handle(slider, value).x() for value in (-150, -75, 0, 75, 150)}
    empty = grooves(slider)
    assert empty[at[-75]] == empty[at[75]], "at 0 neither side is filled"
    slider.setValue(150)
    up = grooves(slider)
    assert up[at[-75]] == up[at[-150]] == empty[at[75]]
    assert up[at[75]] != empty[at[75]]
    slider.setValue(-150)
    down = grooves(slider)
    assert down[at[75]] == down[at[150]] == empty[at[75]]
    assert down[at[-75]] == up[at[75]]


def test_that_the_table_has_every_figure_and_the_cosines(qtbot: QtBot, board: AttributeBoard) -> None:
    qtbot.mouseClick(board.trust, Qt.MouseButton.LeftButton)
    shown = board.findChild(TrustTable)
    table = shown.findChild(QTableWidget, "trustTable")
    cells = [[table.item(row, column).text() for column in range(7)] for row in range(2)]
    assert cells == [
        ["0.900", "2.50", "200", "300", "1.00", "+1.00", "+0.71"],
        ["–", "–", "100", "400", "1.41", "+0.71", "+1.00"],
    ]
    last = table.visualItemRect(table.item(1, 0))
    assert table.viewport().rect().contains(last), "the last row is whole"
    shown.reject()


def test_that_another_way_of_finding_directions_is_asked_for_at_once(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    board.method.setFocus()
    qtbot.keyClick(board.method, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: board._directions is not None and board._directions.method == "regressed")
    slide(qtbot, board.rows["Hat"], 1.0)
    assert workspace.state.probe[0] == pytest.approx(0.5 * dict(workspace.state.amounts)["Hat"])


def test_that_nothing_is_asked_for_before_it_is_seen(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    hidden = AttributeBoard(workspace)
    qtbot.addWidget(hidden)
    until_idle()
    assert not any(isinstance(request, DirectionsRequest) for request in renderer.served)
    hidden.show()
    qtbot.waitUntil(lambda: "Hat" in hidden.rows, timeout=2000)


def test_that_data_of_which_nothing_is_known_are_told_in_words(
    qtbot: QtBot,
    workspace: Workspace,
    renderer: FakeRenderer,
    board: AttributeBoard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(method: str) -> None:
        raise LabError("fake has neither attributes nor classes")

    monkeypatch.setattr(renderer, "directions", refuse)
    workspace.do(ChangeData(data="other"))
    qtbot.waitUntil(lambda: "neither attributes nor classes" in board.status.text(), timeout=3000)
    assert not board.sections.attributes.rows
    assert board.sections.attributes.isHidden()
    assert "component/1" in board.rows, "components need no attributes"
    assert not board.trust.isEnabled()


def test_that_sliding_asks_for_the_picture_before_only_when_that_is_another(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard, renderer: FakeRenderer
) -> None:
    workspace.do(MoveProbe(z=(0.3, -0.7, 1.1)))
    qtbot.waitUntil(lambda: any(isinstance(one, BeforeRequest) for one in renderer.served), timeout=3000)
    until_idle()
    renderer.served.clear()
    slide(qtbot, board.rows["Hat"], 1.0)
    slide(qtbot, board.rows["Smile"], -1.0)
    until_idle()
    assert not [one for one in renderer.served if isinstance(one, BeforeRequest)]
    workspace.do(MoveProbe(z=(0.4, -0.7, 1.1)))
    qtbot.waitUntil(lambda: any(isinstance(one, BeforeRequest) for one in renderer.served), timeout=3000)


def methods(renderer: FakeRenderer) -> list[str]:
    return [one.method for one in renderer.served if isinstance(one, DirectionsRequest)]


def test_that_steered_directions_that_ship_are_taken_until_another_way_is_chosen(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard, renderer: FakeRenderer
) -> None:
    assert methods(renderer) == ["means"]
    workspace.open(dataclasses.replace(workspace.state, model="steered"))
    qtbot.waitUntil(lambda: methods(renderer)[-1] == "steered", timeout=3000)
    assert board.method.currentText() == "Steered"
    workspace.open(dataclasses.replace(workspace.state, model="other"))
    qtbot.waitUntil(lambda: methods(renderer)[-1] == "means", timeout=3000)
    board.method.setFocus()
    qtbot.keyClick(board.method, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: methods(renderer)[-1] == "regressed", timeout=3000)
    workspace.open(dataclasses.replace(workspace.state, model="steered"))
    qtbot.waitUntil(lambda: len(methods(renderer)) == 5, timeout=3000)
    assert methods(renderer)[-1] == "regressed"


def test_that_the_board_says_how_far_the_steering_is(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.on(DirectionsRequest).emit(DirectionsReply(1, None, 0.4, steering=True))
    assert board.status.text() == "Steering directions through the decoder: 40%."
