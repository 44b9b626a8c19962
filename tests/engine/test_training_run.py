"""A training ends in a file that opens, or in none."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

import latentlab
from latentlab.data.image_set import ImageSet
from latentlab.engine.files.checkpoint import ModelCard, load_model, save_model
from latentlab.engine.training.events import EpochEnded, Finished, Started
from latentlab.engine.training.from_data import learns_from
from latentlab.engine.training.plan import TrainingPlan, check_plan
from latentlab.engine.training.run import Saved, TrainingRun
from latentlab.errors import LabError
from tests.tiny import toy_set

PLAN = TrainingPlan(epochs=2, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)
CONFIG = {"latents": 3, "encoder_widths": (8,), "decoder_widths": (8,)}


def _run(out: Path, plan: TrainingPlan = PLAN, **options: object) -> TrainingRun:
    return TrainingRun("vae", CONFIG, plan, toy_set("train"), toy_set("test"), out, **options)


def test_that_events_come_in_order_and_the_file_last(tmp_path: Path):
    out = tmp_path / "m.safetensors"
    kinds = []
    for event in _run(out, command="latentlab train vae").run():
        kinds.append(type(event))
        assert out.exists() == isinstance(event, Saved)
    assert kinds[0] is Started
    assert kinds.count(EpochEnded) == 2
    assert kinds[-2:] == [Finished, Saved]
    model = latentlab.load_model(out)
    assert (model.latents, model.picture_shape) == (3, (1, 8, 8))
    assert model.card.command == "latentlab train vae"
    assert model.card.metrics == event.metrics


def test_that_the_averaged_weights_are_what_is_saved(tmp_path: Path):
    run = _run(tmp_path / "m.safetensors")
    list(run.run())
    z = torch.tensor([[0.5, -1.0, 2.0]])
    with torch.no_grad():
        expected = torch.sigmoid(run.trainer.averaged.decode(z)).numpy()
    assert np.allclose(latentlab.load_model(tmp_path / "m.safetensors").decode(z), expected, atol=1e-6)


def drawing(split: str) -> ImageSet:
    """Pictures in up to 200 colours, each drawn pixel 2 x 2."""
    generator = torch.Generator().manual_seed(len(split))
    inks = torch.randint(256, (200, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    numbers = torch.randint(200, (64, 4, 4), generator=generator)
    drawn = inks[numbers].movedim(-1, 1).repeat_interleave(2, -1).repeat_interleave(2, -2)
    return ImageSet("drawing", split, drawn)


def test_that_a_palette_is_read_off_the_pictures_and_the_model_paints_in_it_alone(tmp_path: Path):
    fields = {**CONFIG, "likelihood": "palette"}
    out = tmp_path / "art.safetensors"
    list(TrainingRun("vae", fields, PLAN, drawing("train"), drawing("test"), out).run())
    model = latentlab.load_model(out)
    palette = model.card.config["palette"]
    assert len(palette) > 64, "as long as a list in a config once could be"
    assert model.card.config["pixel"] == 2
    pictures = model.sample(20, seed=0)
    assert pictures.shape == (20, 3, 8, 8)
    levels = np.round(pictures * 255).astype(np.uint8).transpose(0, 2, 3, 1).reshape(-1, 3)
    assert {bytes(ink).hex() for ink in levels} <= set(palette)
    assert (pictures[..., ::2, ::2] == pictures[..., 1::2, 1::2]).all()


def test_that_pictures_without_a_palette_are_told_before_any_training(tmp_path: Path):
    fields, noise = {**CONFIG, "likelihood": "palette"}, toy_set("train", 64, (3, 32, 32))
    with pytest.raises(LabError, match="too many for a palette"):
        TrainingRun("vae", fields, PLAN, noise, noise, tmp_path / "m.safetensors")


def test_that_the_seed_decides_everything_and_torchs_own_generator_is_left_alone(tmp_path: Path):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    files = [tmp_path / f"{name}.safetensors" for name in "abc"]
    for out, seed in zip(files, (4, 4, 5), strict=True):
        run = _run(out, dataclasses.replace(PLAN, seed=seed))
        assert torch.equal(torch.get_rng_state(), before)
        list(run.run())
        torch.manual_seed(5)
    contents = [out.read_bytes() for out in files]
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]


def test_that_a_training_that_is_stopped_leaves_no_file(tmp_path: Path):
    events = _run(tmp_path / "m.safetensors").run()
    next(events)
    next(events)
    events.close()
    assert list(tmp_path.iterdir()) == []


def test_that_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path):
    out = tmp_path / "m.safetensors"
    events = _run(out).run()
    next(events)
    out.write_bytes(b"precious")
    with pytest.raises(LabError, match="already exists"):
        list(events)
    assert out.read_bytes() == b"precious"


def test_that_an_existing_file_is_refused_at_once_unless_it_may_go(tmp_path: Path):
    out = tmp_path / "m.safetensors"
    out.write_bytes(b"old")
    with pytest.raises(LabError, match="already exists"):
        _run(out)
    assert isinstance(list(_run(out, overwrite=True).run())[-1], Saved)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 0),
        ("batch", 0),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("warmup_steps", -1),
        ("beta", float("inf")),
        ("beta", -1.0),
        ("ema_decay", 1.5),
        ("seed", -1),
        ("threads", -1),
        ("precision", "fp8"),
    ],
)
def test_that_a_plan_that_cannot_be_followed_is_refused_naming_the_field(field: str, value: object):
    with pytest.raises(LabError, match=field.replace("_", " ")):
        check_plan(dataclasses.replace(PLAN, **{field: value}))


def test_that_test_pictures_of_another_shape_are_refused(tmp_path: Path):
    with pytest.raises(LabError, match="pictures of"):
        TrainingRun(
            "vae",
            CONFIG,
            PLAN,
            toy_set("train"),
            toy_set("test", shape=(1, 9, 9)),
            tmp_path / "m.safetensors",
        )


@pytest.mark.parametrize("kind", ["cvae", "ddpm", "classifier"])
def test_that_many_classes_can_be_told_and_told_apart(tmp_path: Path, kind: str):
    names = tuple(f"class {number}" for number in range(1000))
    fields = CONFIG if kind == "cvae" else {"widths": (8,)}

    def many(split: str) -> ImageSet:
        return dataclasses.replace(toy_set(split), labels=torch.arange(64) * 15, classes=names)

    run = TrainingRun(kind, fields, PLAN, many("train"), many("test"), tmp_path / "m.safetensors")
    assert isinstance(list(run.run())[-1], Saved)
    card = load_model(tmp_path / "m.safetensors").card
    assert tuple(card.config["condition_names"]) == names


def test_that_more_classes_than_that_are_refused_in_words(tmp_path: Path):
    names = tuple(map(str, range(1200)))
    train = dataclasses.replace(toy_set("train"), labels=torch.arange(64), classes=names)
    with pytest.raises(LabError, match="1,200 classes; at most 1,000 can be used") as told:
        TrainingRun("ddpm", {"widths": (8,)}, PLAN, train, train, tmp_path / "m.safetensors")
    assert "config field" not in str(told.value)
    assert "Train on a part of the classes" in str(told.value)


def test_that_a_proposal_counts_only_pictures_of_which_is_known_what_the_model_is_told():
    labels = torch.where(torch.arange(64) < 60, -1, 0)
    train = dataclasses.replace(toy_set("train"), labels=labels)
    assert len(learns_from("cvae", train)) == len(learns_from("ddpm", train)) == 4
    assert len(learns_from("vae", train)) == 64
    with pytest.raises(LabError, match="neither classes nor attributes"):
        learns_from("cvae", dataclasses.replace(train, labels=None, classes=()))


def test_that_who_begins_is_told_how_many_pictures_are_left_out(tmp_path: Path):
    labels = torch.where(torch.arange(64) < 24, -1, torch.arange(64) % 2)
    train = dataclasses.replace(toy_set("train"), labels=labels)
    for kind, learnt, unknown in (("cvae", 40, 24), ("vae", 64, 0)):
        run = TrainingRun(kind, CONFIG, PLAN, train, toy_set("test"), tmp_path / f"{kind}.safetensors")
        started = next(run.run())
        assert (started.pictures, started.unknown) == (learnt, unknown)


def test_that_pictures_of_which_nothing_is_known_train_what_needs_nothing_and_no_other(tmp_path: Path):
    train = dataclasses.replace(toy_set("train"), labels=torch.full((64,), -1))
    run = TrainingRun("ddpm", {"widths": (8,)}, PLAN, train, toy_set("test"), tmp_path / "m.safetensors")
    assert run.config["condition_names"] == ()
    assert len(run.learnt) == 64
    for kind in ("cvae", "classifier"):
        with pytest.raises(LabError, match=r"of no picture of toy \(train\) the class or all") as told:
            TrainingRun(kind, {}, PLAN, train, toy_set("test"), tmp_path / "m.safetensors")
        assert "such as a VAE" in str(told.value)


@pytest.mark.parametrize(("kind", "asked"), [("gan", {"condition": True}), ("gmm", {"by_class": True})])
def test_that_a_condition_is_not_asked_for_in_vain(tmp_path: Path, kind: str, asked: dict[str, bool]):
    train = dataclasses.replace(toy_set("train"), labels=None, classes=())
    with pytest.raises(LabError, match="neither classes nor attributes, and a condition was") as told:
        TrainingRun(kind, asked, PLAN, train, toy_set("test"), tmp_path / "m.safetensors")
    assert "train without a condition" in str(told.value)
    # One that an earlier version began goes on.
    names = {"condition_names": (), "exclusive": False}
    run = TrainingRun(kind, asked | names, PLAN, train, toy_set("test"), tmp_path / "m.safetensors")
    assert run.config["condition_names"] == ()
    # So does a model that it has made.
    model = save_model(tmp_path / "old.safetensors", run.trainer.model, ModelCard(kind, run.config))
    TrainingRun(kind, asked, PLAN, train, toy_set("test"), tmp_path / "m.safetensors", start=model)
