"""The room of two players while they are trained: what is shown, and what mouse and key change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.playing import PlayerSettings
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.trainer_client import Stage
from latentlab.qt.clients.training_orders import Begin, Players
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.adversarial.view import AdversarialView
from latentlab.qt.views.players.view import PlayersView
from latentlab.qt.widgets.number_field import RealNumber
from latentlab.session.state import SessionState
from tests.kinds.small import SMALL
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle
from tests.tiny import save_tiny_gan, toy_set

pytestmark = [OFFSCREEN, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton
PLAN = TrainingPlan(epochs=5000, batch=16, device="cpu", precision="fp32", threads=1)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    """The room, on a model that is not in training."""
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    monkeypatch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", 0.001)
    state = SessionState(model=str(save_tiny_gan(tmp_path / "gan.safetensors")), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as made:  # type: ignore[arg-type]
        made.resize(1200, 800)
        find(made, QToolButton, "workspace_adversarial").click()
        until_idle()
        yield made


def find(window: QWidget, kind: type, name: str) -> QWidget:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def click(qtbot: QtBot, window: LabWindow, name: str) -> None:
    button = find(window, QPushButton, name)
    assert button.isEnabled(), button.toolTip()
    qtbot.mouseClick(button, LEFT)


def until(qtbot: QtBot, what: Callable[[], bool]) -> None:
    qtbot.waitUntil(what, timeout=20_000)


def paused(qtbot: QtBot, window: LabWindow, kind: str = "gan") -> PlayersView:
    """Begins a training, and pauses it by the mouse."""
    trainer = window.bench.trainer
    trainer.begin(Begin(kind, SMALL[kind], PLAN, "toy", trainer.free_name("toy-gan")))
    view = find(window, PlayersView, "playersView")
    until(qtbot, lambda: trainer.stage is Stage.RUNNING and len(view.players.settings) == 2)
    until(qtbot, lambda: window.workspace.following and len(view.history.train.steps) > 3)
    click(qtbot, window, "playersPause")
    until(qtbot, lambda: trainer.stage is Stage.PAUSED)
    until_idle()
    return view


def test_that_without_a_training_the_buttons_are_off_and_say_why_and_the_figures_what_they_will_mean(
    window: LabWindow,
) -> None:
    for name in ("playersPause", "stepPlayer0", "stepPlayer1"):
        button = find(window, QPushButton, name)
        assert button.isVisible()
        assert not button.isEnabled()
        assert "Nothing is in training" in button.toolTip()
    assert "Nothing is in training" in find(window, QLabel, "playersWords").text()
    tiles = find(window, PlayersView, "playersView").curves.tiles
    assert [tile.accessibleName() for tile in tiles] == [
        "Discriminator's loss, nats", "Generator's loss, nats",
    ]  # fmt: skip


def test_that_single_steps_move_one_player_and_are_on_the_curves_and_on_the_tape(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = paused(qtbot, window)
    room = find(window, AdversarialView, "adversarialView")
    assert view.controls.rows[0].step.text() == "Step discriminator"
    before = view._step
    until(qtbot, lambda: bool(room.tape.frames))
    for clicks, name in enumerate(("stepPlayer0", "stepPlayer1", "stepPlayer1"), 1):
        click(qtbot, window, name)
        until(qtbot, lambda clicks=clicks: view._step == before + clicks)
    until(qtbot, lambda: room.tape.frames[-1].step == before + 3)
    assert window.bench.trainer.stage is Stage.PAUSED
    assert view.curves.titles == ("Discriminator's loss, nats", "Generator's loss, nats")
    assert f"Step {before + 3:,}" in find(window, QLabel, "playersWords").text()
    click(qtbot, window, "playersPause")
    until(qtbot, lambda: window.bench.trainer.stage is Stage.RUNNING)
    assert not find(window, QPushButton, "stepPlayer0").isEnabled()
    assert "Pause" in find(window, QPushButton, "stepPlayer0").toolTip()


def test_that_turns_and_rates_count_at_once(qtbot: QtBot, window: LabWindow) -> None:
    view = paused(qtbot, window)
    turns = find(window, QSpinBox, "playerTurns0")
    turns.setFocus()
    qtbot.keyClick(turns, Qt.Key.Key_Up)
    qtbot.keyClick(turns, Qt.Key.Key_Up)
    rate = find(window, RealNumber, "playerRate1")
    rate.selectAll()
    qtbot.keyClicks(rate, "0.0005")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    wanted = (PlayerSettings("discriminator", 1.0, 3), PlayerSettings("generator", 0.5, 1))
    until(qtbot, lambda: view.players.settings == wanted)


def test_that_the_plane_says_why_it_has_no_points_until_the_encoder_is_trained(
    qtbot: QtBot, window: LabWindow
) -> None:
    paused(qtbot, window)
    model, note = window.workspace.model, find(window, QLabel, "planeNote")
    assert model is not None
    assert not model.can(Capability.ENCODES)
    assert note.isVisible()
    assert "its encoder" in note.text()
    assert "trained last" in note.text()
    assert window.workspace.encodings is None
    reason = window.bench.workspaces.why_not("attributes")
    assert "has no trained encoder yet" in reason
    assert "trained last" in reason


def test_that_the_room_says_when_the_players_have_ended_and_how_far_the_encoder_is(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = paused(qtbot, window)
    words = find(window, QLabel, "playersWords")
    assert (view.players.who, view.players.ended) == (("discriminator", "generator"), ())
    assert "ended" not in words.text()
    assert view._step is not None
    trainer = window.bench.trainer
    rate, first = view.players.learning_rate, view._step - 30
    encoder = Players((PlayerSettings("encoder", 1.0, 1),), rate, ("encoder",), view.players.who, first, 120)
    trainer.told.emit(encoder)
    said = "The discriminator and the generator have ended, and the encoder is learning now: step 30 of 120"
    assert words.text().startswith(said)
    trainer.told.emit(Players(who=("discriminator", "generator")))
    assert "ended" not in words.text(), "the first phase speaks for itself"


def test_that_of_a_critic_the_estimate_of_the_distance_is_drawn_and_its_turns_are_shown(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = paused(qtbot, window, "wgan")
    until(qtbot, lambda: bool(view.curves.titles))
    assert view.curves.titles == ("Distance W1", "Generator's loss", "Slope of the critic")
    assert view.controls.rows[0].step.text() == "Step critic"
    assert find(window, QSpinBox, "playerTurns0").value() == 3


def test_that_the_curves_and_the_tape_stay_when_the_model_has_been_kept(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = paused(qtbot, window)
    room = find(window, AdversarialView, "adversarialView")
    until(qtbot, lambda: bool(room.tape.frames))
    steps = [frame.step for frame in room.tape.frames]
    window.bench.trainer.keep()
    until(qtbot, lambda: window.bench.trainer.stage is Stage.IDLE and not window.workspace.following)
    until(qtbot, lambda: room.tape.frames[-1].step is None)
    assert [frame.step for frame in room.tape.frames][: len(steps)] == steps
    assert view.history.train.steps
    assert not find(window, QPushButton, "playersPause").isEnabled()
    said = [label.text() for label in window.findChildren(QLabel)]
    assert any("It has no encoder, for that is trained last" in words for words in said)
