"""Bad input: exit code 2, one line on stderr that names the thing and the reason, nothing written."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from latentlab.cli import main
from tests.tiny import CONFIG, save_tiny_model

WALK = ("--from", "0,0", "--to", "1,1")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["dance"], "invalid choice"),
        (["evaluate"], "MODEL"),
        (["evaluate", "nonsense"], "nonsense"),
        (["evaluate", "{model}", "--data", "toys"], "toys"),
        (["evaluate", "{model}", "--data", "toy", "--split", "half"], "half"),
        (["evaluate", "{model}", "--data", "toy", "--samples", "0"], "--samples"),
        (["evaluate", "{model}", "--samples", "many"], "many"),
        (["evaluate", "{model}", "--device", "abacus"], "abacus"),
        (["evaluate", "{model}", "--frobnicate"], "--frobnicate"),
        (["manifold", "{model}"], "--out"),
        (["manifold", "{model}", "-n", "0", "-o", "{new}.png"], "-n"),
        (["manifold", "{model}", "-o", "{new}.tiff"], ".tiff"),
        (["manifold", "{model}", "-o", "{new}"], "no file extension"),
        (["manifold", "{model}", "-o", "{new}/grid.png"], "folder does not exist"),
        (["manifold", "{model}", "-o", "{new}.png", "--range", "3,-3"], "3,-3"),
        (["manifold", "{model}", "-o", "{new}.png", "--range", "nan,3"], "nan,3"),
        (["manifold", "{model}", "-o", "{new}.png", "--scale", "0"], "--scale"),
        (["manifold", "{model}", "-n", "200", "--scale", "64", "-o", "{new}.png"], "over the limit"),
        (["sample", "{model}", "--seed", "-1", "-o", "{new}.png"], "--seed"),
        (["sample", "{model}", "--mean", "--draw", "-o", "{new}.png"], "--draw"),
        (["interpolate", "{model}", "--from", "0,0", "-o", "{new}.gif"], "--to"),
        (["interpolate", "{model}", "--from", "0,0", "--to", "-1,x", "-o", "{new}.gif"], "-1,x"),
        (["interpolate", "{model}", "--from", "0,0", "--to", "inf,0", "-o", "{new}.gif"], "inf,0"),
        (["interpolate", "{model}", "--from", "0,0", "--to", "-1,0,2", "-o", "{new}.gif"], "3 numbers"),
        (["interpolate", "{model}", *WALK, "--steps", "1", "-o", "{new}.gif"], "--steps"),
        (["interpolate", "{model}", *WALK, "--fps", "60", "-o", "{new}.gif"], "60 frames"),
        (["interpolate", "{model}", *WALK, "--fps", "nan", "-o", "{new}.webp"], "nan frames"),
        (["interpolate", "{model}", *WALK, "--steps", "999", "--scale", "9", "-o", "{new}.jpg"], "JPEG"),
        (["encode", "{model}", "--data", "toy", "-o", "{new}.txt"], ".txt"),
        (["encode", "{model}", "--data", "mnist", "-o", "{new}.npz"], "28 x 28 grey"),
        (["open", "nonsense"], "nonsense"),
        (["train"], "KIND"),
        (["train", "transformer", "--out", "{new}.safetensors"], "transformer"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_that_bad_input_is_refused_on_one_line(run, model: Path, tmp_path: Path, words, reason: str):
    filled = [word.format(model=model, new=tmp_path / "new") for word in words]
    before = sorted(tmp_path.rglob("*"))
    assert reason in run(*filled).complaint
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("content", [b"", b"not a model at all, only words", b"\x80\x02}q\x00."])
def test_that_a_damaged_model_is_named_with_the_reason(run, tmp_path: Path, content: bytes):
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(content)
    assert str(bad) in run("evaluate", bad).complaint
    assert str(tmp_path) in run("evaluate", tmp_path).complaint


def test_that_a_grid_of_a_model_without_a_plane_is_refused(run, tmp_path: Path):
    model = save_tiny_model(tmp_path / "five.safetensors", dataclasses.replace(CONFIG, latents=5))
    assert "5 latents" in run("manifold", model, "-o", tmp_path / "grid.png").complaint


def test_that_ctrl_c_ends_with_130_and_one_line(run, model: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("latentlab.commands.figures.evaluate", interrupted)
    outcome = run("evaluate", model, "--data", "toy")
    assert outcome.code == 130
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


def test_that_a_fault_of_ours_is_not_passed_off_as_bad_input(model: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("latentlab.commands.figures.evaluate", broken)
    with pytest.raises(ZeroDivisionError):
        main(["evaluate", str(model), "--data", "toy"])
