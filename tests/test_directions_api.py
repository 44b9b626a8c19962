"""Directions from Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import latentlab
from latentlab import LabError
from latentlab.data import catalog
from tests.tiny import save_tiny_model, toy_set


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny model, trained on a tiny data set of the catalog."""
    entry = catalog.Entry("toy", "random dots", lambda folder, split: toy_set(split))
    monkeypatch.setitem(catalog.CATALOG, "toy", entry)
    return save_tiny_model(tmp_path / "tiny.safetensors")


def test_that_directions_are_found_by_file_and_by_model_alike(file: Path):
    by_file = latentlab.directions(file, "toy")
    by_model = latentlab.directions(latentlab.load_model(file))
    assert isinstance(by_file, latentlab.Directions)
    assert np.array_equal(by_file.vectors, by_model.vectors)
    assert (by_file.names, by_file.data, by_file.model) == (("even", "odd"), "toy", "tiny")
    assert by_file.model_hash == latentlab.load_model(file).hash


def test_that_a_direction_is_the_difference_of_what_encode_gives(file: Path):
    model, data = latentlab.load_model(file), toy_set("train")
    z, odd = model.encode(data.images), data.labels.numpy() == 1
    found = latentlab.directions(model, data="toy", method="means")
    np.testing.assert_allclose(found.vectors[1], z[odd].mean(0) - z[~odd].mean(0), atol=1e-5)
    moved = found.shift(z[~odd], {"odd": 1.0})
    np.testing.assert_allclose(moved.mean(0), z[odd].mean(0), atol=1e-5)
    assert model.decode(moved).shape == (32, 1, 8, 8)


def test_that_a_shipped_model_and_its_data_are_known_by_name():
    found = latentlab.directions("faces-vae", "faces", method="regressed")
    assert set(found.names) >= {"Hat", "Eyeglasses", "Sunglasses"}
    assert found.latents == latentlab.load_model("faces-vae").latents
    hat = found.trust[found.names.index("Hat")]
    assert hat.auc > 0.9
    assert hat.cohens_d > 1.5


def test_that_wrong_names_are_told(file: Path):
    with pytest.raises(LabError, match=r"'magic'.*means"):
        latentlab.directions(file, method="magic")
    with pytest.raises(LabError, match="no data set is called 'toys'"):
        latentlab.directions(file, "toys")
    with pytest.raises(LabError, match="nonsense"):
        latentlab.directions("nonsense")


def test_that_the_name_alone_brings_in_no_torch():
    program = "import latentlab, sys; assert 'directions' in dir(latentlab); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
