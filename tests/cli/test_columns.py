"""`--columns`: which columns of a table are the class, the files and what is true of a picture."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.commands.parser import make_parser
from latentlab.engine.files.checkpoint import load_model


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Twenty-four pictures with two columns of words."""
    folder = tmp_path / "own"
    folder.mkdir()
    for n in range(24):
        levels = np.random.default_rng(n).integers(0, 256, (8, 8), dtype=np.uint8)
        Image.fromarray(levels).save(folder / f"{n}.png")
    rows = "".join(f"{n}.png,{('x', 'y')[n % 2]},{('u', 'v', 'w')[n % 3]}\n" for n in range(24))
    (folder / "labels.csv").write_text("file,one,the other\n" + rows)
    return folder


def test_that_a_training_takes_the_columns_and_keeps_them(run, own, tmp_path):
    out = tmp_path / "mine.safetensors"
    words = (
        *("train", "classifier", "--data", own, "--columns", "class=the other", "--out", out),
        *("--epochs", 1, "--batch", 8, "--widths", "8,16", "--threads", 1, "--device", "cpu"),
    )
    outcome = run(*words)
    assert outcome.code == 0, outcome
    loaded = load_model(out)
    assert loaded.model.class_names == ("u", "v", "w")
    command = shlex.split(loaded.card.command)
    assert command[command.index("--data") + 1] == f"{own}::class=the%20other"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ("--data", "OWN", "--columns", "class=kind"),
            "has no column 'kind'. Its columns: file, one, the other",
        ),
        (("--data", "OWN", "--columns", "kind"), "'kind' is not a column option"),
        (("--data", "mnist", "--columns", "class=kind"), "mnist has no table to choose columns from"),
    ],
)
def test_that_a_choice_that_cannot_be_is_refused(run, own, tmp_path, words, reason):
    words = [own if word == "OWN" else word for word in words]
    assert reason in run("train", "ae", *words, "--out", tmp_path / "x.safetensors").complaint


def test_that_columns_without_data_are_refused(run):
    assert "Give --data as well" in run("evaluate", "x", "--columns", "class=kind").complaint
    assert "Give --data as well" in run("--columns", "class=kind").complaint


@pytest.mark.parametrize(
    "command",
    [
        ("train", "vae", "--out", "a"),
        ("evaluate", "m"),
        ("sample", "m", "--out", "a"),
        ("encode", "m", "--out", "a"),
        ("attributes", "m"),
        ("arithmetic", "m", "--out", "a", "--index", "1", "--add", "Hat"),
        ("diffuse", "m", "--out", "a"),
    ],
)
def test_that_every_command_that_takes_data_takes_columns(command):
    arguments = make_parser(training=True).parse_args([*command, "--data", "d", "--columns", "class=a"])
    assert (arguments.data, arguments.columns) == ("d", "class=a")


@pytest.mark.parametrize("before", [(), ("open", "m")])
def test_that_the_window_takes_columns(before):
    arguments = make_parser(training=False).parse_args([*before, "--data", "d", "--columns", "class=a"])
    assert (arguments.pictures, arguments.picture_columns) == ("d", "class=a")
