"""The Gaussian image model: against scipy and scikit-learn, and against what it says of itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import Tensor
from torch.distributions import MultivariateNormal

from latentlab.core.principal import ROUNDING_VARIANCE
from latentlab.data import catalog
from latentlab.engine.training.plan import TrainingPlan
from latentlab.errors import LabError
from latentlab.models.base import capabilities_of
from latentlab.models.gaussian.model import GaussianImages
from latentlab.models.gaussian.spec import KIND, GaussianConfig

SHAPE = (1, 4, 6)
NUMBERS = math.prod(SHAPE)


def pictures(count: int = 400, seed: int = 0) -> Tensor:
    """Bytes that vary together, uint8 (count, *SHAPE)."""
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randn(NUMBERS, NUMBERS, generator=torch.Generator().manual_seed(9)) * 8.0
    x = 128.0 + torch.randn(count, NUMBERS, generator=generator) @ mixed
    return x.clamp(0, 255).round().to(torch.uint8).view(count, *SHAPE)


def fitted(images: Tensor, latents: int = 0, floor: float = ROUNDING_VARIANCE) -> GaussianImages:
    model = GaussianImages(GaussianConfig(latents, floor, tuple(images.shape[1:])))
    work = model.fitting(TrainingPlan())
    with torch.no_grad():
        statistics = work.begin(model, 0)
        for some in images.split(150):
            work.add(model, statistics, some, None, 0)
        work.end(model, statistics, 0)
    return model


def test_that_log_p_is_that_of_the_sample_mean_and_covariance() -> None:
    images, x = pictures(), pictures(seed=1).double() / 255.0
    rows = images.flatten(1).double() / 255.0
    expected = MultivariateNormal(rows.mean(0), torch.cov(rows.T)).log_prob(x.flatten(1))
    ours = fitted(images).log_density(x)
    assert float((ours - expected).norm()) <= 1e-6 * float(expected.norm())


def test_that_log_p_is_the_density_of_z_over_the_stretch_of_the_map() -> None:
    # A change of variables: log p(x) = log N(z; 0, I) - log |det dx/dz|.
    model, x = fitted(pictures()), pictures(20, seed=1).double() / 255.0
    z = model.encode(x).mean.double()
    stretch = torch.linalg.slogdet(model.linear_rows().double()).logabsdet
    expected = model.latent_prior.log_density(z) - stretch
    torch.testing.assert_close(model.log_density(x), expected, rtol=1e-5, atol=0.0)


@pytest.mark.slow
def test_that_log_p_of_mnist_is_scikit_learns_to_a_millionth() -> None:
    train, test = catalog.load("mnist", "train").images[:20_000], catalog.load("mnist", "test").images[:2000]
    x = test.double() / 255.0
    theirs = PCA(200, svd_solver="covariance_eigh").fit(train.flatten(1).numpy() / 255.0)
    ours, expected = fitted(train, 200).log_density(x).numpy(), theirs.score_samples(x.flatten(1).numpy())
    assert np.linalg.norm(ours - expected) <= 1e-6 * np.linalg.norm(expected)
    assert ours.mean() == pytest.approx(expected.mean(), rel=1e-6)
    # All of them, with what no picture shows at the floor: not known to scikit-learn.
    rows = train.flatten(1).double() / 255.0
    values, vectors = np.linalg.eigh(np.cov(rows.numpy().T))
    values = values.clip(ROUNDING_VARIANCE)
    y = (x.flatten(1).numpy() - rows.numpy().mean(0)) @ vectors
    expected = -0.5 * (784 * math.log(2 * math.pi) + np.log(values).sum() + (y**2 / values).sum(1))
    ours = fitted(train).log_density(x).numpy()
    assert np.linalg.norm(ours - expected) <= 1e-6 * np.linalg.norm(expected)


@pytest.mark.parametrize("latents", [0, NUMBERS, 3])
def test_that_a_point_is_decoded_to_the_picture_it_is_the_code_of(latents: int) -> None:
    model = fitted(pictures(), latents)
    z = 0.3 * torch.randn(5, model.latents, generator=torch.Generator().manual_seed(0))
    code = model.encode(model.picture_at(z))
    torch.testing.assert_close(code.mean, z, rtol=0.0, atol=1e-3)
    assert bool((code.log_variance == -torch.inf).all())


def test_that_pictures_are_rebuilt_by_all_and_have_the_rest_at_the_mean_by_few() -> None:
    images = pictures()
    x = images[:8].float() / 255.0
    whole, few = fitted(images), fitted(images, 3)
    torch.testing.assert_close(whole.picture_at(whole.encode(x).mean), x, rtol=0.0, atol=1e-4)
    known = few.eigenpictures()
    rebuilt = few.picture_at(few.encode(x).mean).flatten(1).double()
    left = whole.eigenpictures().rows[3:]
    assert float(((rebuilt - known.mean) @ left.T).abs().max()) < 1e-5


def test_that_samples_have_the_mean_and_covariance_of_the_pictures() -> None:
    images = pictures(2000)
    # Far from black and white, so that nothing is clipped.
    images = (128 + (images.float() - 128) * 0.3).round().to(torch.uint8)
    drawn = fitted(images).draw_pictures(50_000, torch.Generator().manual_seed(0)).flatten(1)
    rows = images.flatten(1).float() / 255.0
    torch.testing.assert_close(drawn.mean(0), rows.mean(0), rtol=0.0, atol=2e-3)
    expected = torch.cov(rows.T)
    assert (torch.cov(drawn.T) - expected).norm() < 0.03 * expected.norm()


def test_that_no_variance_is_below_the_floor_and_log_p_stays_finite() -> None:
    images = pictures()
    images[:, :, 0] = 0
    for floor in (ROUNDING_VARIANCE, 1e-2):
        model = fitted(images, floor=floor)
        assert float(model.eigenvalues.min()) == pytest.approx(floor)
        assert torch.isfinite(model.log_density(images.float() / 255.0)).all()


def test_that_no_number_of_eigenpictures_stands_for_all() -> None:
    assert GaussianConfig(shape=SHAPE).latents == NUMBERS
    assert GaussianConfig(5, shape=SHAPE).latents == 5
    with pytest.raises(LabError, match="latents"):
        GaussianConfig(NUMBERS + 1, shape=SHAPE)
    with pytest.raises(LabError, match="12,288 numbers"):
        GaussianConfig(2, shape=(3, 64, 64))


def test_that_a_model_can_do_what_its_spec_says() -> None:
    config = GaussianConfig(shape=SHAPE)
    assert capabilities_of(GaussianImages(config)) == KIND.can(config)
