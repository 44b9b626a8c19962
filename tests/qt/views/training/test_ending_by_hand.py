"""A training by mouse and key in the real window: named, ended, renamed, opened again, gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.events import Judging
from latentlab.engine.training.plan import TrainingPlan
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.training.kind_cards import KindCard
from latentlab.qt.views.training.view import TrainingPanel
from latentlab.qt.widgets.ask_dialogs import NumberDialog, TextDialog
from latentlab.session.known_data import Known
from tests.qt.shell import OFFSCREEN
from tests.qt.views.training.test_training_panel import click, status, training_window, until
from tests.qt.waiting import until_idle
from tests.tiny import toy_set

pytestmark = [OFFSCREEN, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


def typed(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_that_it_is_named_before_and_after_and_goes_on_as_another(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: folders.append(url.toLocalFile()))
    models = tmp_path / "models"
    with training_window(qtbot, tmp_path, epochs=2) as window:
        name, workspace = window.findChild(QLineEdit, "trainName"), window.workspace
        assert name.text() == "toy-vae-2d"
        typed(qtbot, name, "cats")
        click(qtbot, window, "trainStart")
        until(qtbot, window, Stage.RUNNING)
        assert window.findChild(QProgressBar, "trainProgress").isVisibleTo(window)
        until(qtbot, window, Stage.IDLE)
        qtbot.waitUntil(lambda: workspace.state.model == str(models / "cats.safetensors"), timeout=5000)
        assert status(window).startswith("Finished")
        assert f"saved as cats in {models}." in status(window)
        assert "Test ELBO −" in status(window)
        assert not window.findChild(QProgressBar, "trainProgress").isVisibleTo(window)
        qtbot.waitUntil(
            lambda: not window.findChild(QPushButton, "trainOpen").isVisibleTo(window), timeout=5000
        )
        assert name.text() == "toy-vae-2d", "another training is named anew"
        strip = window.bench.training.strip
        qtbot.waitUntil(lambda: strip.sheet is None or strip.caption == "at the end", timeout=5000)
        click(qtbot, window, "trainReveal")
        assert folders == [str(models)]

        click(qtbot, window, "trainRename")
        dialog = window.findChild(TextDialog, "renameModel")
        typed(qtbot, dialog.findChild(QLineEdit), "dogs")
        qtbot.keyClick(dialog.findChild(QLineEdit), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: workspace.state.model == str(models / "dogs.safetensors"), timeout=5000)
        assert "saved as dogs in" in status(window)
        assert [path.stem for path in window.bench.trainer.models()] == ["dogs"]

        click(qtbot, window, "trainFurther")
        dialog = window.findChild(NumberDialog, "trainFurtherDialog")
        assert dialog.spin.value() == 2
        qtbot.keyClick(dialog.findChild(QSpinBox), Qt.Key.Key_Return)
        until(qtbot, window, Stage.RUNNING)
        until(qtbot, window, Stage.IDLE)
        qtbot.waitUntil(lambda: workspace.state.model == str(models / "dogs-2.safetensors"), timeout=5000)
        first, second = (load_model(models / f"{stem}.safetensors").card for stem in ("dogs", "dogs-2"))
        assert first.config == second.config
        assert first.metrics["elbo"] != second.metrics["elbo"]

        window.bench.opener.open_model(str(models / "dogs.safetensors"))
        qtbot.waitUntil(lambda: workspace.model.model == "dogs", timeout=5000)
        click(qtbot, window, "trainOpen")
        qtbot.waitUntil(lambda: workspace.model.model == "dogs-2", timeout=5000)


def test_that_the_open_model_is_trained_further_though_it_was_trained_another_day(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with training_window(qtbot, tmp_path) as window:
        further = window.findChild(QPushButton, "trainFurther")
        assert further.text() == "Train tiny f&urther …"
        click(qtbot, window, "trainFurther")
        dialog = window.findChild(NumberDialog, "trainFurtherDialog")
        dialog.spin.setValue(2)
        qtbot.keyClick(dialog.findChild(QSpinBox), Qt.Key.Key_Return)
        kept = tmp_path / "models" / "tiny.safetensors"
        qtbot.waitUntil(lambda: window.workspace.state.model == str(kept), timeout=20_000)
        first = load_model(tmp_path / "tiny.safetensors").card
        assert (load_model(kept).card.config, load_model(kept).card.kind) == (first.config, first.kind)
        assert further.text() == "Train f&urther …"


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, workspace: Workspace) -> Iterator[TrainingPanel]:
    trainer = TrainerClient(tmp_path / "models")
    made = TrainingPanel(trainer, workspace)
    qtbot.addWidget(made)
    made.offer_data([Known("Toy pictures", "toy", (1, 8, 8), 80)], "toy")
    yield made
    trainer.leave()


def test_that_a_large_panel_has_cards_and_options_and_a_low_one_has_what_is_needed(
    qtbot: QtBot, panel: TrainingPanel
) -> None:
    panel.resize(900, 700)
    panel.show()
    qtbot.waitExposed(panel)
    form = panel.form
    assert form.cards.isVisible()
    assert panel.strip is not None
    assert not panel.curves.isVisible(), "before a training there is nothing to draw"
    assert form.width() > 850, "and the form has the room"
    assert "Train" in form.status.text()
    panel._trainer.told.emit(Judging(1, 1, 2))
    until_idle()
    assert panel.curves.isVisible()
    assert panel.strip.geometry().top() > form.report.geometry().top(), "below the report"
    assert panel.curves.height() > panel.strip.height()
    chosen = [card for card in form.cards.cards if card.isChecked()]
    assert [card.kind for card in chosen] == [panel.choice.kind]
    other = next(card for card in form.cards.cards if not card.isChecked() and card.isEnabled())
    qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    assert panel.choice.kind == other.kind
    assert other.toolTip()
    assert panel.model.currentData().choice.kind == other.kind
    first = form.cards.cards[0]
    assert isinstance(first, KindCard)
    for card in form.cards.cards:
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
        assert form.name.text().startswith("toy-")
    panel.set_plan(panel.choice, TrainingPlan(epochs=7))
    epochs = form.inline.findChild(QSpinBox, "formEpochs")
    if epochs is not None:
        epochs.setFocus()
        epochs.selectAll()
        qtbot.keyClicks(epochs, "9")
        qtbot.keyClick(epochs, Qt.Key.Key_Return)
        assert panel.plan.epochs == 9
    panel.resize(900, 220)
    assert not form.cards.isVisible()
    for widget in (form.data, form.model, form.name, form.start, form.status, panel.curves):
        assert widget.isVisible()
    assert form.start.mapTo(panel, form.start.rect().bottomLeft()).y() <= 220
