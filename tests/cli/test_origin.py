"""`latentlab origin` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.cli import main


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of random pictures with a split, and two of them as files."""
    folder = tmp_path_factory.mktemp("toys")
    numbers = np.random.default_rng(0)
    x = numbers.integers(0, 256, (260, 12, 12), dtype=np.uint8)
    y = np.arange(260, dtype=np.uint8) % 2
    np.savez(folder / "toys.npz", x_train=x[:140], y_train=y[:140], x_test=x[140:], y_test=y[140:])
    Image.fromarray(x[31]).save(folder / "trained.png")
    Image.fromarray(x[200]).save(folder / "held_out.png")
    return folder


def told(toys: Path, image: str, capsys: pytest.CaptureFixture[str]) -> dict:
    assert main(["origin", str(toys / image), "--data", str(toys / "toys.npz"), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_that_a_training_picture_is_a_copy_of_itself_and_a_held_out_one_is_none(
    toys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, fresh = told(toys, "trained.png", capsys), told(toys, "held_out.png", capsys)
    assert copy["copy"] is True
    assert copy["pixels"]["nearest"][0] == {"train": 31, "distance": 0.0, "class": "1"}
    assert copy["pixels"]["held_out"] == 120
    assert copy["features"] is None
    assert fresh["copy"] is False
    assert fresh["pixels"]["words"].startswith("No copy: ")


def test_that_without_json_a_sentence_and_the_nearest_are_printed(
    toys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["origin", str(toys / "trained.png"), "--data", str(toys / "toys.npz")]) == 0
    out = capsys.readouterr().out
    assert "trained.png among the 140 training pictures of toys" in out
    assert "in pixels: A copy: 0 of 120 held-out pictures" in out
    assert "0.0000   train 31   class 1" in out


def test_that_features_need_a_classifier(toys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["origin", str(toys / "trained.png"), "--data", str(toys / "toys.npz"), "--features"]
    assert main(words) == 2
    assert "no classifier is shipped" in capsys.readouterr().err
