"""The training form and the flags of a kind that does not ship: made from what it says of itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from latentlab.commands.flags import add_training_flags
from latentlab.core.figures import FiguresSpec
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import Choice, fields_for, fields_of, of_kind, plan_for, presets
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.registry import find_kind, registered
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec
from latentlab.qt.views.training.form import TrainingForm
from latentlab.qt.views.training.option_rows import OptionRows
from latentlab.qt.views.training.options_dialog import OptionsDialog
from latentlab.qt.widgets.number_field import WholeNumber
from tests.kinds_installed import installed

TIP = "How many components there are."


@dataclass(frozen=True)
class MineConfig:
    """What there is to choose of it."""

    latents: int = setting(2, "components", low=1, high=784, label="&Latents", tip=TIP)
    whitened: bool = setting(True, "scale them", label="&Whitened", tip="Whether they are scaled.")
    mode: str = setting("fast", "how", choices=("fast", "exact"), label="M&ode", tip="How it is done.")
    chunk: int = setting(4096, "pictures at once", low=1, high=100_000)
    shape: tuple[int, ...] = from_data((1, 28, 28))

    def __post_init__(self) -> None:
        check_settings(self)


MINE = KindSpec(
    name="mine",
    title="Model of mine",
    when="It is fitted in a moment.",
    config=MineConfig,
    model="tests.no_module:Mine",
    capabilities=frozenset({Capability.ENCODES, Capability.DECODES, Capability.FITS}),
    figures=FiguresSpec(),
)


@pytest.fixture(autouse=True)
def _mine() -> Iterator[None]:
    with registered(MINE):
        yield


def dialog_of(qtbot: QtBot, choice: Choice) -> OptionsDialog:
    dialog = OptionsDialog(choice, TrainingPlan(), ("auto", "cpu"), 100)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def rows_in_sight(dialog: OptionsDialog) -> set[str]:
    fields = [child for child in dialog.findChildren(QWidget) if child.objectName().startswith("training")]
    return {child.objectName() for child in fields if child.isVisible()} - {"trainingOptions"}


def test_that_a_kind_with_no_preset_is_in_the_list_by_its_title_and_its_sentence(qtbot: QtBot):
    assert presets()[-1].title == "Model of mine"
    form = TrainingForm()
    qtbot.addWidget(form)
    preset = form.model.itemData(form.model.findText("Model of mine"))
    assert preset.when == "It is fitted in a moment."
    assert preset.choice == Choice.of("mine")
    assert form.model.findText("Classifier") < 0, "it makes no pictures"


def test_that_the_form_names_a_kind_that_is_left_out(qtbot: QtBot, tmp_path: Path):
    with installed(tmp_path, {"broken": "no_such_module:KIND"}):
        form = TrainingForm()
        qtbot.addWidget(form)
        assert "the kind of model 'broken' of bringing-kinds is left out" in form.left_out.text()
        assert not form.left_out.isHidden()
    whole = TrainingForm()
    qtbot.addWidget(whole)
    assert whole.left_out.isHidden()


def test_that_the_options_show_a_kinds_own_rows_and_of_the_training_what_means_something(qtbot: QtBot):
    dialog = dialog_of(qtbot, Choice.of("mine", latents=500))
    assert rows_in_sight(dialog) == {
        "trainingKind", "trainingLatentsMine", "trainingWhitened", "trainingMode", "trainingSeed",
        "trainingDevice",
    }  # fmt: skip
    latents = dialog.findChild(WholeNumber, "trainingLatentsMine")
    assert (latents.minimum(), latents.maximum(), latents.value()) == (1, 784, 500)
    assert (latents.toolTip(), latents.accessibleName()) == (TIP, "Latents")
    mode = dialog.findChild(QComboBox, "trainingMode")
    mode.setCurrentIndex(mode.findText("exact"))
    dialog.accept()
    assert dialog.choice == Choice.of("mine", latents=500, whitened=True, mode="exact")
    assert fields_of(dialog.choice) == {"latents": 500, "whitened": True, "mode": "exact"}


def test_that_a_row_of_another_range_is_another_row_and_one_of_the_same_words_is_shared(qtbot: QtBot):
    dialog = dialog_of(qtbot, Choice.of("vae", latents=7))
    kind = dialog.findChild(QComboBox, "trainingKind")
    assert "Model of mine: It is fitted in a moment." in kind.toolTip()
    kind.setCurrentIndex(kind.findData("mine"))
    assert not dialog.findChild(QWidget, "trainingLatents").isVisible()
    assert dialog.findChild(WholeNumber, "trainingLatentsMine").value() == 2
    kind.setCurrentIndex(kind.findData("ae"))
    assert dialog.findChild(WholeNumber, "trainingLatents").value() == 7
    dialog.accept()
    assert dialog.choice == Choice.of("ae", latents=7)
    assert len(dialog.findChildren(OptionRows)) == 1


def test_that_flags_ranges_and_proposals_are_made_of_the_same_fields():
    parser = argparse.ArgumentParser()
    add_training_flags(parser, "mine")
    flags = {action.option_strings[0] for action in parser._actions} - {"-h"}
    assert flags == {
        "--latents", "--whitened", "--mode", "--chunk", "--seed", "--device", "--threads"
    }  # fmt: skip
    with pytest.raises(LabError, match="'latents' is 900, expected 1 to 784"):
        MineConfig(latents=900)
    with pytest.raises(LabError, match=r"'mode' is 'slow'\. Known: fast, exact"):
        MineConfig(mode="slow")
    assert fields_for("mine", (1, 28, 28), {"latents": 3}) == {"whitened": True, "mode": "fast"}
    assert plan_for("mine", 60_000, 54_000).epochs == TrainingPlan().epochs
    with pytest.raises(LabError, match="'colour' is nothing to choose of a mine"):
        Choice.of("mine", colour=1)


def test_that_a_plan_for_it_keeps_how_many_pictures_and_passes_and_loses_the_weight_of_the_kl():
    plan = of_kind(TrainingPlan(epochs=3, batch=32, beta=4.0, seed=7, learning_rate=0.5), "mine", "vae")
    assert (plan.epochs, plan.batch, plan.seed) == (3, 32, 7)
    assert (plan.beta, plan.learning_rate) == (1.0, TrainingPlan().learning_rate)


def test_that_another_kinds_usual_plan_is_taken_where_nobody_has_chosen():
    usual = {"learning_rate": 2e-4, "ema_decay": 0.99}
    other = KindSpec(**{**vars(MINE), "name": "other", "usual": usual, "capabilities": frozenset()})
    with registered(other):
        assert of_kind(TrainingPlan(), "other", "vae").learning_rate == 2e-4
        chosen = of_kind(TrainingPlan(learning_rate=0.5), "other", "vae")
        assert (chosen.learning_rate, chosen.ema_decay) == (0.5, 0.99)
        assert of_kind(chosen, "vae", "other").ema_decay == TrainingPlan().ema_decay
        assert find_kind("other").ignored >= find_kind("ddpm").ignored
