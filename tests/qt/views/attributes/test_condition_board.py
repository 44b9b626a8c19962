"""The conditions of the attribute board: what the decoder is told, both ways side by side, new pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialogButtonBox, QSlider, QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot

from latentlab.engine.attributes.directions import LEAN
from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import (
    ConditionStripRequest,
    PointRequest,
    SamplesRequest,
    WaysRequest,
)
from latentlab.engine.types import Point
from latentlab.errors import LabError
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.export.dialog import ExportDialog
from latentlab.qt.views.attributes.condition_board import ConditionBoard
from latentlab.qt.views.attributes.new_samples import COUNT, AskBox
from latentlab.qt.views.attributes.view import AttributeBoard
from latentlab.qt.views.conditions.view import ConditionSelector
from latentlab.session.edits import MoveProbe, SelectImage, SetCondition
from tests.qt.fake_renderer import FakeRenderer, picture_at
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

# The stand-in finds directions of Hat and Smile, none of Beard.
NAMES = ("Hat", "Smile", "Beard")
ATTRIBUTES, CLASSES, NONE = (NAMES, False), (NAMES, True), ((), True)
Z = (0.5, -0.5, 2.0)


@pytest.fixture(params=[ATTRIBUTES])
def renderer(request: pytest.FixtureRequest) -> FakeRenderer:
    return FakeRenderer(3, *request.param)


@pytest.fixture
def whole(qtbot: QtBot, workspace: Workspace) -> AttributeBoard:
    made = AttributeBoard(workspace)
    qtbot.addWidget(made)
    made.resize(360, 900)
    made.show()
    qtbot.waitUntil(lambda: bool(made.rows), timeout=3000)
    return made


@pytest.fixture
def board(qtbot: QtBot, workspace: Workspace, whole: AttributeBoard) -> ConditionBoard:
    bar = whole.pages.tabBar()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    qtbot.waitUntil(lambda: whole.conditions.now.picture is not None, timeout=3000)
    workspace.do(MoveProbe(z=Z))
    workspace.undo_stack.clear()
    return whole.conditions


def shows(tile, z: Point, condition: Point) -> bool:
    return tile.picture is not None and np.array_equal(tile.picture, picture_at(z, condition))


def told_last(renderer: FakeRenderer) -> Point:
    return [one for one in renderer.served if isinstance(one, PointRequest)][-1].condition


def test_that_one_strip_shows_the_same_face_by_vector_and_by_condition(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    hat, smile, beard = (board.rows[name] for name in NAMES)
    qtbot.waitUntil(lambda: shows(board.now, Z, (0.0, 0.0, 0.0)), timeout=2000)
    # Hat lies along the first dimension, Smile along both of the first two.
    qtbot.waitUntil(lambda: shows(hat.vector, (1.5, -0.5, 2.0), (0.0, 0.0, 0.0)), timeout=2000)
    assert shows(hat.condition, Z, (1.0, 0.0, 0.0))
    assert shows(smile.vector, (1.5, 0.5, 2.0), (0.0, 0.0, 0.0))
    assert shows(smile.condition, Z, (0.0, 1.0, 0.0))
    assert shows(beard.condition, Z, (0.0, 0.0, 1.0))
    assert beard.vector.picture is None
    assert not beard.vector.isEnabled()
    assert hat.sign.text() == "+"
    assert hat.left.text() == "AUC 0.90"
    assert beard.left.text() == ""
    assert "with Hat by vector" in hat.vector.accessibleName()


def test_that_what_is_told_already_is_taken_away_in_the_strip(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    workspace.do(SetCondition(condition=(1.0, 0.0, 0.0)))
    hat = board.rows["Hat"]
    qtbot.waitUntil(lambda: shows(hat.vector, (-0.5, -0.5, 2.0), (1.0, 0.0, 0.0)), timeout=2000)
    assert shows(hat.condition, Z, (0.0, 0.0, 0.0))
    assert hat.sign.text() == "\N{MINUS SIGN}"
    assert "without Hat" in hat.condition.toolTip()


def test_that_a_click_on_either_picture_goes_there_in_one_step(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    qtbot.mouseClick(board.rows["Smile"].condition, Qt.MouseButton.LeftButton)
    assert (workspace.state.probe, workspace.state.condition) == (Z, (0.0, 1.0, 0.0))
    qtbot.mouseClick(board.rows["Smile"].vector, Qt.MouseButton.LeftButton)
    assert workspace.state.probe == pytest.approx((-0.5, -1.5, 2.0))
    assert (workspace.state.amounts, workspace.state.condition) == ((("Smile", -1.0),), (0.0, 1.0, 0.0))
    assert workspace.undo_stack.count() == 2
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert (workspace.state.probe, workspace.state.condition, workspace.state.amounts) == (
        Z,
        (0.0, 0.0, 0.0),
        (),
    )


@pytest.fixture
def _leaning(renderer: FakeRenderer) -> None:
    renderer.still_told = renderer.directions("regressed")


# Of Hat, z says half a unit of the first dimension, and leans as often as it takes.
LEANT = (0.5 + 0.5 * LEAN, -0.5, 2.0)


@pytest.mark.usefixtures("_leaning")
def test_that_z_leans_with_what_is_told_in_one_step(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    hat, beard = board.rows["Hat"], board.rows["Beard"]
    qtbot.waitUntil(lambda: shows(hat.condition, LEANT, (1.0, 0.0, 0.0)), timeout=2000)
    # Of a beard z says nothing that is known.
    assert shows(beard.condition, Z, (0.0, 0.0, 1.0))
    assert "z compensated" in hat.condition.toolTip()
    qtbot.mouseClick(hat.condition, Qt.MouseButton.LeftButton)
    assert workspace.state.probe == pytest.approx(LEANT)
    assert workspace.state.condition == (1.0, 0.0, 0.0)
    assert workspace.undo_stack.count() == 1
    # And back again, by the slider's keys.
    hat.slider.setFocus()
    qtbot.keyClick(hat.slider, Qt.Key.Key_Home)
    assert workspace.state.probe == pytest.approx(Z)
    assert workspace.state.condition == (0.0, 0.0, 0.0)
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert (workspace.state.probe, workspace.state.condition) == (Z, (0.0, 0.0, 0.0))


@pytest.mark.usefixtures("_leaning")
def test_that_the_panel_under_the_probe_leans_as_the_board_does(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard, renderer: FakeRenderer
) -> None:
    selector = ConditionSelector(workspace)
    qtbot.addWidget(selector)
    selector.show()
    smiling = (LEANT[0], Z[1] + 0.5 * LEAN, Z[2])

    def leans() -> bool:
        asked = [one for one in renderer.served if isinstance(one, ConditionStripRequest)]
        return bool(asked) and asked[-1].points == (LEANT, smiling, Z)

    qtbot.waitUntil(leans, timeout=2000)
    qtbot.mouseClick(selector.tiles[0], Qt.MouseButton.LeftButton)
    assert workspace.state.condition == (1.0, 0.0, 0.0)
    assert workspace.state.probe == pytest.approx(LEANT)


@pytest.mark.usefixtures("_leaning")
def test_that_z_stays_where_it_is_if_it_is_not_to_lean(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    hat = board.rows["Hat"]
    assert board.compensate.isVisible()
    qtbot.mouseClick(
        board.compensate, Qt.MouseButton.LeftButton, pos=QPoint(8, board.compensate.height() // 2)
    )
    assert not workspace.state.lean
    qtbot.waitUntil(lambda: shows(hat.condition, Z, (1.0, 0.0, 0.0)), timeout=2000)
    assert "the same z" in hat.condition.toolTip()
    qtbot.mouseClick(hat.condition, Qt.MouseButton.LeftButton)
    assert (workspace.state.probe, workspace.state.condition) == (Z, (1.0, 0.0, 0.0))
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert board.compensate.isChecked()


@pytest.fixture
def _beards_are_under_hats(renderer: FakeRenderer) -> None:
    renderer.implied = ((2, True, 0, True), (0, False, 2, False))


@pytest.mark.usefixtures("_beards_are_under_hats")
def test_that_what_goes_along_in_the_data_is_told_along_in_one_step(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    beard = board.rows["Beard"]
    qtbot.waitUntil(lambda: shows(beard.condition, Z, (1.0, 0.0, 1.0)), timeout=2000)
    assert "with Beard and Hat" in beard.condition.toolTip()
    qtbot.mouseClick(beard.condition, Qt.MouseButton.LeftButton)
    assert workspace.state.condition == (1.0, 0.0, 1.0)
    qtbot.keyClick(board.rows["Hat"].slider, Qt.Key.Key_PageDown)
    assert workspace.state.condition == (0.0, 0.0, 0.0)
    workspace.undo_stack.undo()
    assert workspace.state.condition == (1.0, 0.0, 1.0)


@pytest.mark.parametrize("renderer", [CLASSES], indirect=True)
def test_that_nothing_is_said_of_leaning_where_classes_are_told(board: ConditionBoard) -> None:
    assert not board.compensate.isVisible()


def test_that_keys_choose_a_picture_too(qtbot: QtBot, workspace: Workspace, board: ConditionBoard) -> None:
    board.rows["Hat"].condition.setFocus()
    qtbot.keyClick(board.rows["Hat"].condition, Qt.Key.Key_Space)
    assert workspace.state.condition == (1.0, 0.0, 0.0)


def handle(slider: QSlider, value: int) -> QPoint:
    """Where the handle is at a value."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    option.sliderPosition = value
    control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
    return slider.style().subControlRect(control, option, part, slider).center()


@pytest.mark.usefixtures("_beards_are_under_hats", "_leaning")
def test_that_what_is_slid_back_under_the_hand_is_as_it_was(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    qtbot.waitUntil(board.rows["Hat"].vector.isEnabled, timeout=2000)
    slider = board.rows["Beard"].slider
    places = [handle(slider, value) for value in (0, 40, 100, 60, 0)]
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:-1]:
        qtbot.mouseMove(slider, place)
    held = (workspace.state.condition, workspace.state.probe)
    qtbot.mouseMove(slider, places[-1])
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=places[-1])
    # The hat came along, and z compensated with it.
    assert held[0][0] == held[0][2] == pytest.approx(0.6, abs=0.06)
    assert held[1] != Z
    assert (workspace.state.condition, workspace.state.probe) == ((0.0, 0.0, 0.0), Z)


def test_that_a_slide_tells_the_decoder_any_number_as_one_step(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard, renderer: FakeRenderer
) -> None:
    slider = board.rows["Hat"].slider
    first, last = handle(slider, 0), handle(slider, 50)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=first)
    for step in range(1, 11):
        qtbot.mouseMove(slider, first + (last - first) * step / 10)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=last)
    assert workspace.state.condition[0] == pytest.approx(0.5, abs=0.06)
    assert workspace.state.condition[1:] == (0.0, 0.0)
    assert workspace.undo_stack.count() == 1
    qtbot.waitUntil(lambda: told_last(renderer) == workspace.state.condition, timeout=2000)
    workspace.undo_stack.undo()
    assert slider.value() == 0


def test_that_keys_tell_it_wholly(qtbot: QtBot, workspace: Workspace, board: ConditionBoard) -> None:
    slider = board.rows["Beard"].slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert workspace.state.condition == (0.0, 0.0, 1.0)
    assert board.rows["Beard"].value.text == "1.00"


def test_that_the_selected_image_is_gone_to_and_told_as_what_it_is(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard, renderer: FakeRenderer
) -> None:
    assert not board.as_selected.isEnabled()
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        workspace.do(SelectImage(index=4))
    workspace.undo_stack.clear()
    qtbot.mouseClick(board.as_selected, Qt.MouseButton.LeftButton)
    assert workspace.state.probe == tuple(map(float, renderer.mean[4]))
    assert workspace.state.condition == (0.0, 1.0, 0.0)
    assert not board.as_selected.isEnabled()
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert (workspace.state.probe, workspace.state.condition) == (Z, (0.0, 0.0, 0.0))
    assert board.as_selected.isEnabled()


def test_that_what_is_asked_for_goes_round_from_either_to_with_to_without(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    hat, smile = board.samples.boxes["Hat"], board.samples.boxes["Smile"]
    assert isinstance(hat, AskBox)
    assert hat.text() == "Hat or not"
    for words, asked in (
        ("with Hat", (("Hat", 1.0),)),
        ("without Hat", (("Hat", 0.0),)),
        ("Hat or not", ()),
    ):
        hat.setFocus()
        qtbot.keyClick(hat, Qt.Key.Key_Space)
        assert (hat.text(), workspace.state.asked) == (words, asked)
    smile.click()
    hat.click()
    assert workspace.state.asked == (("Hat", 1.0), ("Smile", 1.0))
    workspace.undo_stack.undo()
    assert workspace.state.asked == (("Smile", 1.0),)
    assert hat.text() == "Hat or not"


def test_that_twelve_are_drawn_as_asked_and_a_click_on_one_goes_there(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard, renderer: FakeRenderer
) -> None:
    samples = board.samples
    assert not samples.save.isEnabled()
    samples.boxes["Hat"].click()
    with qtbot.waitSignal(workspace.on(SamplesRequest).signal, timeout=2000) as caught:
        qtbot.mouseClick(samples.draw, Qt.MouseButton.LeftButton)
        assert samples.note.text() == "Drawing …"
    (reply,) = caught.args
    assert len(reply.pictures) == COUNT
    assert all(tile.isVisible() for tile in samples.tiles)
    assert samples.note.text() == f"Hat=1; the others as in 7 of 9 real pictures; seed {reply.seed}."
    assert "condition Hat, Smile, Beard" in samples.tiles[1].toolTip()
    workspace.undo_stack.clear()
    qtbot.mouseClick(samples.tiles[1], Qt.MouseButton.LeftButton)
    assert (workspace.state.probe, workspace.state.condition) == (reply.points[1], (1.0, 1.0, 1.0))
    assert [tile.isChecked() for tile in samples.tiles[:3]] == [False, True, False]
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert (workspace.state.probe, workspace.state.condition) == (Z, (0.0, 0.0, 0.0))
    assert not any(tile.isChecked() for tile in samples.tiles)


def test_that_the_button_stays_under_the_mouse_when_the_pictures_come(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard, whole: AttributeBoard
) -> None:
    whole.resize(360, 420)
    draw = board.samples.draw
    board.ensureWidgetVisible(draw)
    place = draw.mapTo(board.viewport(), QPoint(5, 5))
    for _ in range(2):
        assert board.viewport().childAt(place) is draw
        with qtbot.waitSignal(workspace.on(SamplesRequest).signal, timeout=2000):
            qtbot.mouseClick(draw, Qt.MouseButton.LeftButton)
        until_idle()
        # To the end of the scrolling, which may be a pixel short.
        assert abs(draw.mapTo(board.viewport(), QPoint(5, 5)).y() - place.y()) <= 2
    assert not any(tile.visibleRegion().isEmpty() for tile in board.samples.tiles[-4:])


def test_that_each_press_draws_with_another_seed(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    seeds = set()
    for _ in range(4):
        with qtbot.waitSignal(workspace.on(SamplesRequest).signal, timeout=2000) as caught:
            qtbot.mouseClick(board.samples.draw, Qt.MouseButton.LeftButton)
        seeds.add(caught.args[0].seed)
    assert len(seeds) > 1


def test_that_a_draw_that_fails_says_why(
    qtbot: QtBot, board: ConditionBoard, renderer: FakeRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(request: SamplesRequest) -> None:
        raise LabError("the pictures have gone")

    monkeypatch.setattr(renderer, "_samples", refuse)
    board.samples.draw.click()
    qtbot.waitUntil(lambda: "the pictures have gone" in board.samples.note.text(), timeout=2000)


@pytest.mark.parametrize("renderer", [NONE], indirect=True)
def test_that_a_model_that_is_told_nothing_has_one_way_alone(whole: AttributeBoard) -> None:
    assert whole.pages.tabBar().isHidden()
    assert whole.pages.currentIndex() == 0


@pytest.mark.parametrize("renderer", [CLASSES], indirect=True)
def test_that_classes_are_compared_and_asked_for_one_at_a_time(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard
) -> None:
    qtbot.waitUntil(lambda: shows(board.rows["Smile"].condition, Z, (0.0, 1.0, 0.0)), timeout=2000)
    # It is of the class Hat already: neither way has anything to add.
    assert shows(board.rows["Hat"].vector, Z, (1.0, 0.0, 0.0))
    assert board.rows["Hat"].sign.text() == "="
    assert board.rows["Hat"].slider.isHidden()
    qtbot.mouseClick(board.rows["Smile"].condition, Qt.MouseButton.LeftButton)
    assert workspace.state.condition == (0.0, 1.0, 0.0)
    board.samples.boxes["Hat"].click()
    board.samples.boxes["Beard"].click()
    assert workspace.state.asked == (("Beard", 1.0),)
    board.samples.boxes["Beard"].click()
    assert workspace.state.asked == ()


def test_that_another_model_brings_its_own_conditions(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard, renderer: FakeRenderer
) -> None:
    board.samples.boxes["Hat"].click()
    board.samples.boxes["Beard"].click()
    renderer.conditions = ("Beard", "Wings")
    with qtbot.waitSignal(workspace.encoded, timeout=2000):
        workspace.open(workspace.state)
    assert list(board.rows) == list(board.samples.boxes) == ["Beard", "Wings"]
    assert workspace.state.asked == (("Beard", 1.0),)
    assert board.samples.boxes["Beard"].text() == "with Beard"
    qtbot.waitUntil(lambda: board.now.picture is not None, timeout=2000)


def test_that_nothing_is_asked_for_behind_the_other_tab(
    qtbot: QtBot, workspace: Workspace, whole: AttributeBoard, renderer: FakeRenderer
) -> None:
    assert whole.pages.currentWidget() is whole.conditions, "such a model opens on its conditions"
    whole.pages.setCurrentIndex(0)
    until_idle()
    renderer.served.clear()
    workspace.do(MoveProbe(z=Z))
    until_idle()
    assert not any(isinstance(one, WaysRequest) for one in renderer.served)


def test_that_of_many_moves_the_strip_asks_now_and_then(
    qtbot: QtBot, workspace: Workspace, board: ConditionBoard, renderer: FakeRenderer
) -> None:
    until_idle()
    renderer.served.clear()
    for number in range(200):
        workspace.do(MoveProbe(z=(0.01 * number, 0.0, 0.0)))
    qtbot.waitUntil(lambda: shows(board.now, workspace.state.probe, (0.0, 0.0, 0.0)), timeout=2000)
    assert 1 <= len([one for one in renderer.served if isinstance(one, WaysRequest)]) <= 4


def test_that_data_without_attributes_leave_the_condition_its_pictures(
    qtbot: QtBot,
    workspace: Workspace,
    whole: AttributeBoard,
    renderer: FakeRenderer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(method: str) -> None:
        raise LabError("fake has neither attributes nor classes")

    monkeypatch.setattr(renderer, "directions", refuse)
    whole.pages.setCurrentIndex(1)
    with qtbot.waitSignal(workspace.loaded, timeout=2000):
        workspace.open(workspace.state)
    board = whole.conditions
    qtbot.waitUntil(lambda: "no vectors to compare with" in board.status.text(), timeout=3000)
    qtbot.waitUntil(lambda: board.rows["Hat"].condition.picture is not None, timeout=2000)
    assert board.rows["Hat"].vector.picture is None


def test_that_the_new_pictures_are_saved_as_a_sheet_that_says_what_was_asked(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path, FakeRenderer(3, *ATTRIBUTES)) as window:
        board = window.findChild(ConditionBoard, "conditionBoard")
        assert not window.bench.actions["exportSamplesAction"].isEnabled()
        board.samples.boxes["Smile"].click()
        with qtbot.waitSignal(window.workspace.on(SamplesRequest).signal, timeout=2000) as caught:
            board.samples.draw.click()
        (reply,) = caught.args
        assert window.bench.actions["exportSamplesAction"].isEnabled()
        board.samples.save.click()
        page = window.findChild(ExportDialog)
        page.path.setText(str(tmp_path / "sheet.png"))
        page.scale.setValue(1)
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=3000):
            page.buttons.button(QDialogButtonBox.StandardButton.Save).click()
    with Image.open(tmp_path / "sheet.png") as image:
        sheet = np.asarray(image)
    assert sheet.shape == (3 * 8, 4 * 8)
    np.testing.assert_array_equal(sheet[8:16, :8], reply.pictures[4])
    origin = read_provenance(tmp_path / "sheet.png")
    assert (origin.what, origin.seed, origin.extra["condition"]) == ("samples", reply.seed, "Smile=1")
    assert origin.extra["told"].split()[:2] == ["0,1,0", "1,1,1"]
