"""`latentlab train KIND --from MODEL`: a finished model is trained further, as another one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from tests.cli.test_train import QUICK, SMALL
from tests.tiny import toy_set


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


def test_that_a_finished_model_goes_on_from_its_weights_and_stays_as_it_is(run, tmp_path: Path):
    first, further = tmp_path / "first.safetensors", tmp_path / "further.safetensors"
    assert run("train", "vae", *SMALL, "--out", first, "--latents", 3).code == 0
    before = first.read_bytes()
    slow = ("--learning-rate", 1e-9, "--from", first, "--out", further)
    assert run("train", "vae", *QUICK, *slow).code == 0
    assert first.read_bytes() == before
    one, other = load_model(first), load_model(further)
    assert other.card.config == one.card.config
    for name, weights in one.model.state_dict().items():
        assert torch.allclose(other.model.state_dict()[name], weights, atol=1e-5), name
    words = shlex.split(other.card.command)
    assert words[words.index("--from") + 1] == str(first)


def test_that_what_cannot_go_on_says_why(run, tmp_path: Path):
    first, out = tmp_path / "first.safetensors", tmp_path / "out.safetensors"
    assert run("train", "vae", *SMALL, "--out", first).code == 0
    told = run("train", "vae", *QUICK, "--latents", 5, "--from", first, "--out", out)
    assert told.code != 0
    assert "--latents 5 (begun with 2)" in told.err
    told = run("train", "ae", *QUICK, "--from", first, "--out", out)
    assert told.code != 0
    assert "cannot go on as a" in told.err
    assert not out.exists()
