"""The choice of what the model is told, and the pictures that follow it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.grids import GridRequest, UnderlayRequest
from latentlab.engine.rendering.requests.points import (
    ConditionStripRequest,
    PointRequest,
    TrayRequest,
    WalkRequest,
)
from latentlab.engine.rendering.serving import Request
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.export import exportables
from latentlab.qt.export.exportables import Exportables
from latentlab.qt.views.conditions.view import ConditionSelector
from latentlab.qt.views.selection_card.view import SelectionCard
from latentlab.session.edits import MoveProbe, SetCondition, SetPins
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import until_idle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

CLASSES, ATTRIBUTES, NONE = (("a", "b", "c"), True), (("hat", "beard"), False), ((), True)


@pytest.fixture(params=[CLASSES])
def renderer(request: pytest.FixtureRequest) -> FakeRenderer:
    return FakeRenderer(2, *request.param)


@pytest.fixture
def view(qtbot: QtBot, workspace: Workspace) -> ConditionSelector:
    made = ConditionSelector(workspace)
    qtbot.addWidget(made)
    made.resize(320, 260)
    if made._names:
        made.show()
        qtbot.waitExposed(made)
    return made


def told(renderer: FakeRenderer) -> dict[type[Request], tuple[float, ...]]:
    """The condition of the last request of each kind."""
    return {type(request): request.condition for request in renderer.served if hasattr(request, "condition")}


def test_that_a_model_starts_with_its_first_class(workspace: Workspace, view: ConditionSelector) -> None:
    assert workspace.state.condition == (1.0, 0.0, 0.0)
    assert [button.isChecked() for button in view.buttons] == [True, False, False]
    assert [button.text() for button in view.buttons] == ["a", "b", "c"]
    assert "Class" in view.heading.text()


def test_that_every_picture_follows_the_class_that_is_chosen_in_one_undoable_step(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector, renderer: FakeRenderer
) -> None:
    workspace.do(SetPins(pins=((1.0, 0.0), (0.0, 1.0))))
    workspace.request_underlay(3, 3, (-1.0, 1.0, -1.0, 1.0))
    until_idle()
    renderer.served.clear()
    workspace.undo_stack.clear()
    qtbot.mouseClick(view.buttons[1], Qt.MouseButton.LeftButton)
    assert workspace.state.condition == (0.0, 1.0, 0.0)
    qtbot.waitUntil(
        lambda: (
            {PointRequest, TrayRequest, WalkRequest, GridRequest, UnderlayRequest} <= told(renderer).keys()
        )
    )
    assert set(told(renderer).values()) == {(0.0, 1.0, 0.0)}
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert [button.isChecked() for button in view.buttons] == [True, False, False]


def test_that_a_picture_that_is_selected_is_shown_as_what_it_is_in_one_undoable_step(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector, renderer: FakeRenderer
) -> None:
    card = SelectionCard(workspace)
    qtbot.addWidget(card)
    card.show()
    card._loaded(workspace.model)
    qtbot.waitUntil(lambda: workspace.encodings is not None)
    before = workspace.state.probe
    card.index.setFocus()
    qtbot.keyClick(card.index, Qt.Key.Key_Up)
    assert workspace.state.selected == 0
    assert workspace.state.probe == pytest.approx(tuple(renderer.mean[0]))
    assert workspace.state.condition == (0.0, 1.0, 0.0)
    assert view.buttons[1].isChecked()
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert (workspace.state.probe, workspace.state.condition) == (before, (1.0, 0.0, 0.0))


def test_that_a_click_on_the_chosen_class_changes_nothing(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector
) -> None:
    qtbot.mouseClick(view.buttons[0], Qt.MouseButton.LeftButton)
    assert view.buttons[0].isChecked()
    assert workspace.undo_stack.count() == 0


def test_that_the_strip_shows_the_probe_as_every_class_and_a_click_chooses_one(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector, renderer: FakeRenderer
) -> None:
    moved = {"check_params_cb": lambda reply: reply.points[0] == (1.0, 2.0)}
    with qtbot.waitSignal(workspace.on(ConditionStripRequest).signal, timeout=2000, **moved):
        workspace.do(MoveProbe(z=(1.0, 2.0)))
    assert all(tile._image is not None for tile in view.tiles)
    assert [tile.isChecked() for tile in view.tiles] == [True, False, False]
    qtbot.mouseClick(view.tiles[2], Qt.MouseButton.LeftButton)
    assert workspace.state.condition == (0.0, 0.0, 1.0)
    assert [tile.isChecked() for tile in view.tiles] == [False, False, True]
    view.grab()


def test_that_of_many_moves_the_strip_asks_now_and_then(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector, renderer: FakeRenderer
) -> None:
    until_idle()
    renderer.served.clear()
    for number in range(200):
        workspace.do(MoveProbe(z=(0.01 * number, 0.0)))
    until_idle()
    strips = [request for request in renderer.served if isinstance(request, ConditionStripRequest)]
    assert 1 <= len(strips) <= 4
    assert strips[-1].points == (workspace.state.probe,) * len(strips[-1].conditions)


@pytest.mark.parametrize("renderer", [ATTRIBUTES], indirect=True)
def test_that_attributes_are_switched_one_by_one(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector, renderer: FakeRenderer
) -> None:
    assert workspace.state.condition == (0.0, 0.0)
    view.buttons[1].click()
    view.buttons[0].click()
    assert workspace.state.condition == (1.0, 1.0)
    qtbot.mouseClick(view.tiles[1], Qt.MouseButton.LeftButton)
    assert workspace.state.condition == (1.0, 0.0)
    assert [button.isChecked() for button in view.buttons] == [True, False]
    assert [tile.text() for tile in view.tiles] == ["− hat", "+ beard"]
    assert view.tiles[0].accessibleName() == "The probe without hat"
    qtbot.waitUntil(
        lambda: any(
            isinstance(request, ConditionStripRequest) and request.conditions == ((0.0, 0.0), (1.0, 1.0))
            for request in renderer.served
        )
    )
    workspace.undo_stack.undo()
    assert workspace.state.condition == (1.0, 1.0)


@pytest.fixture
def _beards_are_under_hats(renderer: FakeRenderer) -> None:
    renderer.implied = ((1, True, 0, True), (0, False, 1, False))


@pytest.mark.usefixtures("_beards_are_under_hats")
@pytest.mark.parametrize("renderer", [ATTRIBUTES], indirect=True)
def test_that_what_goes_along_in_the_data_is_told_along(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector
) -> None:
    assert view.tiles[1].accessibleName() == "The probe with beard and hat"
    qtbot.mouseClick(view.tiles[1], Qt.MouseButton.LeftButton)
    assert workspace.state.condition == (1.0, 1.0)
    assert view.tiles[0].accessibleName() == "The probe without hat and beard"
    view.buttons[0].click()
    assert workspace.state.condition == (0.0, 0.0)


@pytest.mark.parametrize("renderer", [NONE], indirect=True)
def test_that_a_model_that_is_told_nothing_has_no_choice_to_show(
    workspace: Workspace, view: ConditionSelector, renderer: FakeRenderer
) -> None:
    assert workspace.state.condition == ()
    assert view.isHidden()
    assert not view.buttons
    assert not any(isinstance(request, ConditionStripRequest) for request in renderer.served)


def test_that_a_condition_of_another_model_gives_way_when_the_next_is_opened(
    qtbot: QtBot, workspace: Workspace, view: ConditionSelector, renderer: FakeRenderer
) -> None:
    workspace.do(SetCondition(condition=(0.0, 0.0, 1.0)))
    renderer.conditions = ("x", "y")
    with qtbot.waitSignal(workspace.encoded, timeout=2000):
        workspace.open(workspace.state)
    assert workspace.state.condition == (1.0, 0.0)
    assert [button.text() for button in view.buttons] == ["x", "y"]
    assert len(view.tiles) == 2


def test_that_a_saved_picture_says_what_the_model_was_told(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    found = Exportables(workspace)
    workspace.do(SetCondition(condition=(0.0, 1.0, 0.0)))

    def told(what: str) -> object:
        thing = found.get(what) if found.has(what) else None
        return None if thing is None else thing.provenance.extra["condition"]

    # A grid from before may come first, for the new one waits for the hand.
    for what in (exportables.PROBE, exportables.GRID):
        qtbot.waitUntil(lambda what=what: told(what) == "b", timeout=2000)


@pytest.mark.parametrize(
    "renderer", [(("Hat", "Eyeglasses", "Sunglasses", "Long_Hair"), False)], indirect=True
)
def test_that_the_names_under_the_pictures_are_not_cut(qtbot: QtBot, view: ConditionSelector) -> None:
    for width in (230, 280, 400):
        view.resize(width, 300)
        qtbot.waitUntil(lambda width=width: view.width() == width and view._strip.width() == width - 16)
        assert all(tile.width() >= tile.name_width for tile in view.tiles)
    assert view.tiles[-1].text() == "+ Long Hair"
