"""Few pictures of one's own in the real window: what is offered runs, and what cannot run says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from latentlab.data import opening
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.training.events import CheckpointFailed, Started
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import presets
from latentlab.qt.clients.trainer_client import Stage
from latentlab.qt.clients.training_orders import Begin, Paused
from latentlab.qt.clients.training_thread import _fitting
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.training.form import INVITATION
from latentlab.qt.views.training.options_dialog import OptionsDialog
from latentlab.qt.views.training.selection import Chosen
from latentlab.session.known_data import Known
from latentlab.session.state import SessionState
from tests.data.pictures import folder_of
from tests.qt.shell import OFFSCREEN, open_window
from tests.tiny import save_tiny_model

pytestmark = OFFSCREEN


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    opening.forget()
    yield
    opening.forget()


@contextmanager
def real_window(qtbot: QtBot, folder: Path, state: SessionState | None = None) -> Iterator[LabWindow]:
    with open_window(qtbot, folder, Renderer(), state=state) as window:  # type: ignore[arg-type]
        yield window


def first_state(folder: Path, data: str) -> SessionState:
    """A model that is quickly opened, on these pictures."""
    return SessionState(model=str(save_tiny_model(folder / "tiny.safetensors")), data=data)


def opened(qtbot: QtBot, window: LabWindow, path: Path, *, to_train: bool = False) -> None:
    """Opens data through the page, as a person does."""
    window.bench.controller.data.open_path(str(path))
    page = window.bench.controller.data.page
    qtbot.waitUntil(lambda: not page.page.strip.waiting, timeout=5000)
    with qtbot.waitSignal(page.opened, timeout=10_000):
        qtbot.mouseClick(page.train_button if to_train else page.open_button, Qt.MouseButton.LeftButton)


def click(qtbot: QtBot, window: LabWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("count", [8, 40])
def test_that_few_pictures_train_as_they_are_offered_and_are_found_next_day_from_another_folder(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
):
    other, mine = folder_of(tmp_path / "others", 10, 8), folder_of(tmp_path / "mine", count, 16)
    started: list[Started] = []
    with real_window(qtbot, tmp_path, first_state(tmp_path, f"{other}::colour=grey")) as window:
        opened(qtbot, window, mine, to_train=True)
        assert "mine can be trained on now" in window.bench.messages.label.text()
        panel = window.bench.training
        assert panel.choice == next(one.choice for one in presets() if one.title == "VAE for colour pictures")
        assert panel.plan.batch <= count // 4
        assert "a model soon overfits" in panel.form.note.text()
        window.bench.trainer.told.connect(lambda e: started.append(e) if isinstance(e, Started) else None)
        click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: window.bench.trainer.stage is Stage.RUNNING and bool(started), timeout=20_000)
        assert started[0].pictures < count
        assert started[0].steps == panel.plan.epochs * (started[0].pictures // panel.plan.batch)
        assert "a model soon overfits" in panel.form.note.text()
        click(qtbot, window, "trainStop")
        qtbot.waitUntil(lambda: window.bench.trainer.stage is Stage.IDLE, timeout=20_000)
        kept = tmp_path / "models" / "mine-vae-32d.safetensors"
        qtbot.waitUntil(lambda: window.workspace.state.model == str(kept), timeout=10_000)
        assert load_model(kept).card.config["encoder"] == "conv"
        assert "Reading" not in panel.form.status.text()
    monkeypatch.chdir("/")
    opening.forget()
    again = Settings(tmp_path / "lab.ini").session
    assert again is not None
    assert (again.model, again.data) == (str(kept), str(mine))
    with real_window(qtbot, tmp_path) as window:
        assert window.workspace.model.model == "mine-vae-32d"
        assert window.bench.training.data.findData(str(mine)) >= 0


def test_that_ones_own_folder_is_trained_on_in_five_actions(qtbot: QtBot, tmp_path: Path):
    other, mine = folder_of(tmp_path / "others", 10, 8), folder_of(tmp_path / "mine", 40, 16)
    with real_window(qtbot, tmp_path, first_state(tmp_path, f"{other}::colour=grey")) as window:
        data = window.bench.controller.data
        qtbot.mouseClick(window.findChild(QAbstractButton, "workspace_train"), Qt.MouseButton.LeftButton)  # 1
        qtbot.waitUntil(window.bench.training.isVisible, timeout=2000)
        click(qtbot, window, "trainOwnPictures")  # 2
        dialog = window.findChild(QFileDialog, "openFolderDialog")
        dialog.fileSelected.emit(str(mine))  # 3, the folder is chosen
        dialog.close()
        qtbot.waitUntil(lambda: data.page is not None and not data.page.page.strip.waiting, timeout=5000)
        with qtbot.waitSignal(data.page.opened, timeout=10_000):
            qtbot.mouseClick(data.page.train_button, Qt.MouseButton.LeftButton)  # 4
        assert window.bench.training.isVisible()
        assert window.bench.training.data.currentData() == str(mine)
        assert "40 pictures, 16 × 16 in colour" in window.bench.training.form.facts.text()
        click(qtbot, window, "trainStart")  # 5
        qtbot.waitUntil(lambda: window.bench.trainer.stage is Stage.RUNNING, timeout=20_000)
        click(qtbot, window, "trainStop")
        qtbot.waitUntil(lambda: window.bench.trainer.stage is Stage.IDLE, timeout=20_000)


def test_that_too_few_pictures_are_not_offered_and_refused_without_a_stale_line(qtbot: QtBot, tmp_path: Path):
    other, mine = folder_of(tmp_path / "others", 10, 8), folder_of(tmp_path / "mine", 5, 16)
    with real_window(qtbot, tmp_path, first_state(tmp_path, f"{other}::colour=grey")) as window:
        opened(qtbot, window, mine)
        assert "can be trained on now" not in window.bench.messages.label.text()
        assert (
            "5 pictures are too few to train on. At least 8 are needed" in window.bench.messages.label.text()
        )
        assert "too few" in window.bench.training.form.note.text()
        with qtbot.waitSignal(window.bench.trainer.failed, timeout=20_000):
            click(qtbot, window, "trainStart")
        qtbot.waitUntil(lambda: window.bench.trainer.stage is Stage.IDLE, timeout=5000)
        assert window.bench.training.form.status.text().startswith("mine has 5 pictures, too few to train on")
        assert window.findChild(QPushButton, "trainStart").isEnabled()
        opened(qtbot, window, folder_of(tmp_path / "enough", 12, 16))
        assert window.bench.training.form.status.text() == INVITATION
        assert "a model soon overfits" in window.bench.training.form.note.text()


def test_that_a_batch_of_ones_own_that_is_too_large_says_where_to_change_it(qtbot: QtBot, tmp_path: Path):
    other = folder_of(tmp_path / "others", 40, 8)
    with real_window(qtbot, tmp_path, first_state(tmp_path, f"{other}::colour=grey")) as window:
        panel = window.bench.training
        panel.offer_data([Known("Others", f"{other}::colour=grey", (1, 8, 8))], f"{other}::colour=grey")
        panel.set_plan(panel.choice, TrainingPlan(epochs=3, batch=64))
        with qtbot.waitSignal(window.bench.trainer.failed, timeout=20_000):
            click(qtbot, window, "trainStart")
        assert "a batch of 64 is larger than the training set" in panel.form.status.text()
        assert "window: Options …" in panel.form.status.text()


def test_that_a_chosen_batch_gives_way_where_there_are_fewer_pictures_and_that_is_said(
    qtbot: QtBot, tmp_path: Path
):
    other = folder_of(tmp_path / "others", 10, 8)
    known = [Known("Many", "many", (1, 8, 8), 1000), Known("Few", "few", (1, 8, 8), 40)]
    with real_window(qtbot, tmp_path, first_state(tmp_path, f"{other}::colour=grey")) as window:
        panel = window.bench.training
        panel.offer_data(known, "many")
        panel.set_plan(panel.choice, TrainingPlan(epochs=3, batch=200))
        panel.offer_data(known, "few")
        assert (panel.plan.epochs, panel.plan.batch) == (3, 8)
        assert "The batch is 8 now: there are fewer pictures than 200" in panel.form.status.text()


def test_that_the_options_offer_no_larger_batch_than_there_are_pictures(qtbot: QtBot):
    dialog = OptionsDialog(presets()[0].choice, TrainingPlan(epochs=10, batch=8), ("auto",), 39)
    qtbot.addWidget(dialog)
    assert dialog.findChild(QSpinBox, "trainingBatch").maximum() == 39
    dialog._schedule.setCurrentIndex(dialog._schedule.findData("warm-up"))
    dialog.accept()
    assert dialog.plan.beta_warmup_steps == 4, "a tenth of 10 epochs of 4 steps"


def test_that_what_nobody_chose_suits_the_pictures_that_are_found():
    chosen = Chosen()
    assert chosen.proposed
    chosen.suit(Known("Few", "few", (3, 8, 8), 40))
    assert chosen.proposed
    assert (chosen.plan.epochs, chosen.plan.batch) == (300, 8)
    unknown = Begin("vae", {}, TrainingPlan(epochs=10, batch=128), "few", Path("m"), proposed=True)
    plan = _fitting(unknown, 36, 4)
    assert (plan.epochs, plan.batch, plan.warmup_steps) == (300, 8, 150)
    asked = Begin("vae", {}, TrainingPlan(epochs=10, batch=16), "few", Path("m"))
    plan = _fitting(asked, 36, 4)
    assert (plan.epochs, plan.batch, plan.warmup_steps) == (10, 16, 2)


def test_that_a_pause_that_could_not_be_saved_does_not_say_that_it_was(qtbot: QtBot, tmp_path: Path):
    other = folder_of(tmp_path / "others", 10, 8)
    with real_window(qtbot, tmp_path, first_state(tmp_path, f"{other}::colour=grey")) as window:
        window.bench.trainer.told.emit(CheckpointFailed(7, "No space left on device"))
        window.bench.trainer.told.emit(Paused(7))
        assert window.bench.training.form.status.text() == "Paused at step 7. It could not be saved."
        assert "No space left on device" in window.bench.training.form.note.text()
