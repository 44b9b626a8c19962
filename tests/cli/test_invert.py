"""`latentlab invert` in the real program: a picture of a file or of the data, what it writes, refusals."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import latentlab
from latentlab.commands import inversion
from latentlab.data import catalog
from latentlab.engine.attributes.inverting import Inverted, invert_pictures
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.errors import LabError
from latentlab.models.registry import build
from tests.cli.conftest import Outcome
from tests.tiny import TRAITS, beings

Run = Callable[..., Outcome]
DIGITS = tuple("0123456789")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """One with random weights, for digits."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        fields = {"latents": 3, "generator_widths": (8, 8), "discriminator_widths": (8, 8)}
        made = build("gan", {**fields, "condition": True, "condition_names": DIGITS})
    card = ModelCard("gan", dataclasses.asdict(made.config), {"name": "mnist"})
    return save_model(tmp_path / "g.safetensors", made, card)


def test_that_what_is_written_makes_the_picture_again(run: Run, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "z.npz"
    result = run("invert", model, "--index", "7", "--steps", "6", "--json", "-o", out)
    said = json.loads(result.out)
    found = np.load(out, allow_pickle=False)
    opened = latentlab.load_model(model)
    assert said["condition"] == "9", "the class of the picture of the data"
    again = opened.decode(found["z"], condition=said["condition"])
    assert np.allclose(again[0], found["picture"], atol=1e-5)
    x = catalog.load("mnist", "test").images[7].numpy() / 255.0
    assert said["rms"] == pytest.approx(float(np.sqrt(np.square(again[0] - x).mean())), abs=1e-4)
    assert found["steps_z"].shape == (7, 3)
    assert found["steps_error"].shape == (7,)
    assert said["ended"] <= said["began"]
    assert np.array_equal(found["steps_z"][said["step"]], found["z"])
    assert said["class_kept"] in (0.0, 1.0)


def test_that_a_step_at_which_the_model_overflows_spoils_nothing(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflowing(*arguments: object, **named: object) -> Inverted:
        found = invert_pictures(*arguments, **named)  # type: ignore[arg-type]
        errors = found.errors.copy()
        errors[1 if found.best[0] == 2 else 2] = np.nan
        return dataclasses.replace(found, errors=errors)

    monkeypatch.setattr(inversion, "invert_pictures", overflowing)
    result = run("invert", model, "--index", "7", "--steps", "2", "--json", "-o", tmp_path / "z.npz")
    assert result.code == 0, result.err
    assert json.loads(result.out)["ended"] > 0.0


def test_that_a_picture_of_the_data_without_any_attribute_is_one_whose_attributes_are_known(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = catalog.Entry("beings", "random dots", lambda folder, split: beings(split))
    monkeypatch.setitem(catalog.CATALOG, "beings", entry)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        fields = {
            "latents": 3,
            "generator_widths": (8, 8),
            "discriminator_widths": (8, 8),
            "shape": (1, 8, 8),
        }
        named = {"condition": True, "condition_names": TRAITS, "exclusive": False}
        made = build("gan", {**fields, **named})
    card = ModelCard("gan", dataclasses.asdict(made.config), {"name": "beings"})
    model, out = save_model(tmp_path / "g.safetensors", made, card), tmp_path / "z.npz"
    assert not beings("test").attributes[0].any()  # type: ignore[index]
    # There is no classifier of these data, which could say it in their place.
    result = run("invert", model, "--index", "0", "--steps", "2", "--json", "-o", out)
    assert json.loads(result.out)["condition"] == "hat=0,beard=0,smile=0"
    assert not np.load(out, allow_pickle=False)["condition"].any()


def test_that_of_a_file_each_class_is_tried_unless_one_is_given(
    run: Run, model: Path, tmp_path: Path
) -> None:
    made = latentlab.load_model(model).decode(np.zeros(3, np.float32), condition="4")
    own, out = tmp_path / "own.png", tmp_path / "z.npz"
    Image.fromarray((255.0 * made[0, 0]).round().astype(np.uint8)).save(own)
    words = ("invert", model, "--image", own, "--steps", "30", "-o", out, "--force")
    assert "under the condition 4" in run(*words).out
    assert "under the condition 3" in run(*words, "--condition", "3").out


def test_that_it_is_the_same_from_python(run: Run, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "z.npz"
    run("invert", model, "--index", "7", "--steps", "5", "--seed", "3", "-o", out)
    x = catalog.load("mnist", "test").images[7:8]
    found = latentlab.invert(model, x, "9", steps=5, seed=3)
    assert np.allclose(found.z[0], np.load(out)["z"], atol=1e-5)
    assert found.pictures.shape == (1, 1, 28, 28)
    assert found.path is None
    kept = latentlab.invert(model, x, "9", steps=5, seed=3, path=True).path
    assert kept is not None
    assert kept.shape == (6, 1, 3)
    with pytest.raises(LabError, match="cannot be inverted by descent"):
        latentlab.invert("mnist-vae-2d", x)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("mnist-vae-2d", "--index", "1"), "cannot be inverted by descent"),
        (("{model}", "--index", "99999"), "no number 99,999"),
        (("{model}", "--index", "1", "--condition", "eleven"), "no condition is called 'eleven'"),
        (("{model}", "--index", "1", "--data", "faces"), "the pictures of faces are"),
    ],
)
def test_that_what_cannot_be_inverted_is_said(
    run: Run, model: Path, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    result = run("invert", *(word.format(model=model) for word in words), "-o", tmp_path / "z.npz")
    assert result.code == 2
    assert expected in result.err
    assert not (tmp_path / "z.npz").exists()
