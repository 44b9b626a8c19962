"""Weights as one vector: the same numbers as torch's own autocast and optimizer, in fewer calls."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from latentlab.engine.training.adam import AdamW
from latentlab.engine.training.weights import Weights, in_order
from latentlab.models.vae.model import VAEConfig
from tests.conftest import make_vae

CONFIGS = {
    "mlp": VAEConfig(shape=(1, 8, 8), encoder_widths=(16, 16), decoder_widths=(16, 16)),
    "conv": VAEConfig(
        shape=(1, 8, 8), encoder="conv", encoder_widths=(4, 8), decoder="conv", decoder_widths=(8, 4)
    ),
}


def loss_of(model: nn.Module, precision: str) -> torch.Tensor:
    x = torch.rand(16, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    noise = torch.Generator().manual_seed(2)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        terms = model.elbo_terms(x, noise)
    return -terms.elbo().mean()


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("network", CONFIGS)
def test_that_loss_and_gradient_are_those_of_autocast(network, precision):
    model = make_vae(CONFIGS[network])
    twin = copy.deepcopy(model)
    expected = loss_of(twin, precision)
    expected.backward()
    weights = Weights(model, precision)
    weights.refresh()
    loss = loss_of(weights.layers, precision)
    length = weights.differentiate(loss)
    assert torch.equal(loss, expected)
    gradient = torch.cat([parameter.grad.flatten() for parameter in in_order(twin)])
    assert torch.equal(weights.gradient, gradient)
    assert length == pytest.approx(gradient.norm().item(), rel=1e-5)


def test_that_the_models_parameters_are_the_vector_and_keep_their_values():
    model = make_vae(CONFIGS["mlp"])
    before = [parameter.detach().clone() for parameter in in_order(model)]
    weights = Weights(model, "bf16")
    assert all(torch.equal(now, then) for now, then in zip(in_order(model), before, strict=True))
    weights.theta.mul_(2.0)
    assert all(torch.equal(now, 2.0 * then) for now, then in zip(in_order(model), before, strict=True))
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_that_low_precision_layers_follow_the_vector_when_refreshed():
    model = make_vae(CONFIGS["conv"])
    weights = Weights(model, "bf16")
    assert {parameter.dtype for parameter in weights.layers.parameters()} == {torch.float32, torch.bfloat16}
    weights.theta.mul_(3.0)
    weights.refresh()
    for low, master in zip(weights.layers.parameters(), model.parameters(), strict=True):
        assert torch.equal(low, master.to(low.dtype))


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_that_steps_are_those_of_torchs_adamw(weight_decay):
    model = make_vae(CONFIGS["mlp"])
    twin = copy.deepcopy(model)
    weights = Weights(model)
    ours = AdamW(weights, betas=(0.9, 0.99), weight_decay=weight_decay)
    matrices = [parameter for parameter in twin.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in twin.parameters() if parameter.ndim <= 1]
    theirs = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=1e-2,
        betas=(0.9, 0.99),
    )
    for _ in range(5):
        weights.differentiate(loss_of(weights.layers, "fp32"))
        ours.step(1e-2)
        theirs.zero_grad()
        loss_of(twin, "fp32").backward()
        theirs.step()
    expected = torch.cat([parameter.detach().flatten() for parameter in in_order(twin)])
    torch.testing.assert_close(weights.theta, expected, rtol=1e-4, atol=1e-5)


class Vain(nn.Module):
    """Has a weight that its loss does not depend on, and buffers."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.vain = nn.Linear(3, 1), nn.Linear(3, 1)
        self.register_buffer("seen", torch.zeros(()))


def test_that_a_weight_that_does_nothing_has_no_gradient_and_buffers_are_shared():
    model = Vain()
    weights = Weights(model, "bf16")
    weights.refresh()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = weights.layers.used(torch.ones(2, 3)).float().sum()
    assert weights.differentiate(loss) == pytest.approx((2**2 * 3 + 2**2) ** 0.5)
    assert weights.layers.seen is model.seen


def test_that_a_gradient_that_is_no_number_has_no_finite_length():
    model = nn.Linear(2, 1)
    weights = Weights(model)
    assert not torch.isfinite(torch.tensor(weights.differentiate(model(torch.full((1, 2), torch.nan)).sum())))
