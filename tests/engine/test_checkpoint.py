"""Model files: what is saved comes back bit for bit, whatever happens to the file afterwards."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab.engine.files import checkpoint
from latentlab.engine.files.checkpoint import ModelCard, find_model, load_model, save_model
from latentlab.errors import LabError
from latentlab.models.registry import KINDS
from latentlab.models.vae.model import VAEConfig
from latentlab.version import __version__
from tests.conftest import make_vae
from tests.models.test_vae import configs


def card_of(config: VAEConfig, **fields) -> ModelCard:
    return ModelCard("vae", dataclasses.asdict(config), **fields)


def same_weights(first: torch.nn.Module, second: torch.nn.Module) -> bool:
    ours, theirs = first.state_dict(), second.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


@settings(max_examples=25)
@given(configs, st.integers(0, 2**31))
def test_that_a_model_comes_back_bit_for_bit(tmp_path_factory, config, seed):
    model = make_vae(config, seed)
    path = save_model(tmp_path_factory.mktemp("model") / "m.safetensors", model, card_of(config))
    loaded = load_model(path)
    assert same_weights(model, loaded.model)
    assert loaded.model.config == config
    assert not loaded.model.training


def test_that_the_card_comes_back_with_name_and_hash(tmp_path):
    config = VAEConfig(encoder_widths=(3,), decoder_widths=(3,))
    card = card_of(
        config,
        data={"name": "mnist", "images": 3},
        metrics={"elbo": -134.5},
        command="latentlab train vae --π",
    )
    path = save_model(tmp_path / "my model.safetensors", make_vae(config), card)
    loaded = load_model(path)
    assert (loaded.name, loaded.path) == ("my model", path)
    assert loaded.hash == hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    assert loaded.card.version == __version__
    assert json.loads(json.dumps(dataclasses.asdict(loaded.card))) == json.loads(
        json.dumps(dataclasses.asdict(card))
    )


def test_that_loading_draws_nothing_from_a_seeded_training(tiny_model_file):
    torch.manual_seed(3)
    load_model(tiny_model_file)
    after = torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(after, torch.rand(1))


def test_that_saving_over_the_loaded_file_keeps_both_right(tiny_model_file):
    loaded = load_model(tiny_model_file)
    before = {name: tensor.clone() for name, tensor in loaded.model.state_dict().items()}
    save_model(tiny_model_file, loaded.model, loaded.card)
    assert all(torch.equal(before[name], tensor) for name, tensor in loaded.model.state_dict().items())
    assert same_weights(load_model(tiny_model_file).model, loaded.model)


@pytest.mark.parametrize("happens", ["deleted", "truncated", "overwritten"])
def test_that_a_loaded_model_needs_its_file_no_more(tiny_model_file, happens):
    loaded = load_model(tiny_model_file)
    before = loaded.model.decode(torch.zeros(1, 2))
    if happens == "deleted":
        tiny_model_file.unlink()
    elif happens == "truncated":
        os.truncate(tiny_model_file, 0)
    else:
        tiny_model_file.write_bytes(b"\xff" * tiny_model_file.stat().st_size)
    assert torch.equal(loaded.model.decode(torch.zeros(1, 2)), before)
    with pytest.raises(LabError):
        load_model(tiny_model_file)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_that_weights_that_are_no_numbers_are_not_saved(tiny_model, tiny_model_file, value):
    before = tiny_model_file.read_bytes()
    with torch.no_grad():
        tiny_model.decoder.layers[0].bias[3] = value
    with pytest.raises(LabError, match=r"tensor decoder\.layers\.0\.bias holds NaN or infinite"):
        save_model(tiny_model_file, tiny_model, card_of(tiny_model.config))
    assert tiny_model_file.read_bytes() == before


def test_that_nothing_is_replaced_without_leave(tiny_model, tiny_model_file):
    before = tiny_model_file.read_bytes()
    with pytest.raises(LabError, match="already exists"):
        save_model(tiny_model_file, tiny_model, card_of(tiny_model.config), overwrite=False)
    assert tiny_model_file.read_bytes() == before


def test_that_weights_in_odd_memory_layouts_are_saved(tmp_path, tiny_model):
    weight = tiny_model.decoder.layers[-1].weight
    weight.data = weight.data.t().contiguous().t()
    assert not weight.is_contiguous()
    path = save_model(tmp_path / "a.safetensors", tiny_model, card_of(tiny_model.config))
    assert same_weights(load_model(path).model, tiny_model)


def test_that_a_shipped_name_finds_its_file_and_any_other_is_a_path(tiny_model_file, monkeypatch):
    monkeypatch.setattr(checkpoint, "model_files", lambda: {"shipped-1": tiny_model_file})
    assert find_model("shipped-1") == tiny_model_file
    assert find_model(str(tiny_model_file)) == tiny_model_file
    assert load_model("shipped-1").name == "tiny"
    with pytest.raises(LabError, match=r"'nobody'\. Shipped: shipped-1"):
        find_model("nobody")


@pytest.mark.parametrize(
    "name", ["x" * 5000, "~no-such-user/x", "a\0b"], ids=["too-long", "no-user", "zero-byte"]
)
def test_that_names_that_cannot_be_are_told(name):
    with pytest.raises(LabError) as caught:
        find_model(name)
    assert len(str(caught.value)) < 400


def test_that_the_users_own_folder_may_be_written_with_a_tilde(tiny_model_file, monkeypatch):
    monkeypatch.setenv("HOME", str(tiny_model_file.parent))
    assert find_model("~/tiny.safetensors") == tiny_model_file


def test_that_every_shipped_model_opens():
    for name, path in checkpoint.model_files().items():
        loaded = load_model(name)
        assert loaded.path == path


def test_that_every_shipped_model_says_how_to_train_it_again():
    for name in checkpoint.model_files():
        card = load_model(name).card
        assert card.command.startswith("latentlab train ")
        assert len(card.data["sha256"]) == 64
        figures = [figure.name for figure in KINDS[card.kind].figures.figures]
        # Of a training in phases the card has the figures of the last one.
        told = [name for name in figures if name in card.metrics]
        assert told
        assert all(math.isfinite(card.metrics[name]) for name in told if name != "kl")
        if card.config.get("likelihood") == "bernoulli":  # a density may be above 1, a probability may not
            assert card.metrics["elbo"] < 0


def test_that_the_folder_of_the_file_may_be_relative(tiny_model_file, monkeypatch):
    monkeypatch.chdir(tiny_model_file.parent)
    assert load_model(Path("tiny.safetensors")).name == "tiny"


def test_that_a_file_of_half_precision_is_half_as_large_and_nearly_the_same_model(tmp_path):
    model = make_vae(VAEConfig(encoder_widths=(64,), decoder_widths=(64,)))
    card = ModelCard("vae", dataclasses.asdict(model.config))
    whole = save_model(tmp_path / "whole.safetensors", model, card)
    half = save_model(tmp_path / "half.safetensors", model, card, half=True)
    assert half.stat().st_size < 0.55 * whole.stat().st_size
    read = load_model(half).model
    assert {weight.dtype for weight in read.parameters()} == {torch.float32}
    z = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(read.decode(z), model.decode(z), atol=5e-3, rtol=5e-3)


def test_that_weights_too_large_for_half_precision_are_told(tmp_path):
    model = make_vae(VAEConfig(encoder_widths=(4,), decoder_widths=(4,)))
    with torch.no_grad():
        next(model.parameters())[0, 0] = 1e6
    card = ModelCard("vae", dataclasses.asdict(model.config))
    with pytest.raises(LabError, match="holds NaN or infinite weights"):
        save_model(tmp_path / "half.safetensors", model, card, half=True)
    assert list(tmp_path.iterdir()) == []


def test_that_no_model_that_ships_brings_in_the_compiler_of_torch():
    """It is not used, and takes a second to import: more than all else that opening a model does."""
    program = (
        "import sys; from latentlab.engine.files.checkpoint import load_model\n"
        "from latentlab.shipped import model_files\n"
        "for name in model_files(): load_model(name)\n"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
