"""`latentlab train ddpm`, on pictures of 8 x 8 pixels: everything that a training of a VAE can do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.files.checkpoint import load_model
from latentlab.models.objectives.denoising import NOISE_LEVELS
from tests.cli.test_train import ONE_NETWORK, QUICK, stopped_at
from tests.tiny import beings, toy_set

SMALL = (*QUICK, *ONE_NETWORK)


def test_that_json_tells_the_held_out_loss_and_no_elbo(run, tmp_path: Path):
    result = run("train", "ddpm", *SMALL, "--out", tmp_path / "d.safetensors", "--json").json
    assert (result["epochs"], result["steps"]) == (2, 8)
    assert 0.0 < result["loss"] < 5.0
    assert "elbo" not in result


def test_that_a_log_folder_gets_the_loss_by_noise_level(run, tmp_path: Path):
    run("train", "ddpm", *SMALL, "--out", tmp_path / "d.safetensors", "--log", tmp_path / "log")
    lines = [json.loads(line) for line in (tmp_path / "log" / "metrics.jsonl").read_text().splitlines()]
    held_out = [line for line in lines if line["split"] == "test"]
    assert [line["epoch"] for line in held_out] == [1, 2]
    for line in held_out:
        assert len(line["loss_per_level"]) == NOISE_LEVELS
        # 64 pictures at times spread evenly over ten levels leave none of them out.
        assert all(loss > 0.0 for loss in line["loss_per_level"])


def test_that_a_stopped_one_resumes_and_ends_with_the_same_file(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole, out = tmp_path / "whole.safetensors", tmp_path / "d.safetensors"
    # With dropout too, which draws from a generator of its own.
    words = (*SMALL, "--dropout", 0.2)
    run("train", "ddpm", *words, "--out", whole)
    with monkeypatch.context() as patch:
        stopped_at(5, patch)
        outcome = run("train", "ddpm", *words, "--out", out)
    assert outcome.code == 130
    assert not out.exists()
    outcome = run("train", "ddpm", *words, "--out", out, "--resume")
    assert outcome.code == 0, outcome
    assert "from step 6" in outcome.err
    first, second = load_model(whole), load_model(out)
    for name, weight in first.model.state_dict().items():
        assert torch.equal(weight, second.model.state_dict()[name])
    assert first.card.metrics == second.card.metrics


def test_that_half_writes_16_bits_a_weight_and_the_model_opens(run, tmp_path: Path):
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    run("train", "ddpm", *SMALL, "--out", whole)
    run("train", "ddpm", *SMALL, "--out", half, "--half")
    assert half.stat().st_size < 0.7 * whole.stat().st_size
    weights = load_model(whole).model.state_dict()
    for name, weight in load_model(half).model.state_dict().items():
        assert weight.dtype == torch.float32
        torch.testing.assert_close(weight, weights[name], atol=1e-3, rtol=1e-3)


def test_that_attributes_are_told_where_there_are_no_classes_and_nothing_where_there_is_nothing(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def plain(split: str) -> ImageSet:
        return ImageSet("plain", split, toy_set(split).images)

    for make, names in ((beings, ("hat", "beard", "smile")), (plain, ())):
        monkeypatch.setattr(catalog, "load", lambda name, split="test", make=make: make(split))
        out = tmp_path / f"{make.__name__}.safetensors"
        outcome = run("train", "ddpm", *SMALL, "--out", out)
        assert outcome.code == 0, outcome
        config = load_model(out).model.config
        assert config.condition_names == names
        assert not config.exclusive
