"""Probabilistic PCA: against the closed forms of joint Gaussians, and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import Tensor
from torch.distributions import MultivariateNormal

from latentlab.core.gaussian import kl_to_standard
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.plan import TrainingPlan
from latentlab.errors import LabError
from latentlab.models.base import capabilities_of
from latentlab.models.players import Batch
from latentlab.models.ppca.model import PPCA
from latentlab.models.ppca.spec import KIND, PPCAConfig

SHAPE = (1, 4, 6)
NUMBERS = math.prod(SHAPE)


def pictures(count: int = 200, seed: int = 0) -> Tensor:
    """Bytes that vary together, uint8 (count, *SHAPE)."""
    generator = torch.Generator().manual_seed(seed)
    few = torch.randn(count, 5, generator=generator)
    mixed = few @ torch.randn(5, NUMBERS, generator=torch.Generator().manual_seed(9)) * 25.0
    noise = torch.randn(count, NUMBERS, generator=generator) * 10.0
    return (128.0 + mixed + noise).clamp(0, 255).round().to(torch.uint8).view(count, *SHAPE)


def in_unit(images: Tensor) -> Tensor:
    return images.float() / 255.0


def fitted(images: Tensor, components: int, pieces: tuple[int, ...] = ()) -> PPCA:
    """Fitted to uint8 pictures, given in pieces of so many."""
    model = PPCA(PPCAConfig(components, tuple(images.shape[1:])))
    work = model.fitting(TrainingPlan())
    with torch.no_grad():
        statistics = work.begin(model, 0)
        for some in images.split(list(pieces) or [len(images)]):
            work.add(model, statistics, some, None, 0)
        work.end(model, statistics, 0)
    return model


def covariance(model: PPCA) -> Tensor:
    """C = W W^T + s^2 I in float64, (D, D)."""
    w = (model.components.double() * model._scale.double()[:, None]).T
    return w @ w.T + model.noise_variance.double() * torch.eye(len(w), dtype=torch.float64)


@pytest.mark.parametrize("components", [1, 3, NUMBERS - 1, NUMBERS])
def test_that_log_p_is_that_of_the_gaussian_that_the_weights_describe(components: int) -> None:
    model, x = fitted(pictures(), components), in_unit(pictures(seed=1))
    joint = MultivariateNormal(model.mean.double(), covariance(model))
    expected = joint.log_prob(x.flatten(1).double())
    torch.testing.assert_close(model.log_density(x).double(), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("components", [1, 3])
def test_that_the_posterior_is_what_bayes_makes_of_prior_and_likelihood(components: int) -> None:
    model, x = fitted(pictures(), components), in_unit(pictures(5, seed=1))
    w = (model.components.double() * model._scale.double()[:, None]).T
    # The conditional of a joint Gaussian: W^T C^-1 (x - mu), and I - W^T C^-1 W.
    gain = w.T @ torch.linalg.inv(covariance(model))
    mean = (x.flatten(1).double() - model.mean.double()) @ gain.T
    spread = torch.eye(components, dtype=torch.float64) - gain @ w
    posterior = model.encode(x)
    torch.testing.assert_close(posterior.mean.double(), mean, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(spread, torch.diag(spread.diagonal()), rtol=0.0, atol=1e-5)
    variance = posterior.log_variance.double().exp()
    torch.testing.assert_close(variance, spread.diagonal().expand_as(mean), rtol=1e-3, atol=1e-6)


def test_that_the_bound_has_no_gap_where_the_posterior_is_exact() -> None:
    model, x = fitted(pictures(), 3), in_unit(pictures(4, seed=1))
    posterior = model.encode(x)
    draws = 20_000
    noise = torch.randn(draws, 4, 3, generator=torch.Generator().manual_seed(0))
    u = posterior.mean + noise * (0.5 * posterior.log_variance).exp()
    log_likelihood = torch.stack([model.likelihood.log_prob(model.decode(each), x) for each in u])
    bound = log_likelihood.mean(0) - kl_to_standard(posterior.mean, posterior.log_variance)
    torch.testing.assert_close(bound, model.log_density(x), rtol=0.0, atol=0.1)


@pytest.mark.parametrize("components", [1, 4, NUMBERS - 1])
def test_that_scikit_learn_finds_the_same_model_and_densities(components: int) -> None:
    images, x = pictures(), in_unit(pictures(seed=1))
    model = fitted(images, components)
    theirs = PCA(components, svd_solver="full").fit(images.flatten(1).numpy() / 255.0)
    np.testing.assert_allclose(model.mean, theirs.mean_, rtol=1e-6)
    np.testing.assert_allclose(model.eigenvalues, theirs.explained_variance_, rtol=1e-5)
    np.testing.assert_allclose(float(model.noise_variance), theirs.noise_variance_, rtol=1e-5)
    overlap = np.abs((model.components.double().numpy() * theirs.components_).sum(1))
    np.testing.assert_allclose(overlap, 1.0, rtol=1e-5)
    densities = theirs.score_samples(x.flatten(1).double().numpy())
    np.testing.assert_allclose(model.log_density(x), densities, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("components", [2, 32])
def test_that_log_p_of_mnist_is_scikit_learns_to_a_millionth(components: int) -> None:
    train, test = catalog.load("mnist", "train").images[:10_000], catalog.load("mnist", "test").images[:2000]
    model = fitted(train, components)
    theirs = PCA(components, svd_solver="covariance_eigh").fit(train.flatten(1).numpy() / 255.0)
    x = test.double() / 255.0
    ours, expected = model.log_density(x).numpy(), theirs.score_samples(x.flatten(1).numpy())
    assert np.linalg.norm(ours - expected) <= 1e-6 * np.linalg.norm(expected)
    assert ours.mean() == pytest.approx(expected.mean(), rel=1e-6)


def test_that_the_model_that_ships_is_what_one_pass_over_its_data_makes() -> None:
    shipped = load_model("mnist-ppca-2d")
    assert shipped.card.command.startswith("latentlab train ppca --data mnist ")
    made = fitted(catalog.load("mnist", "train").images, 2, (20_000, 40_000))
    for name, tensor in shipped.model.state_dict().items():
        torch.testing.assert_close(tensor, made.state_dict()[name], rtol=1e-5, atol=1e-6)


def test_that_pictures_in_pieces_make_the_model_that_all_at_once_make() -> None:
    images = pictures(700)
    whole, pieces = fitted(images, 3), fitted(images, 3, (1, 256, 300, 143))
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, pieces.state_dict()[name]), name


def test_that_sums_of_the_brightest_bytes_are_exact() -> None:
    model = PPCA(PPCAConfig(1, (1, 4, 4)))
    work, images = model.fitting(TrainingPlan()), torch.full((1000, 1, 4, 4), 255, dtype=torch.uint8)
    images[::7] = 254
    statistics = work.begin(model, 0)
    work.add(model, statistics, images, None, 0)
    exact = images.flatten(1).long()
    assert torch.equal(statistics["products"].long(), exact.T @ exact)
    assert torch.equal(statistics["sum"].long(), exact.sum(0))


def test_that_figures_of_the_pass_are_what_judging_the_same_pictures_gives() -> None:
    images = pictures(500)
    model = PPCA(PPCAConfig(3, SHAPE))
    work = model.fitting(TrainingPlan())
    statistics = work.begin(model, 0)
    work.add(model, statistics, images, None, 0)
    told, done = work.end(model, statistics, 0)

    sums = work.judge(model, Batch(in_unit(images)), torch.Generator(), 0, len(images))
    judged = work.terms(sums, len(images))
    assert done
    assert judged["log_density"] == pytest.approx(told["log_density"], rel=1e-5)
    assert judged["explained"] == pytest.approx(told["explained"], rel=1e-5)
    assert sum(told.series["explained_by_component"]) == pytest.approx(told["explained"])


def test_that_pixels_that_never_change_leave_log_p_finite() -> None:
    images = pictures()
    images[:, :, 0] = 0
    model = fitted(images, NUMBERS)
    assert torch.isfinite(model.log_density(in_unit(images))).all()
    assert model.noise_variance.item() == pytest.approx(1.0 / (12.0 * 255.0**2))


def test_that_with_all_components_a_picture_is_rebuilt_and_samples_have_its_covariance() -> None:
    images = pictures(2000)
    model = fitted(images, NUMBERS)
    x = in_unit(images[:8])
    rebuilt = model.decode(model.encode(x).mean)
    torch.testing.assert_close(rebuilt, x, rtol=0.0, atol=2e-3)
    u = torch.randn(50_000, NUMBERS, generator=torch.Generator().manual_seed(0))
    drawn = torch.cov(model.decode(u).flatten(1).T)
    expected = torch.cov(in_unit(images).flatten(1).T)
    assert (drawn - expected).norm() < 0.03 * expected.norm()


def test_that_a_model_can_do_what_its_spec_says() -> None:
    assert capabilities_of(PPCA(PPCAConfig())) == KIND.can(PPCAConfig())


def test_that_more_components_than_numbers_or_too_large_pictures_are_refused() -> None:
    with pytest.raises(LabError, match="latents"):
        PPCAConfig(NUMBERS + 1, SHAPE)
    with pytest.raises(LabError, match="12,288 numbers"):
        PPCAConfig(2, (3, 64, 64))
