"""A model that is told one of very many classes, or attributes: everything stays quick and usable."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.points import ConditionStripRequest
from latentlab.engine.rendering.serving import Request
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.sample_follower import recipe_of
from latentlab.qt.views.attributes.condition_board import ConditionBoard
from latentlab.qt.views.class_legend.view import ClassLegend, LegendRoom
from latentlab.qt.views.conditions.view import ConditionSelector
from latentlab.qt.views.diffusion.reverse.condition_form import ToldForm
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.name_chooser import MOST_BUTTONS, NameChooser
from latentlab.session.conditions import one_of
from latentlab.session.edits import MoveProbe
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
MANY = tuple(f"class {number}" for number in range(1000))
TRAITS = tuple(f"trait {number}" for number in range(256))


@pytest.fixture
def renderer(request: pytest.FixtureRequest) -> FakeRenderer:
    names, exclusive = getattr(request, "param", (MANY, True))
    return FakeRenderer(2, names, exclusive)


def asked(renderer: FakeRenderer) -> set[type[Request]]:
    return {type(request) for request in renderer.served}


def test_that_a_class_is_found_by_typing_a_part_of_its_name(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    view = ConditionSelector(workspace)
    qtbot.addWidget(view)
    view.show()
    assert view.chooser.isVisible()
    assert (view.buttons, view.tiles) == ([], [])
    assert view.chooser.currentText() == "class 0"
    line = view.chooser.lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, "class 777")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert workspace.state.condition == one_of(777, 1000)
    workspace.undo_stack.undo()
    assert view.chooser.currentText() == "class 0"
    renderer.served.clear()
    workspace.do(MoveProbe(z=(0.5, 0.5)))
    until_idle()
    assert ConditionStripRequest not in asked(renderer), "a thousand pictures at every move"


def test_that_half_a_name_leaves_what_holds(qtbot: QtBot) -> None:
    chooser = NameChooser("any class")
    qtbot.addWidget(chooser)
    chooser.offer(MANY)
    told: list[int] = []
    chooser.chosen.connect(told.append)
    chooser.show()
    chooser.show_number(3)
    assert chooser.currentText() == "class 3"
    chooser.lineEdit().selectAll()
    qtbot.keyClicks(chooser.lineEdit(), "no such")
    chooser.lineEdit().editingFinished.emit()
    assert chooser.currentText() == "class 3"
    chooser.show_number(-1)
    assert chooser.currentText() == "any class"
    assert told == []


@pytest.mark.parametrize("renderer", [(TRAITS, False)], indirect=True)
def test_that_very_many_attributes_have_boxes_that_scroll_and_no_pictures(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    view = ConditionSelector(workspace)
    qtbot.addWidget(view)
    view.resize(320, 400)
    view.show()
    assert not view.chooser.isVisible()
    assert (len(view.buttons), view.tiles) == (256, [])
    assert view.minimumSizeHint().height() < 300
    qtbot.mouseClick(view.buttons[2], Qt.MouseButton.LeftButton)
    assert [number for number, value in enumerate(workspace.state.condition) if value] == [2]
    assert view.buttons[2].isChecked()


def test_that_the_board_of_conditions_has_no_row_for_each_and_new_pictures_are_asked_for_from_a_list(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    board = ConditionBoard(workspace)
    qtbot.addWidget(board)
    board.resize(360, 500)
    board.show()
    assert board.rows == {}
    assert "1,000 conditions, too many to show a picture of each" in board.words.text()
    samples = board.samples
    assert samples.boxes == {}
    line = samples.chooser.lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, "class 500")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert workspace.state.asked == (("class 500", 1.0),)
    samples.chooser.setCurrentIndex(0)
    samples.chooser.activated.emit(0)
    assert workspace.state.asked == ()


def test_that_a_tape_tells_the_first_of_very_many_classes_in_turn(qtbot: QtBot) -> None:
    form = ToldForm()
    qtbot.addWidget(form)
    form.offer(MANY, True)
    assert form.classes.itemText(0) == "the first 64 classes in turn"
    assert form.conditions == tuple(one_of(number, 1000) for number in range(64))
    form.show_conditions([one_of(999, 1000)])
    assert form.classes.currentText() == "class 999"
    form.show_conditions([])
    assert form.classes.currentText() == "no condition"
    form.show_conditions([one_of(5, 1000), one_of(7, 1000)])
    assert form.classes.currentIndex() == -1
    assert form.conditions == (one_of(5, 1000), one_of(7, 1000))
    form.offer(MANY[:10], True)
    assert form.classes.itemText(0) == "each class in turn"
    assert len(form.conditions) == 10


def test_that_samples_of_a_training_are_told_as_many_classes_as_there_are_samples() -> None:
    recipe = recipe_of({"condition_names": MANY})
    assert len(recipe.sampler_settings.conditions) == 16
    assert recipe.sampler_settings.conditions[15] == one_of(15, 1000)


def test_that_a_legend_of_very_many_classes_is_laid_out_once_and_not_for_each(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    legend = ClassLegend(workspace)
    room = LegendRoom(legend)
    qtbot.addWidget(room)
    room.resize(500, 200)
    room.show()
    qtbot.waitExposed(room)
    laid_out: list[int] = []
    places = FlowLayout.places
    monkeypatch.setattr(
        FlowLayout,
        "places",
        lambda self, items, width: laid_out.append(len(items)) or places(self, items, width),
    )
    many = replace(workspace.model, classes=MANY, labels=np.arange(len(workspace.model.labels)) % 1000)
    for _ in range(2):
        workspace.loaded.emit(many)
        until_idle()
    assert len(legend._chips) == 1000
    assert laid_out[-1] == 1001, "the chips and the button for all"
    assert len(laid_out) < 40, "it was once a thousand times"
    assert room.height() == 200


def test_that_a_window_on_a_thousand_classes_opens_and_follows_the_hand_quickly(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path, FakeRenderer(2, MANY)) as window:
        began = time.thread_time()  # other processes do not count
        for step in range(20):
            window.workspace.do(MoveProbe(z=(0.01 * step, 0.0)))
        # Each took 50 ms and more with a button, a tile and a row for each class.
        assert time.thread_time() - began < 1.0
        assert len(window.findChildren(NameChooser)) >= 2
    assert MOST_BUTTONS == 64
