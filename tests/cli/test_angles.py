"""`latentlab angles`: numbers as JSON, words, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.spans import angles_between
from tests.cli.conftest import Outcome
from tests.tiny import save_tiny_gaussian, save_tiny_linear, save_tiny_model

Run = Callable[..., Outcome]


def test_that_it_tells_the_angles_of_two_planes(run: Run, tmp_path: Path) -> None:
    linear = save_tiny_linear(tmp_path / "linear.safetensors")
    gaussian = save_tiny_gaussian(tmp_path / "gaussian.safetensors")
    found = run("angles", linear, gaussian, "--json").json
    assert found["models"] == ["linear", "gaussian"]
    expected = angles_between(load_model(linear).model, load_model(gaussian).model)
    assert found["degrees"] == pytest.approx(expected)
    said = run("angles", linear, gaussian).out
    assert "3 principal angles between the planes of linear and gaussian" in said
    assert f"{expected[-1]:.3f}" in said


def test_that_a_model_that_spans_no_plane_is_refused(run: Run, tmp_path: Path) -> None:
    vae = save_tiny_model(tmp_path / "vae.safetensors")
    gaussian = save_tiny_gaussian(tmp_path / "gaussian.safetensors")
    for two in ((vae, gaussian), (gaussian, vae)):
        said = run("angles", *two).complaint
        assert "vae.safetensors: " in said
        assert "spans no plane" in said
