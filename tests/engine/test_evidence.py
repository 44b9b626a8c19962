"""log p(x) of one picture: closed form, quadrature and importance sampling agree, and bounds are bounds."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from latentlab.core.quadrature import grid
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.evidence import Evidence
from latentlab.engine.inference.ladder import IMPORTANCE, Ladder
from latentlab.errors import LabError
from latentlab.models.registry import build
from latentlab.shipped import model_files
from tests.kinds.small import SHAPE


@pytest.fixture(scope="module")
def digits() -> torch.Tensor:
    return catalog.load("mnist", "test").images[:40].float() / 255.0


def last(known: Evidence, x: torch.Tensor, **how: int) -> Ladder:
    *_, ladder = known.ladder(x, **how)
    return ladder


def tiny(latents: int) -> torch.nn.Module:
    fields = {"shape": SHAPE, "latents": latents, "encoder_widths": (8,), "decoder_widths": (8,)}
    return build("vae", fields).eval()


def shipped(name: str) -> torch.nn.Module:
    return load_model(model_files()[name]).model.eval()


@pytest.mark.parametrize("index", [0, 3, 18])
def test_that_of_a_linear_model_all_ways_meet_at_the_closed_form(digits: torch.Tensor, index: int) -> None:
    ladder = last(Evidence(shipped("mnist-ppca-2d")), digits[index : index + 1])
    assert ladder.exact is not None
    assert ladder.quadrature == pytest.approx(ladder.exact, abs=0.01)
    for k in IMPORTANCE:
        assert ladder.importance[k].value == pytest.approx(ladder.exact, abs=0.01)
    assert ladder.gap == pytest.approx(0.0, abs=0.01), "its posterior is the true one"
    assert ladder.effective_draws == pytest.approx(5000, rel=1e-3)
    assert ladder.prior_jensen.value < ladder.exact - 10.0
    # It lacks the ratio of prior and posterior: here it lies above.
    assert ladder.posterior_average.value > ladder.exact + 1.0


def test_that_each_step_of_the_ladder_is_higher_and_the_integral_at_its_top(digits: torch.Tensor) -> None:
    known = Evidence(shipped("mnist-vae-2d"))
    for index in (0, 1, 2):
        ladder = last(known, digits[index : index + 1], draws=1000)
        steps = [ladder.prior_jensen, ladder.elbo, *(ladder.importance[k] for k in (10, 100, 1000))]
        for lower, higher in itertools.pairwise(steps):
            assert lower.value <= higher.value + 3.0 * (lower.error + higher.error)
        assert ladder.quadrature is not None
        assert ladder.gap == pytest.approx(ladder.quadrature - ladder.elbo.value)
        assert ladder.gap >= -3.0 * ladder.elbo.error
        assert ladder.elbo.value == pytest.approx(ladder.reconstruction.value - ladder.kl)


def test_that_the_true_posterior_has_the_mean_that_importance_weights_give(digits: torch.Tensor) -> None:
    model = shipped("mnist-vae-2d")
    known, x = Evidence(model), digits[:1]
    cells = known.posterior(x)
    mean = (cells.share.unsqueeze(1) * cells.middle).sum(0)
    z, worth = known.like(x, 4000, seed=1)
    assert worth == math.inf
    np.testing.assert_allclose(z.mean(0), mean, atol=0.02)
    quick = known.posterior(x, quick=True)
    assert quick.log_integral == pytest.approx(cells.log_integral, abs=0.05)
    assert len(quick.middle) < len(cells.middle)


def test_that_beyond_two_latents_draws_are_resampled_and_their_worth_is_said() -> None:
    torch.manual_seed(0)
    model = build(
        "vae", {"shape": SHAPE, "latents": 5, "encoder_widths": (8,), "decoder_widths": (8,)}
    ).eval()
    x = torch.rand(1, *SHAPE)
    known = Evidence(model)
    z, worth = known.like(x, 32, draws=2000)
    assert z.shape == (32, 5)
    assert 1.0 <= worth <= 2000.0
    ladder = last(known, x, draws=1000)
    assert ladder.quadrature is None
    assert ladder.best == ladder.importance[1000].value
    with pytest.raises(LabError, match="1 or 2 latents"):
        known.posterior(x)


def test_that_the_same_seed_gives_the_same_ladder_and_it_grows() -> None:
    model = build(
        "vae", {"shape": SHAPE, "latents": 1, "encoder_widths": (8,), "decoder_widths": (8,)}
    ).eval()
    x = torch.rand(1, *SHAPE)
    known = Evidence(model)
    grown = [ladder.elbo.draws for ladder in known.ladder(x, draws=1200)]
    assert grown[:3] == [500, 1000, 1200]
    assert last(known, x, draws=700) == last(known, x, draws=700)
    # Of one that has learnt nothing q is too narrow, but draws of the prior reach everywhere.
    whole = last(known, x)
    assert whole.quadrature == pytest.approx(whole.naive.value, abs=0.1)
    assert whole.importance[5000].value < whole.quadrature


@pytest.mark.parametrize(
    ("kind", "why"), [("ae", "no prior"), ("gmm", "no posterior"), ("ddpm", "no posterior")]
)
def test_that_models_without_a_bound_are_refused_in_words(kind: str, why: str) -> None:
    with pytest.raises(LabError, match=why):
        Evidence(build(kind, {"shape": SHAPE}))


@pytest.mark.slow
@pytest.mark.parametrize("index", [16, 26, 33])
def test_that_a_proposal_that_learns_finds_modes_that_the_encoder_does_not_know_of(
    digits: torch.Tensor, index: int
) -> None:
    """Two ways to the same number; draws of q alone miss it by nats, and are sure of themselves."""
    ladder = last(Evidence(shipped("mnist-vae-2d")), digits[index : index + 1])
    assert ladder.quadrature is not None
    assert ladder.adapted is not None
    assert ladder.adapted.value == pytest.approx(ladder.quadrature, abs=0.1)
    assert ladder.importance[5000].value < ladder.quadrature - 2.0
    assert ladder.adapted_effective > 500


@pytest.mark.slow
def test_that_the_quadrature_is_that_of_a_plain_fine_grid_for_a_digit_with_narrow_modes(
    digits: torch.Tensor,
) -> None:
    model, x = shipped("mnist-vae-2d"), digits[26:27]
    total = []
    with torch.inference_mode():
        # Both modes, and what lies between them: all of the mass.
        middle, side = grid(torch.tensor([0.2, -0.8]).double(), torch.tensor([3.0, 0.4]).double(), 360)
        for z in middle.split(2000):
            likely = model.likelihood.log_prob(model.decode(z.float()), x).double()
            total.append(likely + model.latent_prior.log_density(z))
        plain = float(torch.cat(total).logsumexp(0) + side[0].log().sum())
        assert Evidence(model).posterior(x).log_integral == pytest.approx(plain, abs=0.02)
