"""Training a diffusion model in the real window, by mouse as any other model; pictures of 8 x 8 pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.training.events import (
    EpochEnded,
    Progress,
    Started,
)
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import Choice, presets
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.training.trainer import Trainer, TrainingError
from latentlab.models.objectives.figures import denoising_figures, elbo_figures, label_figures
from latentlab.qt.clients.trainer_client import Stage
from latentlab.qt.controllers import sample_follower
from latentlab.qt.controllers.model_controller import ModelController
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.training.options_dialog import OptionsDialog
from latentlab.session.known_data import Known
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.tiny import save_tiny_model, toy_set

pytestmark = OFFSCREEN
PLAN = TrainingPlan(epochs=100_000, batch=16, precision="fp32", threads=1, device="cpu")
DDPM = Choice.of(kind="ddpm", size="S")


def plain(split: str, count: int = 64, shape: tuple[int, int, int] = (1, 8, 8)) -> ImageSet:
    """Pictures that are of nothing."""
    return ImageSet("plain", split, toy_set(split, count, shape).images)


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = {"toy": toy_set, "plain": plain, "odd": lambda split: plain(split, shape=(3, 11, 7))}
    monkeypatch.setattr(catalog, "load", lambda name, split="test": sets[name](split))
    # The smallest network there is: these tests are about the window.
    monkeypatch.setattr("latentlab.models.ddpm.spec._UNETS", {"S": ((8, 8), 1), "M": ((8, 16), 1)})
    monkeypatch.setattr(sample_follower, "EVERY_STEPS", 1)
    monkeypatch.setattr(sample_follower, "EVERY_S", 0.0)


@contextmanager
def training_window(
    qtbot: QtBot, folder: Path, data: str = "toy", epochs: int = 100_000
) -> Iterator[LabWindow]:
    model = folder / "tiny.safetensors"
    if not model.exists():
        save_tiny_model(model)
    state = SessionState(model=str(model), data="toy")
    with open_window(qtbot, folder, Renderer(), state=state) as window:  # type: ignore[arg-type]
        window.bench.docks.show_training()
        shapes = {"toy": (1, 8, 8), "plain": (1, 8, 8), "odd": (3, 11, 7)}
        window.bench.training.offer_data([Known(data, data, shapes[data])], data)
        window.bench.training.set_plan(DDPM, replace(PLAN, epochs=epochs))
        yield window


def click(qtbot: QtBot, window: LabWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def until(qtbot: QtBot, window: LabWindow, stage: Stage) -> None:
    qtbot.waitUntil(lambda: window.bench.trainer.stage is stage, timeout=20_000)


def drawn(qtbot: QtBot, window: LabWindow) -> np.ndarray:
    qtbot.waitUntil(lambda: window.bench.training.drawn.sheet.pictures is not None, timeout=20_000)
    pictures = window.bench.training.drawn.sheet.pictures
    assert pictures is not None
    return pictures


def test_that_a_diffusion_model_is_chosen_and_trained_by_mouse_and_the_plane_stays(
    qtbot: QtBot, tmp_path: Path
):
    with training_window(qtbot, tmp_path) as window:
        followed: list[object] = []
        window.workspace.unfolded.connect(followed.append)
        panel, before = window.bench.training, window.windowTitle()
        panel.model.setCurrentIndex(1)
        assert panel.beta.isVisible()
        assert not panel.drawn.isVisible()
        panel.model.setFocus()
        qtbot.keyClicks(panel.model, "Diffusion")
        assert panel.choice.kind == "ddpm"
        assert not panel.beta.isVisible()
        assert not panel.drawn.isHidden()
        click(qtbot, window, "trainStart")
        assert drawn(qtbot, window).shape == (16, 1, 8, 8)
        assert "Drawn at step " in panel.drawn.caption.text()
        assert "Each class in turn (even, odd), guidance 2" in panel.drawn.sheet.toolTip()
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        kept = tmp_path / "models" / "toy-ddpm.safetensors"
        assert load_model(kept).model.condition_names == ("even", "odd")
        assert "toy-ddpm.safetensors is saved" in window.bench.messages.label.text()
        assert not followed
        assert window.windowTitle() == before
        assert window.bench.film.frames == ()


def test_that_what_is_kept_is_offered_to_the_diffusion_view(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []
    monkeypatch.setattr(ModelController, "open_denoiser", lambda self, model: opened.append(model))
    with training_window(qtbot, tmp_path, epochs=2) as window:
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.IDLE)
        assert window.bench.messages.offer.text() == "Open it"
        assert not opened, "the person may be looking at another tape"
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        assert opened == [str(tmp_path / "models" / "toy-ddpm.safetensors")]


@pytest.mark.parametrize(("data", "shape"), [("plain", (1, 8, 8)), ("odd", (3, 11, 7))])
def test_that_pictures_of_nothing_and_of_any_size_will_do(qtbot: QtBot, tmp_path: Path, data: str, shape):
    with training_window(qtbot, tmp_path, data) as window:
        click(qtbot, window, "trainStart")
        assert drawn(qtbot, window).shape == (16, *shape)
        assert "The model is unconditional." in window.bench.training.drawn.sheet.toolTip()
        assert not window.bench.training.drawn.sheet.grab().toImage().isNull()


def test_that_it_pauses_shows_what_it_draws_and_goes_on(qtbot: QtBot, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(sample_follower, "EVERY_S", 1e9)  # but for the pause there would be nothing
    with training_window(qtbot, tmp_path) as window:
        told: list[object] = []
        window.bench.trainer.told.connect(told.append)
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: any(isinstance(event, Progress) for event in told), timeout=20_000)
        first = window.bench.training.drawn.sheet.pictures
        click(qtbot, window, "trainPause")
        until(qtbot, window, Stage.PAUSED)
        drawn(qtbot, window)
        caption = window.bench.training.drawn.caption
        qtbot.waitUntil(
            lambda: caption.text().endswith(f"{window.bench.live_samples._last.step:,}"), timeout=20_000
        )
        assert first is None or not np.array_equal(first, window.bench.training.drawn.sheet.pictures)
        click(qtbot, window, "trainPause")
        until(qtbot, window, Stage.RUNNING)
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)


def test_that_a_closed_window_offers_at_the_next_start_to_go_on_with_it(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        steps: list[int] = []
        window.bench.trainer.told.connect(lambda event: steps.append(getattr(event, "step", 0)))
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: any(steps), timeout=20_000)
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["toy-ddpm.safetensors.training"]
    with training_window(qtbot, tmp_path) as window:
        window.bench.training.model.setCurrentIndex(1)
        assert window.bench.training.beta.isVisible()
        assert "toy-ddpm was not finished" in window.bench.messages.label.text()
        started: list[Started] = []
        window.bench.trainer.told.connect(lambda e: started.append(e) if isinstance(e, Started) else None)
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        until(qtbot, window, Stage.RUNNING)
        drawn(qtbot, window)
        assert started[0].step > 0
        assert not window.bench.training.beta.isVisible(), "it goes by what trains, not by what is chosen"
        assert window.bench.training.drawn.isVisible()
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)
        assert window.bench.training.beta.isVisible()
        assert load_model(tmp_path / "models" / "toy-ddpm.safetensors")


def test_that_a_loss_that_is_no_number_pauses_it(qtbot: QtBot, tmp_path: Path, monkeypatch):
    whole_step = Trainer.train_step

    def broken(self, index):
        if self.step == 5:
            raise TrainingError("the loss stopped being a number", hint="Try a lower rate")
        return whole_step(self, index)

    monkeypatch.setattr(Trainer, "train_step", broken)
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.PAUSED)
        assert (
            "the loss stopped being a number at step 6. Try a lower rate"
            in window.bench.training.form.status.text()
        )
        click(qtbot, window, "trainStop")
        until(qtbot, window, Stage.IDLE)


def test_that_what_cannot_be_drawn_is_told_and_the_training_goes_on(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        click(qtbot, window, "trainStart")
        drawn(qtbot, window)
        last = window.bench.live_samples._last
        damaged = Snapshot(last.name, last.step + 10**6, last.kind, last.config, last.theta[:-1], last.data)
        qtbot.waitUntil(lambda: window.bench.live_samples._under_way is None, timeout=20_000)
        with qtbot.waitSignal(window.bench.denoiser_client.refused, timeout=20_000):
            qtbot.waitUntil(lambda: window.bench.live_samples._under_way is None, timeout=20_000)
            window.bench.live_samples._snapshot(damaged)
        assert window.bench.trainer.stage is Stage.RUNNING


def test_that_only_one_sheet_is_under_way_and_they_come_seldom(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sample_follower, "EVERY_STEPS", 200)
    with training_window(qtbot, tmp_path) as window:
        asked: list[int] = []
        monkeypatch.setattr(
            window.bench.denoiser_client, "follow", lambda snapshot, recipe: asked.append(snapshot.step)
        )
        theta = np.zeros(1, np.float32)
        for step in (0, 100, 199, 200, 300, 500, 900):
            window.bench.live_samples._snapshot(Snapshot("toy", step, "ddpm", {}, theta, "toy"))
        assert asked == [200], "the others are too early, or come while one is under way"
        window.bench.live_samples._under_way = None  # it has come
        window.bench.live_samples._snapshot(Snapshot("toy", 399, "ddpm", {}, theta, "toy"))
        window.bench.live_samples._snapshot(Snapshot("toy", 400, "ddpm", {}, theta, "toy"))
        assert asked == [200, 400]
        window.bench.live_samples._under_way = None
        window.bench.live_samples._snapshot(Snapshot("toy", 9999, "vae", {}, theta, "toy"))
        assert asked == [200, 400]


def test_that_what_is_drawn_is_each_class_in_turn_or_each_attribute_alone():
    classes = sample_follower.recipe_of({"condition_names": ("a", "b"), "exclusive": True, "steps": 1000})
    assert classes.sampler_settings.conditions == ((1.0, 0.0), (0.0, 1.0))
    assert (classes.count, classes.sampler_settings.steps, classes.sampler_settings.guidance) == (16, 20, 2.0)
    traits = sample_follower.recipe_of({"condition_names": ("a", "b"), "exclusive": False, "steps": 10})
    assert traits.sampler_settings.conditions == ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    assert traits.sampler_settings.steps == 10
    nothing = sample_follower.recipe_of({"condition_names": (), "exclusive": False, "steps": 1000})
    assert (nothing.sampler_settings.conditions, nothing.sampler_settings.guidance) == ((), 1.0)


LEVELS = tuple(0.1 * level for level in range(1, 11))


def test_that_the_loss_is_shown_whole_and_by_noise_level(qtbot: QtBot, tmp_path: Path):
    with training_window(qtbot, tmp_path) as window:
        panel, bars = window.bench.training, window.bench.training.bars
        window.bench.trainer.told.emit(Started(2000, 2, "cpu", "fp32", 1))
        for step in (1, 2, 3):
            window.bench.trainer.told.emit(
                Progress(step, 1, denoising_figures(0.5, LEVELS), 1000.0, 60.0, 1.0)
            )
        window.bench.trainer.told.emit(
            EpochEnded(3, 1, denoising_figures(0.5, LEVELS), denoising_figures(0.6, LEVELS))
        )
        qtbot.waitUntil(lambda: panel.curves.titles == ("Loss", "Loss, noise:"), timeout=3000)
        assert bars.shown[0].isVisible()
        assert bars.summary() == "10 levels: highest 1 at 10, lowest 0.1 at 1"
        assert "held out 0.2000" in bars.shown[0].tip_of(1)
        assert "most noise" in bars.shown[0].tip_of(9)
        assert not panel.form.alarm.isVisible()
        assert "squared error" in panel.curves.toolTip()


def test_that_curves_of_another_kind_take_the_place_of_those_before(qtbot: QtBot, tmp_path: Path):
    figures = (
        (elbo_figures(-90.0, (10.0,)), ("ELBO, nats", "Reconstruction", "KL")),
        (denoising_figures(0.5, LEVELS), ("Loss", "Loss, noise:")),
        (label_figures(0.5, 0.8), ("Loss, nats", "Share right")),
    )
    with training_window(qtbot, tmp_path) as window:
        panel = window.bench.training
        for terms, titles in figures:
            panel.report.history.__init__()
            for step in (1, 2):
                window.bench.trainer.told.emit(Progress(step, 1, terms, 1000.0, 60.0, 1.0))
            qtbot.waitUntil(lambda titles=titles: panel.curves.titles == titles, timeout=3000)


def test_that_the_options_show_only_what_means_something(qtbot: QtBot):
    dialog = OptionsDialog(
        Choice.of("vae"),
        TrainingPlan(epochs=10, batch=128),
        ("auto", "cpu"),
        60_000,
        {"vae": (10, 128), "ddpm": (8, 64)}.get,
    )
    qtbot.addWidget(dialog)
    dialog.show()

    def shown(name: str) -> bool:
        return dialog.findChild(QWidget, name).isVisible()

    of_latents = ("Latents", "Network", "Likelihood", "Beta", "Schedule", "Binarise")
    of_noise = ("Predicts", "Noise", "Weighting", "ConditionDropout")
    assert all(shown(f"training{name}") for name in of_latents)
    assert not any(shown(f"training{name}") for name in of_noise)
    kind = dialog.findChild(QComboBox, "trainingKind")
    kind.setFocus()
    qtbot.keyClicks(kind, kind.itemText(kind.findData("ddpm")))
    assert kind.currentData() == "ddpm"
    assert all(shown(f"training{name}") for name in of_noise)
    assert not any(shown(f"training{name}") for name in of_latents)
    assert all(dialog.findChild(QWidget, f"training{name}").toolTip() for name in of_noise)
    assert dialog.findChild(QSpinBox, "trainingBatch").value() == 64
    predicts = dialog.findChild(QComboBox, "trainingPredicts")
    predicts.setCurrentIndex(predicts.findData("noise"))
    dialog.accept()
    assert (dialog.choice.kind, dialog.choice["predicts"]) == ("ddpm", "noise")
    assert (dialog.plan.epochs, dialog.plan.batch) == (8, 64)


def test_that_the_plan_follows_the_model_unless_the_person_has_chosen(qtbot: QtBot, tmp_path: Path):
    ddpm = next(index for index, preset in enumerate(presets()) if preset.choice.kind == "ddpm")
    with training_window(qtbot, tmp_path) as window:
        panel = type(window.bench.training)(window.bench.trainer)
        qtbot.addWidget(panel)
        panel.offer_data([Known("Many", "many", (1, 8, 8), 70_000)], "many")
        assert (panel.plan.epochs, panel.plan.batch, panel.plan.gradient_norm) == (10, 128, 100.0)
        panel.model.setCurrentIndex(ddpm)
        assert (panel.plan.epochs, panel.plan.batch, panel.plan.gradient_norm) == (8, 64, 1.0)
        panel.model.setCurrentIndex(0)
        assert (panel.plan.epochs, panel.plan.batch, panel.plan.gradient_norm) == (10, 128, 100.0)
        panel.set_plan(panel.choice, replace(panel.plan, epochs=3))
        panel.model.setCurrentIndex(ddpm)
        assert (panel.plan.epochs, panel.plan.gradient_norm) == (3, 1.0)
