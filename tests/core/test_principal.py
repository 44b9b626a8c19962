"""Gaussians by their principal components, in float64, against scipy and scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA
from torch import Tensor

from latentlab.core.gaussian import LOG_2PI
from latentlab.core.principal import ROUNDING_VARIANCE, Principal, basis, principal, principal_angles

NUMBERS = 12
SMALL = 1e-6


def drawn(count: int = 300, seed: int = 0) -> Tensor:
    """Bytes that vary together, (count, NUMBERS) in float64."""
    generator = torch.Generator().manual_seed(seed)
    mix = torch.randn(NUMBERS, NUMBERS, generator=torch.Generator().manual_seed(9)) * 12.0
    return (128.0 + torch.randn(count, NUMBERS, generator=generator) @ mix).round().clamp(0, 255).double()


def found(x: Tensor, kept: int, floor: float = ROUNDING_VARIANCE) -> Principal:
    return principal(float(len(x)), x.sum(0), x.T @ x, kept, floor)[0]


def covariance(known: Principal) -> Tensor:
    inside = known.rows.T @ torch.diag(known.variances) @ known.rows
    return inside + known.rest * (torch.eye(known.numbers).double() - known.rows.T @ known.rows)


@pytest.mark.parametrize("kept", [0, 1, 5, NUMBERS - 1, NUMBERS])
def test_that_log_p_is_scipys_to_a_millionth(kept: int):
    known, x = found(drawn(), kept), drawn(seed=1) / 255.0
    theirs = multivariate_normal(known.mean.numpy(), covariance(known).numpy()).logpdf(x.numpy())
    np.testing.assert_allclose(known.log_density(x), theirs, rtol=SMALL)


@pytest.mark.parametrize("kept", [1, 5, NUMBERS - 1])
def test_that_log_p_is_scikit_learns_to_a_millionth(kept: int):
    images, x = drawn(), drawn(seed=1) / 255.0
    theirs = PCA(kept, svd_solver="full").fit(images.numpy() / 255.0).score_samples(x.numpy())
    np.testing.assert_allclose(found(images, kept).log_density(x), theirs, rtol=SMALL)


def test_that_log_p_without_the_half_is_refused():
    # As some lecture notes print it: exp(-(x - mu)^T C^-1 (x - mu)), without the 1/2.
    known, x = found(drawn(), NUMBERS), drawn(seed=1) / 255.0
    distance = (known.coordinates(x).square() / known.variances).sum(-1)
    misprint = -0.5 * (NUMBERS * LOG_2PI + known.variances.log().sum()) - distance
    theirs = multivariate_normal(known.mean.numpy(), covariance(known).numpy()).logpdf(x.numpy())
    np.testing.assert_allclose(known.log_density(x), theirs, rtol=SMALL)
    assert np.abs(misprint.numpy() - theirs).min() > 1.0
    # On average it is off by D / 2 nats, over the pictures that the Gaussian was made of.
    own = drawn() / 255.0
    off = (known.coordinates(own).square() / known.variances).sum(-1).mean() / 2.0
    assert float(off) == pytest.approx(NUMBERS / 2.0, rel=0.01)


def test_that_log_p_by_rank_is_that_of_each_probabilistic_pca():
    images, x = drawn(), drawn(seed=1)[:40] / 255.0
    by_rank = found(images, NUMBERS).log_density_by_rank(x)
    assert by_rank.shape == (40, NUMBERS + 1)
    for kept in range(NUMBERS + 1):
        torch.testing.assert_close(by_rank[:, kept], found(images, kept).log_density(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kept", [0, 3, NUMBERS])
def test_that_log_p_by_rank_ends_with_the_log_p_of_the_model(kept: int):
    known, x = found(drawn(), kept), drawn(seed=1) / 255.0
    last = known.log_density_by_rank(x)[:, -1]
    torch.testing.assert_close(last, known.log_density(x), rtol=1e-9, atol=1e-9)


def test_that_a_picture_is_rebuilt_whole_from_all_and_as_the_mean_from_none():
    known, x = found(drawn(), NUMBERS), drawn(seed=1) / 255.0
    torch.testing.assert_close(known.rebuilt(x, NUMBERS), x)
    torch.testing.assert_close(known.rebuilt(x, 0), known.mean.expand_as(x))
    errors = [float((known.rebuilt(x, rank) - x).square().sum()) for rank in range(NUMBERS + 1)]
    assert errors == sorted(errors, reverse=True)


def test_that_pixels_that_never_change_have_the_floor_for_a_variance():
    images = drawn()
    images[:, 3:6] = 7.0
    known = found(images, NUMBERS)
    assert known.variances[-3:].tolist() == pytest.approx([ROUNDING_VARIANCE] * 3)
    assert torch.isfinite(known.log_density(images / 255.0)).all()
    assert found(images, NUMBERS, 1e-2).variances.min() == pytest.approx(1e-2)


def test_that_one_picture_alone_makes_a_gaussian_of_the_floor():
    known = found(drawn(1), NUMBERS)
    assert known.variances.tolist() == pytest.approx([ROUNDING_VARIANCE] * NUMBERS)


@pytest.mark.parametrize(("one", "other"), [(1, 1), (3, 3), (2, 5), (5, 2), (NUMBERS, 4)])
def test_that_principal_angles_are_scipys(one: int, other: int):
    generator = torch.Generator().manual_seed(one * 31 + other)
    a = torch.randn(one, NUMBERS, generator=generator).double()
    b = torch.randn(other, NUMBERS, generator=generator).double()
    theirs = np.sort(subspace_angles(a.T.numpy(), b.T.numpy()))
    np.testing.assert_allclose(principal_angles(a, b), theirs, atol=1e-7)


def test_that_small_angles_keep_their_digits():
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(4, NUMBERS, generator=generator).double()
    b = a + 1e-9 * torch.randn(4, NUMBERS, generator=generator).double()
    theirs = np.sort(subspace_angles(a.T.numpy(), b.T.numpy()))
    assert 0.0 < theirs[-1] < 1e-8
    np.testing.assert_allclose(principal_angles(a, b), theirs, rtol=1e-3, atol=1e-14)


def test_that_angles_do_not_depend_on_the_basis_and_are_right_where_they_are_known():
    a = torch.eye(4, NUMBERS).double()
    mixed = torch.randn(4, 4, generator=torch.Generator().manual_seed(1)).double() @ a
    assert float(principal_angles(a, mixed).max()) < 1e-12
    turned = a.clone()
    turned[3, 3], turned[3, 4] = math.cos(0.5), math.sin(0.5)
    torch.testing.assert_close(principal_angles(a, turned), torch.tensor([0.0, 0.0, 0.0, 0.5]).double())
    other = torch.eye(NUMBERS)[4:6].double()
    torch.testing.assert_close(principal_angles(a, other), torch.full((2,), math.pi / 2).double())


def test_that_rows_that_repeat_others_add_no_direction():
    a = torch.randn(2, NUMBERS, generator=torch.Generator().manual_seed(1)).double()
    assert basis(torch.cat([a, a.sum(0, keepdim=True)])).shape == (NUMBERS, 2)
    assert basis(torch.zeros(2, NUMBERS)).shape == (NUMBERS, 0)
    assert principal_angles(torch.zeros(2, NUMBERS), a).shape == (0,)
