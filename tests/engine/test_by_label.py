"""Training a classifier: what is minimised, what is told of it, and what the file says in the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.events import EpochEnded
from latentlab.engine.training.objectives import objective_of
from latentlab.engine.training.plan import TrainingPlan, means_something, usual_plan
from latentlab.engine.training.run import TrainingRun
from latentlab.errors import LabError
from latentlab.models.base import Classifies
from latentlab.models.objectives.figures import LABELS
from latentlab.models.objectives.labels import ByLabel
from latentlab.models.players import Batch, Moment
from latentlab.models.registry import build
from tests.tiny import TRAITS, beings, toy_set

PLAN = TrainingPlan(
    epochs=6, batch=16, learning_rate=1e-2, warmup_steps=2, device="cpu", precision="fp32", threads=1,
    ema_decay=0.5,
)  # fmt: skip
SMALL = {"widths": (8, 8), "features": 8, "dropout": 0.0, "shift": 0}


def make(**changes):
    fields = {"shape": (1, 8, 8), "condition_names": ("even", "odd"), **SMALL, **changes}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build("classifier", fields).eval()


def test_that_the_loss_is_the_mean_of_the_pictures_and_the_figures_add_up_over_batches():
    model, data = make(), toy_set("train", 12)
    objective = objective_of(model, TrainingPlan())
    assert isinstance(objective, ByLabel)
    x, y = data.images.float() / 255.0, conditions_of(model, data)
    noise = torch.Generator().manual_seed(0)
    terms = model.label_terms(x, y)
    loss, figures = objective.loss(model, Batch(x, y=y), noise, Moment())
    torch.testing.assert_close(loss, terms.loss.mean())
    told = objective.terms(figures, 1)
    assert told["accuracy"] == pytest.approx(float(terms.right.mean()))
    parts = [
        objective.judge(model, Batch(x[some], y=y[some]), noise, 0, 12) for some in (slice(5), slice(5, None))
    ]
    judged = objective.terms(sum(parts), 12)
    assert judged["loss"] == pytest.approx(told["loss"], rel=1e-5)
    assert judged["accuracy"] == pytest.approx(told["accuracy"])


def test_that_a_trial_of_the_speed_needs_no_labels():
    model = make()
    loss, _ = ByLabel().loss(model, Batch(torch.rand(3, 1, 8, 8)), torch.Generator(), Moment())
    assert bool(torch.isfinite(loss))


def test_that_importance_samples_mean_nothing_to_it():
    with pytest.raises(LabError, match="importance"):
        objective_of(make(), TrainingPlan(importance_samples=2))
    assert not means_something("importance_samples", "classifier")
    assert not means_something("beta", "classifier")
    assert means_something("epochs", "classifier")
    assert means_something("beta", "vae")
    assert usual_plan("classifier").weight_decay > 0.0


def test_that_it_is_to_tell_what_the_data_know_by_name_and_not_by_order():
    data = toy_set("train", 4)
    turned = make(condition_names=("odd", "even"))
    assert torch.equal(conditions_of(turned, data).argmax(1), 1 - data.labels)
    traits = make(condition_names=("smile", "hat"), exclusive=False)
    seen = conditions_of(traits, beings("train", 8))
    assert torch.equal(seen, beings("train", 8).attributes[:, [2, 0]].float())
    with pytest.raises(LabError, match="needs the class"):
        conditions_of(make(), beings("train"))
    with pytest.raises(LabError, match="needs the attributes"):
        conditions_of(traits, data)


def trained(data, out: Path, **options):
    run = TrainingRun("classifier", SMALL, PLAN, data("train"), data("test"), out, **options)
    ends = [event for event in run.run() if isinstance(event, EpochEnded)]
    return ends, load_model(out)


def test_that_a_training_on_attributes_ends_in_a_file_that_says_how_often_it_is_right(tmp_path: Path):
    ends, loaded = trained(beings, tmp_path / "judge.safetensors", half=True)
    assert isinstance(loaded.model, Classifies)
    assert (loaded.model.class_names, loaded.model.exclusive) == (TRAITS, False)
    last = ends[-1].test
    assert last.spec is LABELS
    assert loaded.card.metrics == {
        "accuracy": last["accuracy"],
        "loss": last["loss"],
        "epochs": 6,
        "steps": 24,
    }
    assert last["accuracy"] > 0.95
    assert last["loss"] < ends[0].test["loss"]


def test_that_classes_are_taken_before_attributes(tmp_path: Path):
    _, loaded = trained(toy_set, tmp_path / "judge.safetensors")
    assert (loaded.model.class_names, loaded.model.exclusive) == (("even", "odd"), True)


def test_that_pictures_of_which_nothing_is_known_cannot_be_learnt_from(tmp_path: Path):
    def bare(split: str) -> ImageSet:
        return ImageSet("bare", split, toy_set(split).images)

    with pytest.raises(LabError, match="neither classes nor attributes"):
        trained(bare, tmp_path / "judge.safetensors")


def test_that_the_command_line_trains_one_and_speaks_of_its_accuracy(tmp_path: Path, capsys, monkeypatch):
    from latentlab.cli import main
    from latentlab.data import catalog

    entry = catalog.Entry("toy", "random dots", lambda folder, split: toy_set(split))
    monkeypatch.setitem(catalog.CATALOG, "toy", entry)
    out, log = tmp_path / "judge.safetensors", tmp_path / "log"
    words = ["train", "classifier", "--data", "toy", "--out", str(out), "--widths", "8,8", "--epochs", "1"]
    words += ["--batch", "16", "--threads", "1", "--precision", "fp32", "--device", "cpu", "--log", str(log)]
    assert main(words) == 0
    told = capsys.readouterr()
    assert "of the test pictures right" in told.out
    assert "% right, loss" in told.err
    lines = [json.loads(line) for line in (log / "metrics.jsonl").read_text().splitlines()]
    assert 0.0 <= lines[-1]["accuracy"] <= 1.0
    assert load_model(out).card.command.startswith("latentlab train classifier --data toy")
