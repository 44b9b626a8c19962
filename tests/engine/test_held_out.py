"""Whether the pictures that a model is judged on are ones that it has learnt from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from latentlab.data import catalog
from latentlab.data.learnt import Learnt
from latentlab.data.opening import forget
from latentlab.engine.files.checkpoint import ModelCard, load_model
from latentlab.engine.files.held_out import in_words, learnt_among
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from tests.data.pictures import folder_of, noise, write

SMALL = {"encoder_widths": (8,), "decoder_widths": (8,)}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    forget()


def trained(data: str, out: Path) -> ModelCard:
    train, test = catalog.load(data, "train"), catalog.load(data, "test")
    for _ in TrainingRun("vae", SMALL, TrainingPlan(epochs=1, batch=8), train, test, out, data=data).run():
        pass
    return load_model(out).card


def test_that_a_model_knows_what_it_has_learnt_from_wherever_that_lies_now(tmp_path):
    card = trained(str(folder_of(tmp_path / "data", 60)), tmp_path / "m.safetensors")
    held_out = catalog.load(str(tmp_path / "data"), "test")
    learnt = catalog.load(str(tmp_path / "data"), "train")
    assert learnt_among(card, held_out) == 0
    assert learnt_among(card, catalog.load(str(tmp_path / "data"), "all")) == 0
    # The same pictures under other names, held out by their folder now.
    for number, key in enumerate(learnt.keys.names):
        (tmp_path / "other" / "test").mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / "data" / key, tmp_path / "other" / "test" / f"{number}.png")
    for seed in (90, 91):
        write(tmp_path / "other" / "train" / f"{seed}.png", noise(seed))
        write(tmp_path / "other" / "test" / f"new {seed}.png", noise(seed + 5))
    other = catalog.load(str(tmp_path / "other"), "test")
    assert len(other) == len(learnt) + 2
    assert learnt_among(card, other) == len(learnt)


def test_that_one_more_picture_leaves_the_held_out_ones_unlearnt(tmp_path):
    card = trained(str(folder_of(tmp_path / "data", 60)), tmp_path / "m.safetensors")
    write(tmp_path / "data" / "0.png", noise(99))
    assert learnt_among(card, catalog.load(str(tmp_path / "data"), "test")) == 0


def test_that_of_a_model_from_before_it_is_found_out_from_its_data(tmp_path):
    data = str(folder_of(tmp_path / "data", 60))
    before = trained(f"{data}::dealt=count", tmp_path / "m.safetensors")
    was = {name: value for name, value in before.data.items() if name != "learnt"}
    card = replace(before, data=was)
    held_out = catalog.load(data, "test")
    learnt = Learnt.parse(before.data["learnt"])
    assert learnt_among(card, held_out, data) == learnt.among(held_out.keys.hashes).sum() > 0
    assert learnt_among(card, held_out, data, read_again=False) is None
    assert learnt_among(card, catalog.load(f"{data}::dealt=count", "test"), data) == 0


def test_that_nothing_is_said_where_there_is_nothing_to_say():
    assert in_words(0, 10, "cats") == in_words(None, 10, "cats") == ""
    assert in_words(1, 10, "cats").startswith(
        "1 of the 10 held-out pictures of cats was used to train this model: "
    )
    assert in_words(3, 1000, "cats").startswith(
        "3 of the 1,000 held-out pictures of cats were used to train this model: "
    )
