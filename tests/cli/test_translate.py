"""`latentlab translate` in the real program: a picture of a file or of the data, its source, refusals."""

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
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.files.provenance import read_provenance
from latentlab.errors import LabError
from latentlab.models.registry import build
from tests.cli.conftest import Outcome

Run = Callable[..., Outcome]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """One with random weights, for the faces."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = build("pix2pix", {"shape": (3, 32, 32), "pixel": 2, "widths": (8,), "critic_width": 8})
    card = ModelCard("pix2pix", dataclasses.asdict(made.config), {"name": "faces"})
    return save_model(tmp_path / "p.safetensors", made, card)


def pixels_of(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_that_a_picture_of_the_data_is_translated_from_its_source(
    run: Run, model: Path, tmp_path: Path
) -> None:
    face, drawing, again = (tmp_path / name for name in ("face.png", "drawing.png", "again.png"))
    result = run("translate", model, "--index", "7", "--source", drawing, "-o", face)
    assert "faces (test) 7" in result.out
    assert pixels_of(face).shape == (32, 32, 3)
    assert pixels_of(drawing).ndim == 2
    assert 0.3 < (pixels_of(drawing) == 255).mean() < 0.95, "lines on paper"
    run("translate", model, "--image", drawing, "-o", again)
    assert np.array_equal(pixels_of(again), pixels_of(face)), "the drawing is all that it was given"
    x = catalog.load("faces", "test").images[7:8]
    made = latentlab.translate(model, x, whole=True)
    assert np.array_equal((made[0] * 255).round().astype(np.uint8).transpose(1, 2, 0), pixels_of(face))
    found = read_provenance(face)
    assert (found.what, found.extra["from"]) == ("translation", "outline")


def test_that_of_a_whole_picture_the_outline_is_taken_first(run: Run, model: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.png"
    Image.fromarray(catalog.load("faces", "test").images[7].numpy().transpose(1, 2, 0)).save(own)
    for out, words in (
        (tmp_path / "a.png", ("--image", own, "--whole")),
        (tmp_path / "b.png", ("--index", "7")),
    ):
        said = json.loads(run("translate", model, *words, "--json", "--scale", "2", "-o", out).out)
        assert said["from"] == "outline"
    assert np.array_equal(pixels_of(tmp_path / "a.png"), pixels_of(tmp_path / "b.png"))
    assert pixels_of(tmp_path / "a.png").shape == (64, 64, 3)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("mnist-vae-2d", "--index", "1"), "does not make pictures of other pictures"),
        (("{model}", "--index", "1", "--data", "mnist"), "the pictures of mnist are"),
        (("{model}", "--index", "1", "--whole"), "--whole is about --image"),
        (("{model}", "--index", "99999"), "no number 99,999"),
    ],
)
def test_that_what_cannot_be_translated_is_said(
    run: Run, model: Path, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    result = run("translate", *(word.format(model=model) for word in words), "-o", tmp_path / "o.png")
    assert expected in result.complaint
    assert not (tmp_path / "o.png").exists()


def test_that_arrays_of_another_shape_are_refused(model: Path) -> None:
    made = latentlab.translate(model, np.ones((2, 1, 32, 32), np.float32))
    assert made.shape == (2, 3, 32, 32)
    assert latentlab.translate(model, np.ones((0, 1, 32, 32), np.float32)).shape == (0, 3, 32, 32)
    with pytest.raises(LabError, match="the model takes"):
        latentlab.translate(model, np.ones((2, 3, 32, 32), np.float32))
    with pytest.raises(LabError, match="latentlab translate"):
        latentlab.load_model(model).sample(1)


def test_that_the_picture_and_its_source_are_not_written_to_one_file(
    run: Run, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    face, same = tmp_path / "face.png", tmp_path / "folder" / ".." / "face.png"
    for force in ((), ("--force",)):
        told = run("translate", model, "--index", "7", "--source", same, "-o", face, *force).complaint
        assert "face.png: is the file of both --out and --source" in told
        assert not face.exists()
