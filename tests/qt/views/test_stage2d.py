"""The 2-D stage in the window, by mouse and key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QDockWidget, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.opening import EncodeRequest
from latentlab.engine.stage.recipe import Recipe, Source
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.stage2d.beside import Beside
from latentlab.qt.views.stage2d.controls import StageControls
from latentlab.qt.views.stage2d.view import StageView
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path) as made:
        yield made


@pytest.fixture
def view(qtbot: QtBot, window: LabWindow) -> StageView:
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_stage2d"), LEFT)
    (found,) = window.findChildren(StageView)
    until_idle()
    return found


def choose(view: StageView, name: str, key: str) -> None:
    combo = view.findChild(QComboBox, name)
    combo.setCurrentIndex(combo.findData(key))
    until_idle()


def press(qtbot: QtBot, view: StageView, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), LEFT)


def test_that_it_is_made_when_it_is_first_shown_and_begins_at_once(window: LabWindow, qtbot: QtBot) -> None:
    assert not window.findChildren(StageView)
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_stage2d"), LEFT)
    (view,) = window.findChildren(StageView)
    until_idle()
    assert view.canvas.frame.round == 0
    assert view.canvas.frame.mesh is not None


def test_that_play_trains_and_pause_stops(qtbot: QtBot, view: StageView) -> None:
    press(qtbot, view, "stagePlay")
    qtbot.waitUntil(lambda: view.canvas.frame.round >= 3, timeout=20_000)
    assert not view.bars.step.isEnabled()
    press(qtbot, view, "stagePlay")
    until_idle()
    rounds = view.canvas.frame.round
    until_idle()
    assert view.canvas.frame.round == rounds
    assert view.bars.step.isEnabled()
    assert len(view.beside.losses.curves) == 2


def test_that_a_step_is_one_round_and_a_turn_moves_one_player(qtbot: QtBot, view: StageView) -> None:
    made = view.canvas.frame.made
    press(qtbot, view, "stageTurnOne")
    until_idle()
    assert np.array_equal(view.canvas.frame.made, made)
    press(qtbot, view, "stageTurnOther")
    until_idle()
    assert not np.array_equal(view.canvas.frame.made, made)
    press(qtbot, view, "stageStep")
    until_idle()
    assert view.canvas.frame.round == 3
    assert view.findChild(QLabel, "stageRounds").text() == "3 rounds"


@pytest.mark.parametrize("family", ["critic", "mixture", "variational", "diffusion"])
def test_that_each_family_trains_and_shows_what_it_has(qtbot: QtBot, view: StageView, family: str) -> None:
    choose(view, "stageFamily", family)
    press(qtbot, view, "stageStep")
    until_idle()
    frame = view.canvas.frame
    assert frame.round == 1
    assert (frame.ellipses is not None) == (family == "mixture")
    assert view.beside.ratio.isVisibleTo(view.beside) == (family == "critic")
    assert view.bars.turns[0].isVisibleTo(view) is False


def test_that_a_wasserstein_critic_has_an_estimate_and_slopes(qtbot: QtBot, view: StageView) -> None:
    choose(view, "stageLoss", "penalty")
    assert view.controls.tuning.turns == 5
    press(qtbot, view, "stageStep")
    until_idle()
    assert view.canvas.frame.believed is not None
    assert view.beside.slopes.slopes is not None
    assert "by the critic" in view.findChild(QLabel, "stageFigures").text()


def test_that_the_divergence_is_said_in_words_and_the_tip_tells_what_it_is_of(
    qtbot: QtBot, view: StageView
) -> None:
    words = view.findChild(QLabel, "stageFigures")
    assert words.text().startswith("Divergence JS ")
    assert "Jensen-Shannon" in words.toolTip()
    # The density of what a generator makes is not known.
    assert "blurred" in words.toolTip()
    choose(view, "stageFamily", "critic")
    assert "blurred" not in words.toolTip()
    choose(view, "stageFamily", "mixture")
    assert not words.toolTip()


def test_that_what_is_drawn_is_learnt_and_can_be_cleared(qtbot: QtBot, view: StageView) -> None:
    choose(view, "stageData", "drawn")
    assert view.canvas.frame is None
    assert "press and drag" in view.canvas.hint
    assert not view.bars.play.isEnabled()
    box = view.canvas.box()
    start = QPoint(int(box.left() + box.width() * 0.25), int(box.center().y()))
    qtbot.mousePress(view.canvas, LEFT, pos=start)
    for step in range(1, 11):
        qtbot.mouseMove(view.canvas, start + QPoint(int(step * box.width() / 20), 0))
    qtbot.mouseRelease(view.canvas, LEFT, pos=start + QPoint(int(box.width() / 2), 0))
    until_idle()
    data = view.canvas.frame.data
    assert np.abs(data[:, 1]).max() < 0.4
    assert -1.3 < data[:, 0].min() < -0.7
    press(qtbot, view, "stageClear")
    until_idle()
    assert view.canvas.frame is None


def test_that_the_codes_of_the_open_model_can_be_learnt(qtbot: QtBot, view: StageView) -> None:
    choose(view, "stageData", "codes")
    assert view.canvas.frame is not None
    assert view.canvas.frame.ratio is None


def test_that_codes_are_those_of_the_model_that_the_form_names(
    qtbot: QtBot, window: LabWindow, view: StageView
) -> None:
    choose(view, "stageData", "codes")
    press(qtbot, view, "stageStep")
    until_idle()
    window.workspace.ask(EncodeRequest)  # as at each snapshot of a training
    until_idle()
    assert view.canvas.frame.round == 1, "the same model: it goes on"
    window.workspace.open(replace(window.workspace.state, model="another"))
    until_idle()
    assert view.controls.data.currentText() == "Codes of another"
    assert view.canvas.frame.round == 0, "begun again, with the codes of the other"


def test_that_codes_are_projected_when_they_are_learnt_from(qtbot: QtBot) -> None:
    form, asked = StageControls(), list[int]()
    qtbot.addWidget(form)

    def codes() -> np.ndarray:
        asked.append(1)
        return np.eye(2, dtype=np.float32)

    form.offer_codes(codes, "it")
    assert form.recipe.source.rows is None
    assert not asked
    form.data.setCurrentIndex(form.data.findData("codes"))
    assert form.recipe.source.rows is form.recipe.source.rows
    assert len(asked) == 1


def test_that_models_of_other_codes_are_not_compared(qtbot: QtBot) -> None:
    beside, tried = Beside(), list[int]()
    qtbot.addWidget(beside)
    for _ in range(20):  # an array often lies where one that is gone lay
        beside.clear(Recipe(Source("codes", rows=np.zeros((50, 2), np.float32))))
        tried.append(len(beside.compared.tried))
        beside.compared.note("a model", 1.0, 5, 0.1)
    assert not any(tried)


def test_that_two_clouds_are_dragged_apart_and_their_distances_said(qtbot: QtBot, view: StageView) -> None:
    qtbot.mouseClick(view.findChild(QToolButton, "stageMoveApart"), LEFT)
    until_idle()
    assert view.beside.two.reply.w1 == pytest.approx(0.5, abs=0.03)
    centre, unit = view.canvas.box().center().toPoint(), view.canvas.box().width() / 4.0
    qtbot.mousePress(view.canvas, LEFT, pos=centre)
    qtbot.mouseMove(view.canvas, centre + QPoint(int(unit), 0))
    qtbot.mouseRelease(view.canvas, LEFT, pos=centre + QPoint(int(unit), 0))
    until_idle()
    reply = view.beside.two.reply
    assert reply.w1 == pytest.approx(1.5, abs=0.06)
    assert reply.js == pytest.approx(np.log(2.0), abs=1e-3)
    assert "would not know where to go" in view.apart.words.text()
    qtbot.mouseClick(view.findChild(QToolButton, "stageTrain"), LEFT)
    until_idle()
    assert view.canvas.frame.round == 0


def test_that_nothing_is_trained_while_it_is_not_seen(
    qtbot: QtBot, window: LabWindow, view: StageView
) -> None:
    press(qtbot, view, "stagePlay")
    qtbot.waitUntil(lambda: view.canvas.frame.round >= 1, timeout=20_000)
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_explore"), LEFT)
    until_idle()
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_stage2d"), LEFT)
    rounds = view.canvas.frame.round
    qtbot.waitUntil(lambda: view.canvas.frame.round > rounds, timeout=20_000)
    press(qtbot, view, "stagePlay")
    until_idle()


def test_that_nothing_is_trained_while_a_drawing_is_awaited(qtbot: QtBot, view: StageView) -> None:
    press(qtbot, view, "stagePlay")
    qtbot.waitUntil(lambda: view.canvas.frame.round >= 1, timeout=20_000)
    choose(view, "stageData", "drawn")  # it ends only when no thread works any more
    assert view.canvas.frame is None
    assert not view.run.playing


def test_that_nothing_is_trained_behind_another_tab_and_it_goes_on_in_front(
    qtbot: QtBot, window: LabWindow, view: StageView
) -> None:
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_explore"), LEFT)
    window.resize(1200, 900)
    docks = window.bench.docks
    stage = window.findChild(QDockWidget, "stage2dDock")
    docks.bring(stage)
    window.tabifyDockWidget(docks.tray, stage)
    docks.bring(stage)
    until_idle()
    assert docks.in_front(stage)
    view.bars.play.click()
    qtbot.waitUntil(lambda: view.canvas.frame.round >= 1, timeout=20_000)
    docks.bring(docks.tray)
    assert view.isVisible(), "which Qt says of all tabs"
    until_idle()
    rounds = view.canvas.frame.round
    until_idle()
    assert view.canvas.frame.round == rounds
    docks.bring(stage)
    qtbot.waitUntil(lambda: view.canvas.frame.round > rounds, timeout=20_000)
    view.bars.play.click()
    until_idle()


def test_that_a_training_that_breaks_says_what_to_do(qtbot: QtBot, view: StageView) -> None:
    choose(view, "stageFamily", "variational")
    view.controls.rate.setMaximum(1e30)
    view.controls.rate.setValue(1e30)
    for _ in range(3):
        press(qtbot, view, "stageStep")
        until_idle()
    assert "smaller learning rates" in view.status.text()


def test_that_a_small_window_shows_the_whole_page(qtbot: QtBot, window: LabWindow, view: StageView) -> None:
    window.resize(1020, 570)
    until_idle()
    area = view.findChild(object, "stagePageArea")
    assert area.horizontalScrollBar().maximum() == 0
    assert area.verticalScrollBar().maximum() == 0


def test_that_a_drawing_can_be_cleared_by_key_while_the_mouse_draws(qtbot: QtBot, view: StageView) -> None:
    choose(view, "stageData", "drawn")
    canvas, clear = view.canvas, view.findChild(QPushButton, "stageClear")
    qtbot.mousePress(canvas, LEFT, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(120, 120))
    clear.setFocus()
    qtbot.keyClick(clear, Qt.Key.Key_Space)
    qtbot.mouseMove(canvas, QPoint(140, 140))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(140, 140))
    until_idle()
    assert canvas.strokes == []
    assert "Draw the data here" in canvas.hint


def test_that_codes_that_have_gone_are_told_instead_of_being_waited_for(
    qtbot: QtBot, view: StageView
) -> None:
    choose(view, "stageData", "codes")
    view.controls.offer_codes(None, "")
    press(qtbot, view, "stageAgain")
    until_idle()
    assert view.canvas.frame is None
    assert view.canvas.hint == "Nothing to show."
    assert "Choose other data" in view.status.text()
    choose(view, "stageData", "ring")
    assert view.canvas.frame is not None
    assert not view.canvas.hint
