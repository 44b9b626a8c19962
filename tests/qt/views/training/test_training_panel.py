"""Training in the real window, with the real renderer, on pictures of 8 x 8 pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSlider
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.data.report import ReadingReport
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.engine.training.events import Progress, Started
from latentlab.engine.training.objectives import objective_of
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import Choice, fields_of, presets
from latentlab.models.base import Encodes, Fits
from latentlab.models.objectives.figures import elbo_figures
from latentlab.models.registry import KINDS, build
from latentlab.qt.clients.trainer_client import Stage
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.training.beta_slider import beta_at, position_of
from latentlab.qt.views.training.options_dialog import OptionsDialog
from latentlab.qt.views.training.view import TrainingPanel
from latentlab.session.edits import ChangeData
from latentlab.session.known_data import Known
from latentlab.session.recent_data import RecentData
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle, until_threads_rest
from tests.tiny import save_tiny_model, toy_set

pytestmark = OFFSCREEN
SMALL = Choice.of("vae", latents=2, network="mlp", size="S")


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


@contextmanager
def training_window(qtbot: QtBot, folder: Path, epochs: int = 100_000) -> Iterator[LabWindow]:
    model = folder / "tiny.safetensors"
    if not model.exists():
        save_tiny_model(model)
    state = SessionState(model=str(model), data="toy")
    with open_window(qtbot, folder, Renderer(), state=state) as window:  # type: ignore[arg-type]
        panel = window.bench.training
        window.bench.docks.show_training()
        panel.offer_data([Known("Toy pictures", "toy", (1, 8, 8))], "toy")
        plan = TrainingPlan(epochs=epochs, batch=16, precision="fp32", threads=1, device="cpu")
        panel.set_plan(SMALL, plan)
        yield window


def click(qtbot: QtBot, window: LabWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def until(qtbot: QtBot, window: LabWindow, stage: Stage) -> None:
    qtbot.waitUntil(lambda: window.bench.trainer.stage is stage, timeout=20_000)


def test_that_a_training_is_followed_and_its_model_opened_at_the_end(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path, epochs=40) as window:
        steps: list[int] = []
        window.workspace.unfolded.connect(lambda reply: steps.append(reply.step))
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.IDLE)
        kept = tmp_path / "models" / "toy-vae-2d.safetensors"
        qtbot.waitUntil(lambda: window.workspace.state.model == str(kept), timeout=5000)
        assert load_model(kept).model.latents == 2
        assert status(window).startswith("Finished")
        assert f"saved as toy-vae-2d in {kept.parent}." in status(window)
        assert steps == sorted(steps)
        assert steps
        assert window.windowTitle().startswith("toy-vae-2d · toy")
        assert window.bench.actions["exportUnfoldingAction"].isEnabled() == (
            len(window.bench.film.frames) > 1
        )


def test_that_it_pauses_goes_on_and_is_kept_by_its_buttons(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.RUNNING)
        assert not window.findChild(QPushButton, "trainStart").isEnabled()
        click(qtbot, window, "trainPause")
        until(qtbot, window, Stage.PAUSED)
        assert window.findChild(QPushButton, "trainPause").text() == "&Go on"
        click(qtbot, window, "trainPause")
        until(qtbot, window, Stage.RUNNING)
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        assert [path.name for path in (tmp_path / "models").iterdir()] == ["toy-vae-2d.safetensors"]


def test_that_the_plane_can_be_dragged_through_while_it_unfolds(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: window.workspace.model.model.endswith("(training)"), timeout=20_000)
        place = window.bench.plane.rect().center() + window.bench.plane.rect().topLeft()
        with qtbot.waitSignal(window.workspace.on(PointRequest).signal, timeout=5000):
            qtbot.mouseClick(window.bench.plane, Qt.MouseButton.LeftButton, pos=place * 0.5)
        # What is saved for the next start is not a model that is no file yet.
        assert window.workspace.rest().model.endswith("tiny.safetensors")


def test_that_the_slider_changes_beta_while_it_trains(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        betas: set[float] = set()
        window.bench.trainer.told.connect(lambda event: betas.add(getattr(event, "beta", -1.0)))
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.RUNNING)
        slider = window.findChild(QSlider, "betaSlider")
        slider.setFocus()
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
        wanted = beta_at(slider.value())
        assert wanted > 1.0
        qtbot.waitUntil(lambda: wanted in betas, timeout=5000)


def test_that_a_closed_window_offers_at_the_next_start_to_go_on(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        told_steps: list[int] = []
        window.bench.trainer.told.connect(lambda event: told_steps.append(getattr(event, "step", 0)))
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: any(told_steps), timeout=20_000)
    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".training"]
    with training_window(qtbot, tmp_path) as window:
        assert "toy-vae-2d was not finished" in window.bench.messages.label.text()
        started: list[Started] = []
        window.bench.trainer.told.connect(lambda e: started.append(e) if isinstance(e, Started) else None)
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        until(qtbot, window, Stage.RUNNING)
        assert started[0].step > 0
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)


def told(window: LabWindow, kl: tuple[float, ...], beta: float, step: int = 1000) -> None:
    window.bench.trainer.told.emit(Progress(step, 1, elbo_figures(-90.0, kl), 1000.0, 60.0, beta))


def test_that_dimensions_that_collapse_are_named(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        alarm = window.bench.training.form.alarm
        window.bench.trainer.told.emit(Started(2000, 2, "cpu", "fp32", 1))
        told(window, (2.0, 0.001, 1.0, 0.0), beta=20.0)
        qtbot.waitUntil(alarm.isVisible, timeout=3000)
        assert "2 of 4 latent dimensions carry nothing (z2, z4): at beta 20" in alarm.text()
        assert window.bench.training.bars.summary() == "2 of 4 in use"
        for _ in range(60):
            told(window, (2.0, 0.5, 1.0, 0.5), beta=1.0)
        qtbot.waitUntil(lambda: not alarm.isVisible(), timeout=3000)


def test_that_the_slider_says_the_beta_it_stands_for():
    assert beta_at(0) == 0.0
    assert position_of(0.0) == 0
    for beta in (0.05, 0.5, 1.0, 4.0, 20.0, 50.0):
        assert beta_at(position_of(beta)) == pytest.approx(beta, rel=0.03)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.title)
def test_that_every_preset_makes_a_model(preset):
    extra = {"condition_names": ("a", "b")} if KINDS[preset.choice.kind].needs_conditions else {}
    if preset.choice.values.get("likelihood") == "Palette":
        extra["palette"] = ("ffffff", "000000")
    model = build(preset.choice.kind, {**fields_of(preset.choice), **extra, "shape": (3, 32, 32)})
    if isinstance(model, Encodes):
        # 0 stands for as many as a picture has numbers.
        assert model.latents == (preset.choice["latents"] or 3 * 32 * 32)
    assert isinstance(model, Fits) or objective_of(model, TrainingPlan())


def test_that_options_come_back_as_they_were_chosen(qtbot: QtBot):
    plan = TrainingPlan(epochs=7, batch=32, beta_cycles=4, learning_rate=3e-4, seed=5, binarise_input=True)
    choice = Choice.of(kind="ae", latents=12, network="conv", size="L", likelihood="Categorical", beta=2.5)
    dialog = OptionsDialog(choice, plan, ("auto", "cpu"), 100)
    qtbot.addWidget(dialog)
    dialog.accept()
    assert dialog.choice == choice
    assert dialog.plan == TrainingPlan(**{**vars(plan), "beta": 2.5})
    assert all(box.toolTip() for box in dialog.findChildren(QPushButton) if box.objectName())


def test_that_the_menu_does_what_the_buttons_do(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        actions = window.bench.actions
        window.bench.workspaces.show("explore")
        actions["trainAction"].trigger()
        qtbot.waitUntil(window.bench.training.isVisible, timeout=2000)
        assert not actions["pauseTrainingAction"].isEnabled()
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(actions["pauseTrainingAction"].isEnabled, timeout=20_000)
        actions["pauseTrainingAction"].trigger()
        qtbot.waitUntil(actions["resumeTrainingAction"].isEnabled, timeout=5000)
        actions["keepTrainingAction"].trigger()
        until(qtbot, window, Stage.IDLE)
        assert list((tmp_path / "models").glob("*.safetensors"))


def test_that_pictures_of_ones_own_are_asked_for_from_the_list(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        chooser = window.bench.training.data
        window.bench.training.data_wanted.disconnect()
        assert chooser.itemText(chooser.count() - 1) == "Pictures of your own …"
        chooser.setFocus()
        with qtbot.waitSignal(window.bench.training.data_wanted, timeout=2000):
            qtbot.keyClick(chooser, Qt.Key.Key_End)
        assert chooser.currentData() == "toy"


def test_that_a_model_is_proposed_that_suits_the_pictures_unless_one_has_been_chosen(
    qtbot: QtBot, tmp_path: Path
):
    known = [Known("Grey", "grey", (1, 8, 8)), Known("Colour", "colour", (3, 8, 8))]
    grey = presets()[0]
    colour = next(preset for preset in presets() if preset.title == "VAE for colour pictures")
    with training_window(qtbot, tmp_path) as window:
        panel = window.bench.training
        panel.set_plan(grey.choice, panel.plan)
        panel.offer_data(known, "colour")
        assert panel.choice == colour.choice
        assert panel.plan.epochs == 100_000, "the test's own plan"
        panel.data.setFocus()
        qtbot.keyClick(panel.data, Qt.Key.Key_Up)
        assert (panel.data.currentData(), panel.choice) == ("grey", grey.choice)
        panel.model.setCurrentIndex(1)
        qtbot.keyClick(panel.data, Qt.Key.Key_Down)
        assert (panel.data.currentData(), panel.choice) == ("colour", presets()[1].choice)


def test_that_a_training_on_other_pictures_than_those_in_sight_is_followed_and_opened_on_them(
    qtbot: QtBot, tmp_path: Path
):
    with training_window(qtbot, tmp_path) as window:
        steps: list[int] = []
        window.workspace.unfolded.connect(lambda reply: steps.append(reply.step))
        window.bench.training.offer_data([Known("Other pictures", "other", (1, 8, 8))], "other")
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: len(steps) > 3, timeout=20_000)
        assert window.workspace.state.data == "other"
        assert window.workspace.model.model.endswith("(training)")
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        qtbot.waitUntil(
            lambda: window.workspace.model.path.endswith("other-vae-2d.safetensors"), timeout=5000
        )
        assert window.workspace.state.data == "other"


def test_that_the_split_in_sight_can_be_changed_while_a_training_is_followed(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        steps: list[int] = []
        window.workspace.unfolded.connect(lambda reply: steps.append(reply.step))
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: len(steps) > 1, timeout=20_000)
        window.workspace.do(ChangeData(data="toy", split="train"))
        qtbot.waitUntil(lambda: window.workspace.model.split == "train", timeout=5000)
        assert window.workspace.model.model.endswith("(training)")
        count = len(steps)
        qtbot.waitUntil(lambda: len(steps) > count + 1, timeout=5000)


def test_that_a_model_trained_here_can_be_opened_again_by_its_name(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path, epochs=2) as window:
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.IDLE)
        qtbot.waitUntil(lambda: window.workspace.state.model.endswith("toy-vae-2d.safetensors"), timeout=5000)
        window.bench.opener.open_model(str(tmp_path / "tiny.safetensors"))
        qtbot.waitUntil(lambda: window.workspace.model.model == "tiny", timeout=5000)
        window.bench.actions.refresh()
        again = window.bench.actions["ownModel1"]
        assert again.text() == "Open model toy-vae-2d"
        assert not window.bench.actions["ownModel2"].isVisible()
        again.trigger()
        qtbot.waitUntil(lambda: window.workspace.model.model == "toy-vae-2d", timeout=5000)
        assert window.bench.actions["model_mnist-vae-2d"].text() == "Open model mnist-vae-2d"


def test_that_a_model_that_cannot_be_opened_leaves_the_training_in_sight(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        steps: list[int] = []
        window.workspace.unfolded.connect(lambda reply: steps.append(reply.step))
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: len(steps) > 1, timeout=20_000)
        with qtbot.waitSignal(window.workspace.refused, timeout=5000):
            window.bench.opener.open_model(str(tmp_path / "no such file.safetensors"))
        count = len(steps)
        qtbot.waitUntil(lambda: len(steps) > count + 2, timeout=5000)
        assert window.workspace.model.model.endswith("(training)")


def test_that_another_model_can_be_looked_at_during_a_training_and_the_training_shown_again(
    qtbot: QtBot, tmp_path: Path
):
    with training_window(qtbot, tmp_path) as window:
        steps: list[int] = []
        window.workspace.unfolded.connect(lambda reply: steps.append(reply.step))
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: len(steps) > 1, timeout=20_000)
        window.bench.opener.open_model(str(tmp_path / "tiny.safetensors"))
        qtbot.waitUntil(lambda: window.workspace.model.model == "tiny", timeout=5000)
        for _ in range(2):  # snapshots come, and are not shown
            with qtbot.waitSignal(window.bench.trainer.unfolded, timeout=5000):
                pass
        until_threads_rest()
        assert window.workspace.model.model == "tiny"
        assert window.bench.trainer.stage is Stage.RUNNING
        assert "in the background" in window.bench.messages.label.text()
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.workspace.model.model.endswith("(training)"), timeout=5000)
        count = len(steps)
        qtbot.waitUntil(lambda: len(steps) > count + 1, timeout=5000)
        window.bench.opener.open_model(str(tmp_path / "tiny.safetensors"))
        qtbot.waitUntil(lambda: window.workspace.model.model == "tiny", timeout=5000)
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        assert "toy-vae-2d.safetensors is saved" in window.bench.messages.label.text()
        assert window.workspace.model.model == "tiny"
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.workspace.model.model == "toy-vae-2d", timeout=5000)


def test_that_few_pictures_are_seen_more_often_unless_the_person_has_chosen_the_epochs(
    qtbot: QtBot, tmp_path: Path
):
    known = [Known("Few", "few", (1, 8, 8), 7000), Known("Many", "many", (1, 8, 8), 70_000)]
    with training_window(qtbot, tmp_path) as window:
        panel = TrainingPanel(window.bench.trainer)
        qtbot.addWidget(panel)
        panel.offer_data(known, "few")
        assert (panel.plan.epochs, panel.plan.batch) == (100, 64)
        panel.offer_data(known, "many")
        assert (panel.plan.epochs, panel.plan.batch) == (10, 128)
        panel.set_plan(panel.choice, TrainingPlan(epochs=3))
        panel.offer_data(known, "few")
        assert panel.plan.epochs == 3


def test_that_a_training_that_was_left_waits_for_the_one_under_way(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.RUNNING)
        # It runs before its first step is done, and has done some when it is left.
        qtbot.waitUntil(lambda: "Step" in status(window), timeout=20_000)
    with training_window(qtbot, tmp_path) as window:
        started: list[Started] = []
        window.bench.trainer.told.connect(lambda e: started.append(e) if isinstance(e, Started) else None)
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: "Step" in status(window), timeout=20_000)
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        assert window.bench.messages.label.text() == (
            "Another training is running. When it has finished, that of toy-vae-2d can be continued."
        )
        # What is known of the one under way stays known.
        qtbot.waitUntil(lambda: "Step" in status(window), timeout=5000)
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        assert (tmp_path / "models" / "toy-vae-2d-2.safetensors").exists()
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: len(started) == 2, timeout=20_000)
        assert started[1].step > 0


def status(window: LabWindow) -> str:
    return str(window.bench.training.form.status.text())


def test_that_pictures_opened_during_a_training_are_offered_after_it(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        panel = window.bench.training
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.RUNNING)
        report = ReadingReport("/pictures/more", "folder of pictures", 90)
        window.settings.recent = (RecentData("/pictures/more", (3, 12, 12), 90),)
        window.bench.controller.data.pictures_opened("/pictures/more", "more", report)
        assert "more can be trained on when the training is finished." in window.bench.messages.label.text()
        assert (panel.data.currentData(), panel.choice) == ("toy", SMALL)
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        assert panel.data.currentData() == "/pictures/more"


def test_that_whoever_opens_a_model_and_then_stops_the_training_gets_that_model(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: window.workspace.model.model.endswith("(training)"), timeout=20_000)
        # A training that has been saved shows no more of itself.
        click(qtbot, window, "trainPause")
        until(qtbot, window, Stage.PAUSED)
        until_idle()  # its last snapshot has come, as it has before a training is kept
        window.bench.opener.open_model(str(tmp_path / "tiny.safetensors"))
        # The word that it is kept comes before the model that was asked for.
        window.bench.following._kept(tmp_path / "models" / "toy-vae-2d.safetensors")
        qtbot.waitUntil(lambda: window.workspace.model.model == "tiny", timeout=20_000)
        assert "toy-vae-2d.safetensors is saved" in window.bench.messages.label.text()
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)


def test_that_a_model_kept_while_another_cannot_be_opened_is_opened(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: window.workspace.model.model.endswith("(training)"), timeout=20_000)
        click(qtbot, window, "trainPause")
        until(qtbot, window, Stage.PAUSED)
        until_idle()  # its last snapshot has come, as it has before a training is kept
        kept = save_tiny_model(tmp_path / "kept.safetensors")
        with qtbot.waitSignal(window.workspace.refused, timeout=5000):
            window.bench.opener.open_model(str(tmp_path / "no such file.safetensors"))
            window.bench.following._kept(kept)
        qtbot.waitUntil(lambda: window.workspace.model.model == "kept", timeout=5000)
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)


def test_that_a_training_that_goes_on_shows_its_pictures_and_its_beta(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.RUNNING)
        slider = window.findChild(QSlider, "betaSlider")
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
        chosen = slider.value()
        qtbot.waitUntil(lambda: "Step" in status(window), timeout=20_000)
    with training_window(qtbot, tmp_path) as window:
        panel = window.bench.training
        slider = window.findChild(QSlider, "betaSlider")
        panel.offer_data([Known("Other pictures", "other", (1, 8, 8))], "other")
        panel.set_plan(SMALL, panel.plan)
        assert slider.value() == position_of(1.0) != chosen
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: slider.value() == chosen, timeout=20_000)
        qtbot.waitUntil(lambda: panel.data.currentIndex() == -1, timeout=5000)
        assert panel.data.placeholderText() == "toy"
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        assert (slider.value(), panel.data.currentData()) == (position_of(1.0), "other")


def test_that_a_pause_on_its_way_does_not_take_back_the_end(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        stages: list[Stage] = []
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.RUNNING)
        window.bench.trainer.staged.connect(stages.append)
        click(qtbot, window, "trainPause")
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        assert stages == [Stage.ENDING, Stage.IDLE]
