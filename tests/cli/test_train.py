"""`latentlab train vae`, on pictures of 8 x 8 pixels."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

import pytest

from latentlab.commands import flags
from latentlab.engine.checkpoint import load_model
from latentlab.engine.trainer import Trainer, TrainingPlan
from latentlab.models.vae import VAEConfig
from tests.tiny import toy_set

SMALL = (
    *("--data", "toy", "--epochs", 2, "--batch", 16, "--warmup-steps", 2),
    *("--encoder-widths", 8, "--decoder-widths", "8,8", "--threads", 1, "--precision", "fp32"),
    *("--device", "cpu"),
)


def test_that_training_saves_a_model_whose_card_says_how_it_was_made(run, tmp_path: Path):
    out = tmp_path / "mine.safetensors"
    outcome = run("train", "vae", *SMALL, "--out", out, "--latents", 3)
    assert outcome.code == 0, outcome
    loaded = load_model(out)
    assert loaded.model.latents == 3
    assert tuple(loaded.card.config["shape"]) == (1, 8, 8)
    train = toy_set("train")
    assert loaded.card.data == {"name": "toy", "split": "train", "images": 64, "sha256": train.fingerprint}
    metrics = loaded.card.metrics
    assert metrics["elbo"] == pytest.approx(metrics["reconstruction"] - metrics["kl"])
    assert "epoch 2" in outcome.err
    assert "ELBO" in outcome.out


def test_that_the_command_in_the_card_trains_the_same_weights_again(run, tmp_path: Path):
    out = tmp_path / "mine.safetensors"
    run("train", "vae", *SMALL, "--out", out, "--seed", 7)
    program, *words = shlex.split(load_model(out).card.command)
    assert program == "latentlab"
    first = out.read_bytes()
    assert run(*words, "--force").code == 0
    assert out.read_bytes() == first


def test_that_the_command_in_the_card_holds_no_defaults(run, tmp_path: Path):
    out = tmp_path / "mine.safetensors"
    run("train", "vae", *SMALL, "--out", out, "--beta", "1", "--seed", "0", "--latents", "2")
    command = load_model(out).card.command
    for flag in ("--beta", "--seed", "--latents", "--force", "--json"):
        assert flag not in command
    assert "--encoder-widths 8" in command
    assert "--decoder-widths 8,8" in command


def test_that_train_json_prints_one_object_on_stdout(run, tmp_path: Path):
    result = run("train", "vae", *SMALL, "--out", tmp_path / "m.safetensors", "--json").json
    assert result["epochs"] == 2
    assert result["elbo"] == pytest.approx(result["reconstruction"] - result["kl"])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--epochs", "0"], "epochs"),
        (["--epochs", "two"], "two"),
        (["--batch", "0"], "batch"),
        (["--batch", "65"], "65"),
        (["--learning-rate", "nan"], "learning rate"),
        (["--encoder", "transformer"], "transformer"),
        (["--likelihood", "poisson"], "poisson"),
        (["--encoder-widths", "8;8"], "8;8"),
        (["--encoder-widths", "0"], "encoder_widths"),
        (["--latents", "1000000000"], "latents"),
        (["--precision", "fp8"], "fp8"),
        (["--device", "abacus"], "abacus"),
        (["--seed", "-1"], "seed"),
    ],
    ids=" ".join,
)
def test_that_a_wrong_setting_is_refused_before_training(run, tmp_path: Path, words, reason: str):
    outcome = run("train", "vae", *SMALL, "--out", tmp_path / "m.safetensors", *words)
    assert reason in outcome.complaint
    assert list(tmp_path.iterdir()) == []


def test_that_an_existing_file_is_refused_before_the_data_is_read(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def unread(*args: object) -> None:
        pytest.fail("the data was read")

    monkeypatch.setattr("latentlab.data.catalog.load", unread)
    out = tmp_path / "m.safetensors"
    out.write_bytes(b"precious")
    assert "already exists" in run("train", "vae", *SMALL, "--out", out).complaint
    missing = tmp_path / "nowhere" / "m.safetensors"
    assert "folder does not exist" in run("train", "vae", *SMALL, "--out", missing).complaint
    assert ".safetensors" in run("train", "vae", *SMALL, "--out", tmp_path / "m.pt").complaint


def test_that_ctrl_c_leaves_the_old_file_and_nothing_half_written(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "m.safetensors"
    out.write_bytes(b"precious")
    steps = []
    whole_step = Trainer.train_step

    def interrupted(self, index):
        steps.append(index)
        if len(steps) == 6:
            raise KeyboardInterrupt
        return whole_step(self, index)

    monkeypatch.setattr(Trainer, "train_step", interrupted)
    outcome = run("train", "vae", *SMALL, "--out", out, "--force")
    assert outcome.code == 130
    assert out.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [out]


def test_that_every_setting_has_a_flag_and_a_word_of_help():
    names = {field.name for kind in (VAEConfig, TrainingPlan) for field in dataclasses.fields(kind)}
    assert names - {"shape"} == flags.HELP.keys()
