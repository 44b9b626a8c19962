"""Figures: right, repeatable, and refused where they would mean nothing."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Independent, Normal

from latentlab.core import gaussian
from latentlab.engine.evaluation import elbo as module
from latentlab.engine.evaluation.elbo import evaluate
from latentlab.errors import LabError
from latentlab.models.ae.model import AE, AEConfig
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.vae.model import VAEConfig
from tests.conftest import make_vae
from tests.tiny import toy_set

CONFIG = VAEConfig(shape=(1, 5, 4), encoder_widths=(6,), decoder_widths=(6,))
DATA = toy_set("test", 12, (1, 5, 4))


def by_quadrature(model, x: torch.Tensor) -> torch.Tensor:
    """log p(x) of a 2-D VAE: the sum over a fine grid of the plane; (B, ...) -> (B,)."""
    axis = torch.linspace(-6, 6, 200, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    outputs = model.double().decode(z).unsqueeze(1)
    log_joint = Independent(Bernoulli(logits=outputs, validate_args=False), 3).log_prob(x.double())
    log_joint = log_joint + Normal(0.0, 1.0).log_prob(z).sum(-1, keepdim=True)
    return torch.logsumexp(log_joint, 0) + 2 * math.log(12 / 199)


@torch.no_grad()
def test_that_the_log_likelihood_is_that_of_integration_over_the_plane():
    model = make_vae(CONFIG)
    model.encoder.layers[-1].bias.zero_()  # as wide as the prior: what q leaves out, no sample finds
    found = evaluate(model, DATA, samples=4000, likelihood_images=12)
    exact = by_quadrature(model, DATA.images.float() / 255).mean().item()
    assert found.log_likelihood == pytest.approx(exact, abs=0.01)
    assert found.elbo < found.log_likelihood


def test_that_the_elbo_beside_the_log_likelihood_is_that_of_the_same_pictures():
    model = make_vae(CONFIG)
    few = evaluate(model, DATA, samples=4000, likelihood_images=2)
    assert few.likelihood_elbo == pytest.approx(
        evaluate(model, DATA.part("test", 0, 1), samples=1, elbo_draws=4000).elbo / 2
        + evaluate(model, DATA.part("test", 11, 12), samples=1, elbo_draws=4000).elbo / 2,
        abs=0.02,
    )
    assert abs(few.likelihood_elbo - few.elbo) > 0.05


def test_that_the_terms_are_those_computed_by_hand():
    model, draws = make_vae(CONFIG), 3
    found = evaluate(model, DATA, samples=10, likelihood_images=1, elbo_draws=draws, seed=5)
    generator = torch.Generator().manual_seed(5)
    x = DATA.images.float() / 255
    terms = [model.elbo_terms(x, generator) for _ in range(draws)]
    assert found.reconstruction == pytest.approx(sum(t.reconstruction.mean().item() for t in terms) / draws)
    assert found.kl == pytest.approx(sum(t.kl.mean().item() for t in terms) / draws)
    assert found.elbo == found.reconstruction - found.kl
    assert (found.images, found.samples, found.likelihood_images) == (12, 10, 1)


def test_that_one_sample_makes_the_bound_an_elbo_and_more_raise_it():
    model = make_vae(CONFIG)
    with torch.no_grad():  # a posterior far from the prior, for the difference to show
        model.encoder.layers[-1].bias += 1.0
    bounds = [evaluate(model, DATA, samples=k, elbo_draws=400).log_likelihood for k in (2, 50, 2000)]
    assert bounds == sorted(bounds)
    assert evaluate(model, DATA, samples=1, elbo_draws=400).elbo < bounds[-1]


def test_that_figures_repeat_by_seed():
    model = make_vae(CONFIG)
    first, again, other = (evaluate(model, DATA, samples=20, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.elbo != other.elbo
    assert first.log_likelihood != other.log_likelihood


def test_that_large_decoders_are_run_in_smaller_pieces_with_the_same_result(monkeypatch):
    config = VAEConfig(
        shape=(1, 5, 4), encoder_widths=(6,), decoder_widths=(6,), likelihood="categorical", levels=4
    )
    model = make_vae(config)
    whole = evaluate(model, DATA, samples=2000, likelihood_images=3)
    largest = []
    decode = type(model).decode
    monkeypatch.setattr(
        type(model), "decode", lambda self, z, y=None: largest.append(len(z)) or decode(self, z, y)
    )
    monkeypatch.setattr(module, "_MAX_OUTPUTS", 20 * 4 * 64)
    pieces = evaluate(model, DATA, samples=2000, likelihood_images=3)
    assert max(largest) == 64
    assert pieces.log_likelihood == pytest.approx(whole.log_likelihood, abs=0.1)


def test_that_progress_rises_from_nothing_to_one():
    told: list[float] = []
    evaluate(make_vae(CONFIG), DATA, samples=5, likelihood_images=4, progress=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] == pytest.approx(1.0)


def test_that_no_more_pictures_are_judged_than_there_are():
    found = evaluate(make_vae(CONFIG), DATA, samples=5)
    assert found.likelihood_images == found.images == 12
    assert set(found.as_dict()) >= {"elbo", "reconstruction", "kl", "log_likelihood", "images", "samples"}


def test_that_pictures_of_another_shape_are_told():
    with pytest.raises(LabError, match="of toy are 8 x 8 grey, the model takes 4 x 5 grey"):
        evaluate(make_vae(CONFIG), toy_set("test"))


def test_that_a_model_without_an_elbo_is_told():
    with pytest.raises(LabError, match="a Linear has no ELBO"):
        evaluate(nn.Linear(2, 2), DATA)


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"likelihood_images": 0}, {"elbo_draws": 0}])
def test_that_a_mean_of_nothing_is_refused(wrong):
    with pytest.raises(LabError, match="at least 1"):
        evaluate(make_vae(CONFIG), DATA, **wrong)


def test_that_a_dimension_that_does_not_move_with_the_picture_is_not_active(digits):
    model = make_vae(VAEConfig(latents=4, encoder_widths=(12,), decoder_widths=(12,)))
    last = model.encoder.layers[-1]
    with torch.no_grad():
        last.weight[1].zero_()  # the mean of z_2 is the same for all
        last.weight[:4][[0, 2, 3]] *= 10.0
    found = evaluate(model, digits, samples=1, likelihood_images=1, elbo_draws=1)
    assert found.active_units == 3
    assert sum(found.kl_per_dimension) == pytest.approx(found.kl)
    posterior = model.encode(digits.images.float() / 255)
    expected = gaussian.kl_per_dimension(posterior.mean, posterior.log_variance).mean(0)
    assert found.kl_per_dimension == pytest.approx(expected.tolist(), rel=1e-4)


def test_that_a_conditional_model_is_judged_by_what_it_is_told(digits):
    model = CVAE(CVAEConfig(encoder_widths=(8,), decoder_widths=(8,), condition_names=digits.classes)).eval()
    with torch.no_grad():
        model.decoder.layers[0].weight[:, 2:] *= 20.0  # so that the class makes a difference
    told = evaluate(model, digits, samples=3, likelihood_images=9, elbo_draws=2)
    others = dataclasses.replace(digits, labels=(digits.labels + 1) % 10)
    assert evaluate(model, others, samples=3, likelihood_images=9, elbo_draws=2) != told
    unnamed = dataclasses.replace(digits, labels=None, classes=())
    with pytest.raises(LabError, match="has no classes"):
        evaluate(model, unnamed)


def test_that_an_autoencoder_has_no_likelihood(digits):
    model = AE(AEConfig(encoder_widths=(8,), decoder_widths=(8,))).eval()
    found = evaluate(model, digits, samples=3, likelihood_images=9, elbo_draws=2)
    assert found.log_likelihood is None
    assert (found.kl, found.likelihood_images) == (0.0, 0)
    x = digits.images.float() / 255
    expected = model.likelihood.log_prob(model.decode(model.encode(x).mean), x).mean().item()
    assert found.reconstruction == pytest.approx(expected, rel=1e-4)
