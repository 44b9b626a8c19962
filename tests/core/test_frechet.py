"""The Fréchet distance between Gaussians against what can be worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from latentlab.core.frechet import Moments, moments, squared_distance, squared_distance_between


def covariance(size: int, seed: int, rank: int | None = None) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    factor = torch.randn(size, rank or size + 2, generator=generator, dtype=torch.float64)
    return factor @ factor.T


def rotation(size: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64)).Q


def gaussian(covariance: Tensor, mean: Tensor | None = None) -> Moments:
    return Moments(torch.zeros(len(covariance), dtype=torch.float64) if mean is None else mean, covariance)


ordinary = st.floats(-5.0, 5.0)
positive = st.floats(0.01, 5.0)
four = st.lists(positive, min_size=4, max_size=4)


@given(ordinary, ordinary, positive, positive)
def test_that_in_one_dimension_it_is_the_difference_of_means_and_of_deviations(mu_1, mu_2, s_1, s_2):
    one, other = (
        gaussian(torch.tensor([[s * s]], dtype=torch.float64), torch.tensor([mu], dtype=torch.float64))
        for mu, s in ((mu_1, s_1), (mu_2, s_2))
    )
    expected = (mu_1 - mu_2) ** 2 + (s_1 - s_2) ** 2
    assert math.isclose(squared_distance(one, other), expected, abs_tol=1e-10)


@given(four, four, st.integers(0, 9))
def test_that_covariances_with_the_same_axes_differ_by_their_deviations(first, second, seed):
    axes = rotation(4, seed)
    one, other = (
        gaussian(axes @ torch.tensor(deviations, dtype=torch.float64).square().diag() @ axes.T)
        for deviations in (first, second)
    )
    expected = sum((a - b) ** 2 for a, b in zip(first, second, strict=True))
    assert math.isclose(squared_distance(one, other), expected, abs_tol=1e-9)


def test_that_in_two_dimensions_it_is_the_closed_form_whatever_the_axes():
    # The eigenvalues l, m of S_1 S_2 have sqrt(l) + sqrt(m) = sqrt(tr + 2 sqrt(det)).
    for seed in range(8):
        one, other = covariance(2, seed), covariance(2, 100 + seed)
        product = one @ other
        shared = math.sqrt(float(product.trace()) + 2.0 * math.sqrt(float(torch.linalg.det(product))))
        expected = float(one.trace() + other.trace()) - 2.0 * shared
        assert math.isclose(squared_distance(gaussian(one), gaussian(other)), expected, rel_tol=1e-9)


@pytest.mark.parametrize("rank", [1, 3, 6])
def test_that_a_gaussian_is_at_no_distance_from_itself_even_a_flat_one(rank):
    alone = gaussian(covariance(5, 0, rank), torch.ones(5, dtype=torch.float64))
    assert squared_distance(alone, alone) == pytest.approx(0.0, abs=1e-6)


def test_that_it_is_the_same_both_ways_and_in_turned_coordinates():
    means = torch.randn(2, 6, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    one, other = gaussian(covariance(6, 1), means[0]), gaussian(covariance(6, 2), means[1])
    turn = rotation(6, 4)
    turned = [gaussian(turn @ each.covariance @ turn.T, turn @ each.mean) for each in (one, other)]
    expected = squared_distance(one, other)
    assert expected > 1.0
    assert squared_distance(other, one) == pytest.approx(expected, rel=1e-10)
    assert squared_distance(*turned) == pytest.approx(expected, rel=1e-10)


def test_that_points_that_are_moved_are_so_far_away(generator):
    points = torch.randn(50, 3, generator=generator)
    moved = points + torch.tensor([1.0, 2.0, -2.0])
    assert squared_distance_between(points, moved) == pytest.approx(9.0, rel=1e-5)


def test_that_moments_are_the_sample_mean_and_the_unbiased_covariance(generator):
    points = torch.randn(40, 3, generator=generator, dtype=torch.float64)
    found = moments(points)
    torch.testing.assert_close(found.mean, points.mean(0))
    torch.testing.assert_close(found.covariance, torch.cov(points.T))


def test_that_more_points_of_one_gaussian_come_closer(generator):
    few, many = (
        squared_distance_between(*torch.randn(2, count, 8, generator=generator)) for count in (50, 5000)
    )
    assert 0.0 < many < few / 10


def test_that_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="N >= 2"):
        moments(torch.zeros(1, 3))
    with pytest.raises(ValueError, match="2 and of 3"):
        squared_distance(gaussian(covariance(2, 0)), gaussian(covariance(3, 0)))


@pytest.mark.filterwarnings("ignore:Metric `Frech")
def test_that_it_is_torchmetrics_fid_of_the_same_features():
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Flat(torch.nn.Module):
        num_features = 8

        def forward(self, pictures: Tensor) -> Tensor:
            return pictures.flatten(1)[:, :8]

    generator = torch.Generator().manual_seed(0)
    one = torch.randn(60, 8, generator=generator, dtype=torch.float64)
    other = 0.5 * torch.randn(40, 8, generator=generator, dtype=torch.float64) + 1.0
    metric = FrechetInceptionDistance(feature=Flat(), normalize=False)
    metric.set_dtype(torch.float64)
    for points, real in ((one, True), (other, False)):
        metric.update(points.view(-1, 8, 1, 1), real=real)
    assert squared_distance_between(one, other) == pytest.approx(float(metric.compute()), rel=1e-5)
