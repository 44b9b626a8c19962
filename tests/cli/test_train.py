"""`latentlab train vae`, on pictures of 8 x 8 pixels."""

from __future__ import annotations

import argparse
import errno
import io
import os
import shlex
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from latentlab.commands import flags
from latentlab.commands.parser import make_parser
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run_log import RunLog
from latentlab.engine.training.trainer import Trainer
from latentlab.models.base import parse_config
from latentlab.models.registry import KINDS
from latentlab.models.settings import settings_of
from tests.tiny import toy_set

QUICK = (
    *("--data", "toy", "--epochs", 2, "--batch", 16, "--warmup-steps", 2),
    *("--threads", 1, "--precision", "fp32", "--device", "cpu"),
)
SMALL = (*QUICK, "--encoder-widths", 8, "--decoder-widths", "8,8")
# Kinds whose network has one row of widths.
ONE_NETWORK = ("--widths", "8,16")


def that_it_has(kind: str, *words: object) -> list[object]:
    """Of flags and their values those that a kind of model has."""
    parser = argparse.ArgumentParser()
    flags.add_training_flags(parser, kind)
    known = {"--data", *(flag for action in parser._actions for flag in action.option_strings)}
    pairs = zip(words[::2], words[1::2], strict=True)
    return [word for flag, value in pairs if flag in known for word in (flag, value)]


def test_that_training_saves_a_model_whose_card_says_how_it_was_made(run, tmp_path: Path):
    out = tmp_path / "in a folder" / "mine.safetensors"
    out.parent.mkdir()
    outcome = run("train", "vae", *SMALL, "--out", out, "--latents", 3)
    assert outcome.code == 0, outcome
    assert outcome.out.splitlines()[-1] == f"To see it: latentlab open '{out}'"
    loaded = load_model(out)
    assert loaded.model.latents == 3
    assert tuple(loaded.card.config["shape"]) == (1, 8, 8)
    train = toy_set("train")
    said = {"name": "toy", "split": "train", "images": 64, "sha256": train.fingerprint}
    assert {name: loaded.card.data[name] for name in said} == said
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
    for config in (TrainingPlan, *(kind.config for kind in KINDS.values())):
        for name, about in settings_of(config).items():
            assert about.help or about.from_data, (config, name)


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_kind_can_be_trained_and_opened(run, tmp_path: Path, kind: str):
    out = tmp_path / f"{kind}.safetensors"
    outcome = run("train", kind, *that_it_has(kind, *SMALL, *ONE_NETWORK), "--out", out)
    assert outcome.code == 0, outcome
    loaded = load_model(out)
    assert loaded.card.kind == kind
    assert f"latentlab train {kind} --data toy" in loaded.card.command
    about = KINDS[kind]
    if "condition_names" in settings_of(about.config):
        told = about.conditioned is None or about.conditioned(loaded.card.config)
        assert loaded.model.config.condition_names == (("even", "odd") if told else ())


def test_that_a_diffusion_model_trains_by_its_own_figures_and_flags(run, tmp_path: Path):
    out = tmp_path / "d.safetensors"
    outcome = run("train", "ddpm", *QUICK, *ONE_NETWORK, "--predicts", "noise", "--out", out)
    assert outcome.code == 0, outcome
    loaded = load_model(out)
    assert loaded.model.config.predicts == "noise"
    assert "--widths 8,16" in loaded.card.command
    assert "--predicts noise" in loaded.card.command
    assert "--gradient-norm" not in loaded.card.command, "its usual plan holds no news"
    assert 0.0 < loaded.card.metrics["loss"] < 5.0
    assert f"test loss {loaded.card.metrics['loss']:.5f}" in outcome.out
    assert "ELBO" not in outcome.out + outcome.err
    first = out.read_bytes()
    assert run(*shlex.split(loaded.card.command)[1:], "--force").code == 0
    assert out.read_bytes() == first


@pytest.mark.parametrize("flag", ["--beta", "--latents", "--importance-samples", "--binarise-input"])
def test_that_a_diffusion_model_has_no_flags_of_latents(run, tmp_path: Path, flag: str):
    outcome = run("train", "ddpm", *QUICK, flag, 1, "--out", tmp_path / "d.safetensors")
    assert outcome.code == 2
    assert flag in outcome.err


def stopped_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the process get Ctrl+C while the training takes this step."""
    whole_step = Trainer.train_step

    def interrupted(self, index):
        if self.step == step:
            os.kill(os.getpid(), signal.SIGINT)
        return whole_step(self, index)

    monkeypatch.setattr(Trainer, "train_step", interrupted)
    monkeypatch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", -1.0)


def test_that_ctrl_c_keeps_the_training_and_resume_ends_with_the_same_file(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole, out = tmp_path / "whole.safetensors", tmp_path / "m.safetensors"
    run("train", "vae", *SMALL, "--out", whole)
    with monkeypatch.context() as patch:
        stopped_at(3, patch)
        outcome = run("train", "vae", *SMALL, "--out", out)
    assert outcome.code == 130
    assert "stopped at step 4; the same command with --resume continues from there" in outcome.err
    assert not out.exists()
    assert "--resume continues it, --force starts over" in run("train", "vae", *SMALL, "--out", out).complaint
    outcome = run("train", "vae", *SMALL, "--out", out, "--resume")
    assert outcome.code == 0, outcome
    assert "from step 4" in outcome.err
    first, second = load_model(whole), load_model(out)
    for name, weight in first.model.state_dict().items():
        assert torch.equal(weight, second.model.state_dict()[name])
    assert first.card.metrics == second.card.metrics


@pytest.mark.parametrize(
    ("begun", "resumed", "stored"),
    [
        ((), (), torch.float32),
        (("--half",), (), torch.float16),
        ((), ("--half",), torch.float16),
    ],
)
def test_that_a_training_begun_with_16_bits_resumes_with_16_bits(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: tuple, resumed: tuple, stored: torch.dtype
):
    out = tmp_path / "m.safetensors"
    with monkeypatch.context() as patch:
        stopped_at(3, patch)
        assert run("train", "vae", *SMALL, "--out", out, *begun).code == 130
    outcome = run("train", "vae", *SMALL, "--out", out, "--resume", *resumed)
    assert outcome.code == 0, outcome
    assert {tensor.dtype for tensor in load_file(out).values()} == {stored}


def test_that_there_must_be_something_to_resume(run, tmp_path: Path):
    out = tmp_path / "m.safetensors"
    complaint = run("train", "vae", *SMALL, "--out", out, "--resume").complaint
    assert "m.safetensors: its training has no checkpoint yet" in complaint
    assert "--resume-or-start" in complaint
    out.write_bytes(b"a model")
    assert "is complete" in run("train", "vae", *SMALL, "--out", out, "--resume").complaint
    assert out.read_bytes() == b"a model"


def test_that_resume_or_start_begins_what_is_not_there_and_goes_on_with_what_is(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "m.safetensors"
    with monkeypatch.context() as patch:
        stopped_at(3, patch)
        outcome = run("train", "vae", *SMALL, "--out", out, "--resume-or-start")
    assert outcome.code == 130
    assert "from step" not in outcome.err
    outcome = run("train", "vae", *SMALL, "--out", out, "--resume-or-start")
    assert outcome.code == 0, outcome
    assert "from step 4" in outcome.err
    assert "--resume" in run("train", "vae", "--resume", "--resume-or-start", "--out", out).complaint


def test_that_whoever_goes_on_with_a_training_cannot_ask_for_another(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "m.safetensors"
    with monkeypatch.context() as patch:
        stopped_at(3, patch)
        run("train", "vae", *SMALL, "--out", out)
    asked = ("train", "vae", *SMALL, "--out", out, "--resume")
    complaint = run(*asked, "--epochs", 5, "--decoder-widths", 8).complaint
    assert "it cannot be given --decoder-widths 8 (begun with 8,8), --epochs 5 (begun with 2)" in complaint
    assert "of kind vae, not ae" in run("train", "ae", *SMALL, "--out", out, "--resume").complaint
    assert run(*asked, "--latents", 2, "--device", "auto").code == 0


def pictures(folder: Path, count: int = 20, shape: tuple[int, ...] = (8, 8)) -> Path:
    """A folder of noise."""
    folder.mkdir(parents=True)
    dots = np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)
    for number, picture in enumerate(dots):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return folder


MINE = (*SMALL[2:], "--batch", 4)


def test_that_a_training_begun_with_relative_paths_is_found_from_another_folder_and_when_both_are_moved(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    pictures(here / "dots")
    elsewhere.mkdir()
    monkeypatch.chdir(here)
    with monkeypatch.context() as patch:
        stopped_at(3, patch)
        run("train", "vae", "--data", "dots::side=8", *MINE, "--out", "m.safetensors")
        run("train", "vae", "--data", "dots::side=8", *MINE, "--out", "n.safetensors")
    monkeypatch.chdir(elsewhere)
    assert run("train", "vae", "--out", here / "m.safetensors", "--resume").code == 0
    card = load_model(here / "m.safetensors").card
    assert f"--data {here / 'dots'}::side=8" in card.command
    moved = tmp_path / "moved"
    here.rename(moved)
    outcome = run("train", "vae", "--out", "../moved/n.safetensors", "--resume")
    assert outcome.code == 0, outcome
    assert load_model(moved / "n.safetensors").card.metrics["epochs"] == 2
    assert not here.exists()


def test_that_a_log_folder_gets_the_figures(run, tmp_path: Path):
    run("train", "vae", *SMALL, "--out", tmp_path / "m.safetensors", "--log", tmp_path / "log")
    assert (tmp_path / "log" / "metrics.jsonl").read_text().count('"split": "test"') == 2


def test_that_a_log_that_cannot_be_written_is_told_once_and_the_training_ends_well(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(self, event):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(RunLog, "_note", full)
    out = tmp_path / "m.safetensors"
    outcome = run("train", "vae", *SMALL, "--out", out, "--log", tmp_path / "log")
    assert outcome.code == 0, outcome
    assert outcome.err.count("the log stops here because it cannot be written (No space left on device)") == 1
    assert load_model(out).card.metrics["epochs"] == 2


def test_that_a_closed_stderr_does_not_end_the_training(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    out = tmp_path / "m.safetensors"
    monkeypatch.setattr("sys.stderr", Gone())
    assert run("train", "vae", *SMALL, "--out", out).code == 0
    assert out.exists()


def test_that_what_suits_pictures_of_ones_own_is_proposed_told_and_written_into_the_command(
    run, tmp_path: Path
):
    folder, out = pictures(tmp_path / "cats", 40, (8, 8, 3)), tmp_path / "m.safetensors"
    words = ("--epochs", 2, "--threads", 1, "--precision", "fp32", "--device", "cpu")
    outcome = run("train", "vae", "--data", folder, *words, "--out", out)
    assert outcome.code == 0, outcome
    told = next(line for line in outcome.err.splitlines() if line.startswith("chosen to suit"))
    assert "--latents 32 --encoder conv --encoder-widths 32,64,128 --decoder conv" in told
    assert "--likelihood gaussian --learn-sigma yes --batch 8" in told
    assert "--epochs" not in told
    assert "overfits" in outcome.err
    card = load_model(out).card
    assert card.config["encoder"] == "conv"
    assert (card.config["likelihood"], card.config["learn_sigma"]) == ("gaussian", True)
    assert "--encoder-features 0" in card.command, "what is proposed may be another in a version to come"
    first = out.read_bytes()
    assert run(*shlex.split(card.command)[1:], "--force").code == 0
    assert out.read_bytes() == first


def test_that_every_flag_overrides_what_is_proposed(run, tmp_path: Path):
    folder, out = pictures(tmp_path / "cats", 40, (8, 8, 3)), tmp_path / "m.safetensors"
    words = ("--latents", 3, "--encoder", "mlp", "--encoder-widths", 8, "--decoder", "mlp")
    more = ("--decoder-widths", 8, "--likelihood", "bernoulli", "--epochs", 1, "--batch", 16)
    outcome = run("train", "vae", "--data", folder, *words, *more, "--warmup-steps", 1, "--out", out)
    assert outcome.code == 0, outcome
    assert "chosen to suit" not in outcome.err
    config = load_model(out).card.config
    assert (config["latents"], config["encoder"], config["likelihood"]) == (3, "mlp", "bernoulli")
    assert tuple(config["encoder_widths"]) == tuple(config["decoder_widths"]) == (8,)


@pytest.mark.parametrize("kind", KINDS)
def test_that_eight_pictures_are_enough_for_every_kind(run, tmp_path: Path, kind: str):
    folder = pictures(tmp_path / "cats" / "a", 4, (8, 8, 3)).parent
    pictures(folder / "b", 4, (8, 8, 3))
    words = that_it_has(kind, "--data", folder, "--epochs", 2)
    outcome = run("train", kind, *words, "--out", tmp_path / "m.safetensors")
    assert outcome.code == 0, outcome
    assert "overfits" in outcome.err


@pytest.mark.parametrize(
    ("count", "words", "reason"),
    [
        (7, ("vae",), "cats has 7 pictures, too few to train on. At least 8 are needed"),
        (40, ("vae", "--batch", 64), "Choose a batch of at most"),
        (
            40,
            ("cvae",),
            "cats has neither classes nor attributes, and a conditional VAE needs one or the other",
        ),
        (40, ("classifier",), "cats has neither classes nor attributes, and a classifier has nothing to"),
        (40, ("vae", "--likelihood", "palette"), "command line: --likelihood gaussian"),
    ],
)
def test_that_what_cannot_be_trained_is_refused_in_one_line_that_says_where_to_change_it(
    run, tmp_path: Path, count: int, words: tuple[object, ...], reason: str
):
    folder = pictures(tmp_path / "cats", count, (16, 16, 3))
    complaint = run("train", *words, "--data", folder, "--out", tmp_path / "m.safetensors").complaint
    assert reason in complaint
    assert "config field" not in complaint
    assert not (tmp_path / "m.safetensors").exists()


# The plans of the shipped models, as their commands meant them when they were trained: (epochs, batch).
SHIPPED = {
    "faces-classifier": (10, 128), "faces-cvae": (32, 64), "faces-ddpm": (12, 64), "faces-vae": (40, 64),
    "mnist-ae-2d": (60, 256), "mnist-bvae-2d": (60, 256), "mnist-classifier": (6, 128),
    "mnist-cvae-2d": (100, 256), "mnist-ddpm": (14, 64), "mnist-vae-16d": (150, 256),
    "mnist-vae-2d": (200, 256),
}  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED)
def test_that_a_shipped_models_command_still_means_the_same_training(name: str):
    card = load_model(name).card
    arguments = make_parser(training=True).parse_args(shlex.split(card.command)[1:])
    assert arguments.data in catalog.CATALOG, "for these nothing is proposed"
    config, plan = flags.read_config(arguments, {}), flags.read_plan(arguments, {})
    written = parse_config(KINDS[card.kind].config, card.config)
    assert {field: getattr(written, field) for field in config} == config
    assert (plan.epochs, plan.batch) == SHIPPED[name]
    assert card.metrics["steps"] == plan.epochs * (card.data["images"] // plan.batch)
