"""`latentlab train` with kinds of model that an installed package brings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from latentlab.engine.files.checkpoint import load_model
from latentlab.models.registry import registered
from tests.kinds import moments
from tests.kinds_installed import installed, write_package

MINE = """
import dataclasses
from latentlab.models.registry import find_kind
KIND = dataclasses.replace(find_kind("vae"), name="mine", title="My own", called="a model of mine")
"""
POINTS = {"mine": "my_kind:KIND", "broken": "no_such_module:KIND"}
QUICK = ("--epochs", 1, "--batch", 32, "--threads", 1, "--precision", "fp32", "--device", "cpu")
SMALL = ("--encoder-widths", 8, "--decoder-widths", 8)


def test_that_an_installed_kind_has_flags_is_trained_and_a_broken_one_is_named(tmp_path: Path, run):
    out = tmp_path / "m.safetensors"
    with installed(tmp_path, POINTS, my_kind=MINE):
        told = run("train", "mine", "--data", "toy", "--latents", 300, "--out", out)
        assert told.code == 2
        assert "'latents' is 300, expected 1 to 256" in told.err
        assert "the kind of model 'broken' of bringing-kinds is left out" in told.err
        told = run("train", "mine", "--data", "toy", "--latents", 3, *QUICK, *SMALL, "--out", out)
        assert told.code == 0, told
        loaded = load_model(out)
        assert (loaded.card.kind, loaded.model.latents) == ("mine", 3)
        assert "latentlab train mine --data toy" in loaded.card.command
    assert "unknown kind of model 'mine'" in run("evaluate", out).complaint


def test_that_another_process_finds_it_by_its_path_and_help_brings_in_no_torch(tmp_path: Path):
    site = write_package(tmp_path / "site", POINTS, my_kind=MINE)
    code = (
        "import sys; from latentlab.cli import main\n"
        "main(['train', '--help']); assert 'torch' not in sys.modules\n"
    )
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert "train a model of mine and save it" in done.stdout


def test_that_a_kind_that_is_fitted_is_trained_on_pictures_of_ones_own_with_no_word_of_epochs(
    tmp_path: Path, run
):
    folder, out = tmp_path / "dots", tmp_path / "m.safetensors"
    folder.mkdir()
    for number in range(12):
        Image.new("L", (8, 8), 20 * number).save(folder / f"{number}.png")
    with registered(moments.KIND) as kind:
        told = run("train", kind.name, "--data", folder, "--device", "cpu", "--threads", 1, "--out", out)
        assert told.code == 0, told
        assert "chosen to suit" not in told.err, "there is nothing to choose"
        loaded = load_model(out)
        assert loaded.card.kind == kind.name
        assert not {"--epochs", "--batch", "--precision"} & set(loaded.card.command.split())
        assert run("train", kind.name, "--epochs", 3, "--out", out).code == 2
        assert "--epochs" not in run("train", kind.name, "--help").out
