"""The autoencoder: a VAE without width and without a KL."""

from __future__ import annotations

import torch

from latentlab.models.ae.model import AE, AEConfig
from tests.models.test_vae import pictures

CONFIG = AEConfig(shape=(1, 8, 8), encoder_widths=(8,), decoder_widths=(8,), latents=3)


def make_ae() -> AE:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return AE(CONFIG).eval()


def test_that_a_code_has_no_width():
    model, x = make_ae(), pictures(CONFIG)
    posterior = model.encode(x)
    assert posterior.mean.shape == (3, 3)
    assert torch.exp(0.5 * posterior.log_variance).eq(0.0).all()


def test_that_its_objective_is_the_likelihood_at_the_code_and_repeats_itself():
    model, x = make_ae(), pictures(CONFIG)
    terms = model.elbo_terms(x)
    expected = model.likelihood.log_prob(model.decode(model.encode(x).mean), x)
    torch.testing.assert_close(terms.reconstruction, expected)
    assert terms.kl.eq(0.0).all()
    assert torch.equal(terms.elbo(beta=7.0), model.elbo_terms(x).reconstruction)


def test_that_it_learns_from_what_it_is_shown():
    model, x = make_ae(), pictures(CONFIG)
    dark = torch.zeros_like(x)
    terms = model.elbo_terms(x, shown=dark)
    torch.testing.assert_close(
        terms.reconstruction, model.likelihood.log_prob(model.decode(model.encode(dark).mean), x)
    )
