"""Linear encoders and decoders: what they span, and that training by gradient finds the span of PCA."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from latentlab.core.principal import principal, principal_angles
from latentlab.models.ae.model import AE, AEConfig
from latentlab.models.ae.spec import KIND as AE_KIND
from latentlab.models.base import capabilities_of, linear
from latentlab.models.capabilities import Capability
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.vae.model import VAE, VAEConfig
from latentlab.models.vae.spec import KIND as VAE_KIND

SHAPE = (1, 4, 6)
NUMBERS = math.prod(SHAPE)
LINEAR = {"encoder": "linear", "decoder": "linear", "likelihood": "gaussian", "shape": SHAPE}


def pictures(count: int = 500) -> Tensor:
    """Pictures that vary in three directions most, float (count, *SHAPE) in whole bytes."""
    generator = torch.Generator().manual_seed(0)
    mix = torch.randn(3, NUMBERS, generator=torch.Generator().manual_seed(9))
    strength = torch.tensor([20.0, 14.0, 9.0])
    x = 128.0 + (torch.randn(count, 3, generator=generator) * strength) @ mix
    x = x + 4.0 * torch.randn(count, NUMBERS, generator=generator)
    return x.round().clamp(0.0, 255.0).view(count, *SHAPE) / 255.0


def made(kind: type[VAE] | type[AE], config: VAEConfig) -> VAE | AE:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return kind(config)


@pytest.mark.parametrize(("kind", "config"), [(AE, AEConfig), (VAE, VAEConfig)])
def test_that_its_rows_are_what_each_latent_adds_to_the_picture(
    kind: type[AE], config: type[AEConfig]
) -> None:
    model = made(kind, config(latents=3, **LINEAR))
    rows = model.linear_rows()
    assert rows is not None
    z = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    offset = model.decode(torch.zeros(1, 3))
    torch.testing.assert_close((model.decode(z) - offset).flatten(1), z @ rows)


def test_that_a_conditional_one_spans_the_same_under_every_condition() -> None:
    model = CVAE(CVAEConfig(latents=3, condition_names=("a", "b"), **LINEAR))
    rows = model.linear_rows()
    assert rows is not None
    z = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    for y in torch.eye(2):
        offset = model.decode(torch.zeros(1, 3), y)
        torch.testing.assert_close((model.decode(z, y) - offset).flatten(1), z @ rows)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"encoder": "mlp"}, True),
        ({"decoder": "mlp"}, False),
        ({"decoder": "conv", "decoder_widths": (4,)}, False),
        ({"likelihood": "bernoulli"}, False),
    ],
)
def test_that_only_one_linear_layer_with_a_gaussian_likelihood_decodes_linearly(
    fields: dict[str, object], expected: bool
) -> None:
    for spec, kind, config in ((AE_KIND, AE, AEConfig), (VAE_KIND, VAE, VAEConfig)):
        model = kind(config(latents=3, **{**LINEAR, **fields}))
        assert (linear(model) is model) == expected
        assert (Capability.DECODES_LINEARLY in capabilities_of(model)) == expected
        assert capabilities_of(model) == spec.can(model.config)


@pytest.mark.slow
def test_that_training_by_gradient_finds_the_span_of_the_principal_components() -> None:
    x = pictures()
    rows = (x.flatten(1) * 255.0).double()
    known, _ = principal(float(len(rows)), rows.sum(0), rows.T @ rows, 3)
    model = made(AE, AEConfig(latents=3, **LINEAR)).double()
    before = principal_angles(model.linear_rows().detach(), known.rows)
    optimiser = torch.optim.LBFGS(model.parameters(), max_iter=400, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = -model.elbo_terms(x.double()).reconstruction.mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    after = principal_angles(model.linear_rows().detach(), known.rows)
    assert float(before.max()) > 1.0
    assert float(after.max()) < math.radians(1.0)
