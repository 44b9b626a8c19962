"""The VAE: shapes, its objective, its gradients, its capabilities."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from latentlab.core import gaussian
from latentlab.core.likelihoods import LIKELIHOODS
from latentlab.errors import LabError
from latentlab.models.base import Decodes, ElboTerms, Encodes, ImportanceTerms, Trains
from latentlab.models.vae.model import VAE, VAEConfig
from latentlab.models.vae.spec import NETWORKS
from tests.conftest import make_vae

widths = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)
configs = st.builds(
    VAEConfig,
    latents=st.integers(1, 5),
    shape=st.tuples(st.integers(1, 4), st.integers(4, 21), st.integers(4, 21)),
    encoder=st.sampled_from(NETWORKS),
    encoder_widths=widths,
    decoder=st.sampled_from(NETWORKS),
    decoder_widths=widths,
    likelihood=st.sampled_from([name for name in LIKELIHOODS if name != "palette"]),
    levels=st.integers(2, 5),
) | st.builds(
    VAEConfig,
    latents=st.integers(1, 5),
    shape=st.sampled_from([(1, 4, 4), (1, 12, 8), (1, 8, 20)]),
    encoder=st.sampled_from(NETWORKS),
    encoder_widths=widths,
    decoder=st.sampled_from(NETWORKS),
    decoder_widths=widths,
    likelihood=st.just("palette"),
    palette=st.sampled_from([("00", "ff"), ("00", "7f", "9a", "ff")]),
    pixel=st.sampled_from([1, 2, 4]),
    encoder_features=st.integers(0, 3),
    decoder_features=st.integers(1, 5),
)


def pictures(config: VAEConfig, count: int = 3) -> torch.Tensor:
    return torch.rand(count, *config.shape, generator=torch.Generator().manual_seed(0))


@given(configs, st.integers(1, 3))
def test_that_shapes_fit_for_every_network_size_and_likelihood(config, count):
    model = make_vae(config)
    x = pictures(config, count)
    posterior = model.encode(x)
    assert posterior.mean.shape == posterior.log_variance.shape == (count, config.latents)
    outputs = model.decode(posterior.mean)
    channels, height, width = config.shape
    assert outputs.shape == (count, *model.likelihood.outputs_shape((channels, height, width)))
    shown = model.likelihood.picture(outputs)
    assert shown.shape == x.shape
    assert 0.0 <= shown.min().item() <= shown.max().item() <= 1.0 + 1e-6
    terms = model.elbo_terms(x, torch.Generator().manual_seed(0))
    assert terms.reconstruction.shape == terms.kl.shape == (count,)
    assert torch.isfinite(terms.elbo()).all()
    assert (terms.kl >= 0).all()


@settings(max_examples=15)
@given(configs)
def test_that_gradients_reach_every_weight(config):
    model = make_vae(config).train()
    x = pictures(config, 8)
    (-model.elbo_terms(x, torch.Generator().manual_seed(0)).elbo().mean()).backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None, name
        assert torch.isfinite(weight.grad).all(), name
    ends = [name for name, _ in model.named_parameters() if name.startswith(("encoder", "decoder"))]
    for part in ("encoder", "decoder"):
        last = [name for name in ends if name.startswith(part)][-1]
        assert dict(model.named_parameters())[last].grad.abs().max() > 0, last


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("network", NETWORKS)
def test_that_the_elbo_is_its_two_terms_and_follows_its_generator(network, likelihood):
    config = VAEConfig(
        shape=(2, 9, 7), encoder=network, encoder_widths=(5,), decoder=network, decoder_widths=(5,),
        likelihood=likelihood, levels=4, palette=("0000", "ff7f"),
    )  # fmt: skip
    model, x = make_vae(config), pictures(VAEConfig(shape=(2, 9, 7)))
    first, again, other = (model.elbo_terms(x, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    posterior = model.encode(x)
    z = gaussian.reparameterise(posterior.mean, posterior.log_variance, torch.Generator().manual_seed(1))
    torch.testing.assert_close(first.reconstruction, model.likelihood.log_prob(model.decode(z), x))
    torch.testing.assert_close(first.kl, gaussian.kl_to_standard(posterior.mean, posterior.log_variance))
    torch.testing.assert_close(first.elbo(), first.reconstruction - first.kl)
    assert torch.equal(first.reconstruction, again.reconstruction)
    assert not torch.equal(first.reconstruction, other.reconstruction)
    assert torch.equal(first.kl, other.kl)


def test_that_the_encoder_may_be_shown_other_pictures_than_the_judged_ones(tiny_model):
    x = pictures(tiny_model.config)
    dark = torch.zeros_like(x)
    terms = tiny_model.elbo_terms(x, torch.Generator().manual_seed(1), shown=dark)
    posterior = tiny_model.encode(dark)
    z = gaussian.reparameterise(posterior.mean, posterior.log_variance, torch.Generator().manual_seed(1))
    torch.testing.assert_close(terms.reconstruction, tiny_model.likelihood.log_prob(tiny_model.decode(z), x))
    torch.testing.assert_close(terms.kl, gaussian.kl_to_standard(posterior.mean, posterior.log_variance))


def test_that_dropout_silences_in_training_only():
    config = VAEConfig(encoder_widths=(40,), decoder_widths=(40,), encoder_dropout=0.5, decoder_dropout=0.5)
    model, x = make_vae(config), pictures(config)
    assert torch.equal(model.encode(x).mean, model.encode(x).mean)
    model.train()
    assert not torch.equal(model.encode(x).mean, model.encode(x).mean)


def test_that_beta_weighs_the_kl_alone():
    terms = ElboTerms(torch.tensor([-10.0]), torch.tensor([[0.5, 1.5]]))
    assert [terms.elbo(beta).item() for beta in (0.0, 1.0, 4.0)] == [-10.0, -12.0, -18.0]


def test_that_importance_terms_of_one_draw_estimate_the_elbo_and_more_bound_it_from_above(tiny_model):
    x = pictures(tiny_model.config, 6)
    count = 4000
    terms = tiny_model.importance_terms(x, count, torch.Generator().manual_seed(1))
    single = terms.reconstruction + terms.log_ratio
    # A single draw's bound is the ELBO on average, whichever way its KL is reckoned.
    elbo = terms.reconstruction.mean(0) - terms.kl_per_dimension.sum(-1)
    error = single.std(0) / count**0.5
    assert ((single.mean(0) - elbo).abs() < 5 * error).all()
    few = torch.stack(
        [
            ImportanceTerms(
                *(t[k : k + 5] for t in (terms.reconstruction, terms.log_ratio)), terms.kl_per_dimension
            ).bound()
            for k in range(0, count, 5)
        ]
    )
    assert (single.mean(0) < few.mean(0)).all()
    assert (few.mean(0) < terms.bound() + 1e-3).all()


def test_that_importance_terms_are_densities_of_torch_distributions(tiny_model):
    x = pictures(tiny_model.config, 3)
    terms = tiny_model.importance_terms(x, 7, torch.Generator().manual_seed(2))
    posterior = tiny_model.encode(x)
    sigma = torch.exp(0.5 * posterior.log_variance)
    z = gaussian.reparameterise(
        posterior.mean.expand(7, -1, -1),
        posterior.log_variance.expand(7, -1, -1),
        torch.Generator().manual_seed(2),
    )
    q, p = torch.distributions.Normal(posterior.mean, sigma), torch.distributions.Normal(0.0, 1.0)
    torch.testing.assert_close(terms.log_ratio, (p.log_prob(z) - q.log_prob(z)).sum(-1), atol=1e-3, rtol=1e-4)
    for k in range(7):
        alone = tiny_model.likelihood.log_prob(tiny_model.decode(z[k]), x)
        torch.testing.assert_close(terms.reconstruction[k], alone, atol=1e-3, rtol=1e-4)


def test_that_a_picture_is_judged_alike_alone_and_in_a_batch(tiny_model):
    x = pictures(tiny_model.config, 4)
    together = tiny_model.encode(x)
    alone = tiny_model.encode(x[2:3])
    torch.testing.assert_close(together.mean[2:3], alone.mean)
    torch.testing.assert_close(together.log_variance[2:3], alone.log_variance)


def test_that_wild_encoders_are_kept_from_overflow(tiny_model):
    with torch.no_grad():
        last = tiny_model.encoder.layers[-1]
        last.bias[2:] = 1e6
    terms = tiny_model.elbo_terms(pictures(tiny_model.config), torch.Generator().manual_seed(0))
    assert torch.isfinite(terms.elbo()).all()


def test_that_densities_have_float32_digits_under_bfloat16(tiny_model):
    x = pictures(tiny_model.config)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        posterior = tiny_model.encode(x)
        terms = tiny_model.elbo_terms(x, torch.Generator().manual_seed(0))
    assert posterior.mean.dtype == terms.kl.dtype == terms.reconstruction.dtype == torch.float32


def test_that_capabilities_are_seen_without_knowing_the_class(tiny_model):
    assert isinstance(tiny_model, Encodes)
    assert isinstance(tiny_model, Decodes)
    assert isinstance(tiny_model, Trains)
    assert not isinstance(nn.Linear(2, 2), Encodes | Decodes | Trains)
    assert tiny_model.latents == 2
    assert tiny_model.picture_shape == (1, 28, 28)


def test_that_a_config_cannot_be_changed_behind_the_models_back():
    with pytest.raises(AttributeError):
        VAE(VAEConfig(encoder_widths=(4,), decoder_widths=(4,))).config.latents = 3


@pytest.mark.gpu
def test_that_cuda_encodes_and_decodes_as_the_cpu_does(tiny_model, cuda):
    x = pictures(tiny_model.config)
    here = tiny_model.encode(x).mean
    shown = tiny_model.decode(here)
    there = tiny_model.to(cuda)
    torch.testing.assert_close(there.encode(x.to(cuda)).mean.cpu(), here, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(there.decode(here.to(cuda)).cpu(), shown, atol=1e-3, rtol=1e-3)


def test_that_a_learnt_sigma_finds_the_size_of_the_errors():
    config = VAEConfig(
        shape=(1, 8, 8), encoder_widths=(4,), decoder_widths=(4,), likelihood="gaussian", learn_sigma=True
    )
    model = make_vae(config)
    outputs = torch.full((50, 1, 8, 8), 0.5)
    noise = torch.randn(outputs.shape, generator=torch.Generator().manual_seed(0))
    x = outputs + 0.03 * noise
    optimizer = torch.optim.Adam([model.log_sigma], lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        (-model.likelihood.log_prob(outputs, x).mean()).backward()
        optimizer.step()
    # The density is highest at the errors' own root mean square.
    expected = (x - outputs).square().mean().sqrt().item()
    assert model.log_sigma.exp().item() == pytest.approx(expected, rel=0.02)


def test_that_only_a_gaussian_can_learn_its_sigma():
    with pytest.raises(LabError, match="'learn_sigma' is for a Gaussian likelihood, not bernoulli"):
        VAEConfig(learn_sigma=True)


@pytest.mark.parametrize("latents", [2, 16, 64])
def test_that_a_decoder_bends_about_as_much_for_many_latents_as_for_two(latents):
    model = make_vae(VAEConfig(latents=latents, encoder_widths=(8,), decoder_widths=(512,)))
    first = model.decoder.layers[0]
    z = torch.randn(500, latents, generator=torch.Generator().manual_seed(0))
    sums = z @ first.weight.detach().T
    assert sums.std().item() == pytest.approx(2**0.5, rel=0.1)
