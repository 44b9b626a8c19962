"""Devices, number formats and threads."""

from __future__ import annotations

import pytest
import torch

from latentlab.engine.inference.device import autocast, available_cores, choose_device, describe_devices
from latentlab.engine.training import tuning
from latentlab.errors import LabError
from latentlab.models.objectives.elbo import ByElbo
from tests.conftest import make_vae
from tests.tiny import CONFIG, toy_set


def settled(model, images, precision: str, threads: int) -> tuple[str, int]:
    return tuning.settle(model, images, precision, threads, ByElbo(model.latents))


@pytest.mark.parametrize(
    "name", ["gpu", "", "cpu:0", "cpu:", "cuda:", "cuda:x", "cuda:-1", "cuda:²", "auto:1", "mps:0"]
)
def test_that_unknown_devices_list_the_known_ones(name, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with pytest.raises(LabError, match="Known: auto, cpu, cuda, mps"):
        choose_device(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps"])
def test_that_an_absent_device_is_told(name, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(LabError, match=f"no {name} device"):
        choose_device(name)


def test_that_auto_takes_the_fastest_there_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device() == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device() == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device() == torch.device("cuda")
    assert choose_device("cuda:01") == torch.device("cuda", 1)
    with pytest.raises(LabError, match="no cuda:2 device"):
        choose_device("cuda:2")


def test_that_every_described_device_can_be_chosen():
    assert "cpu" in describe_devices()
    for name in describe_devices():
        assert choose_device(name).type == name.partition(":")[0]
    assert available_cores() >= 1


def test_that_autocast_is_on_for_bf16_alone():
    weight = torch.ones(2, 2)
    with autocast(torch.device("cpu"), "bf16"):
        assert (weight @ weight).dtype == torch.bfloat16
    with autocast(torch.device("cpu"), "fp32"):
        assert (weight @ weight).dtype == torch.float32


def test_that_tuning_keeps_what_is_settled_and_chooses_the_fastest_of_the_rest(monkeypatch):
    model, images = make_vae(CONFIG), toy_set("train").images
    assert settled(model, images, "fp32", 3) == ("fp32", 3)
    times = {("fp32", 2): 3.0, ("fp32", 1): 2.0, ("bf16", 2): 1.0, ("bf16", 1): 4.0}
    monkeypatch.setattr(tuning, "available_cores", lambda: 2)
    monkeypatch.setattr(tuning, "_time_steps", lambda model, objective, images, *candidate: times[candidate])
    assert settled(model, images, "auto", 0) == ("bf16", 2)
    assert settled(model, images, "fp32", 0) == ("fp32", 1)
    assert settled(model, images, "auto", 1) == ("fp32", 1)


def test_that_a_passing_load_does_not_decide(monkeypatch):
    runs = iter([1.0, 2.0, 50.0, 2.0, 1.0, 2.0])  # fp32, bf16, fp32, ...
    monkeypatch.setattr(tuning, "_time_steps", lambda *args: next(runs))
    assert settled(make_vae(CONFIG), toy_set("train").images, "auto", 1) == ("fp32", 1)


def test_that_tuning_leaves_model_gradients_and_threads_alone():
    model = make_vae(CONFIG)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    torch.set_num_threads(1)
    precision, threads = settled(model, toy_set("train").images, "auto", 0)
    assert precision in ("fp32", "bf16")
    assert threads in (1, available_cores())
    assert torch.get_num_threads() == 1
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
