"""Distributions of points: their densities against scipy and their own draws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from latentlab.core.divergence import places, square
from latentlab.core.points import NAMED, Points, drawn, fitted, named, reached

RNG = torch.Generator


def test_that_the_log_density_is_that_of_scipys_mixture() -> None:
    points = named("two")
    x = points.draw(50, RNG().manual_seed(1))
    each = [
        weight * multivariate_normal(centre, points.width**2).pdf(x.numpy())
        for weight, centre in zip(points.weights.tolist(), points.centres.numpy(), strict=True)
    ]
    assert np.allclose(points.log_density(x).numpy(), np.log(sum(each)), atol=1e-12)


@pytest.mark.parametrize("name", NAMED)
def test_that_each_density_adds_up_to_one_and_its_draws_stay_on_the_stage(name: str) -> None:
    points, count = named(name), 160
    line = places(3.0, count)
    table = points.on_grid(line)
    assert float(table.sum()) * (6.0 / count) ** 2 == pytest.approx(1.0, abs=2e-3)
    assert torch.allclose(table.flatten(), points.log_density(square(3.0, count)).exp(), atol=1e-9)
    x = points.draw(4000, RNG().manual_seed(0))
    assert x.dtype == torch.float64
    assert float((x.abs() > 2.0).double().mean()) < 0.01
    assert torch.allclose(x.mean(0), points.mean, atol=0.06)


def test_that_the_entropy_by_draws_is_that_of_one_gaussian() -> None:
    points = named("blob")
    x = points.draw(40_000, RNG().manual_seed(0))
    entropy = 1.0 + np.log(2.0 * np.pi * points.width**2)
    assert -float(points.log_density(x).mean()) == pytest.approx(entropy, abs=0.02)


def test_that_blur_adds_variances_and_a_move_moves() -> None:
    points = named("blob").blurred(0.8)
    assert points.width == pytest.approx(1.0)
    assert points.moved((0.5, -1.0)).mean.tolist() == [0.5, -1.0]
    x = torch.tensor(((0.3, 0.2),), dtype=torch.float64)
    assert torch.allclose(points.moved((0.3, 0.2)).log_density(x), points.log_density(torch.zeros_like(x)))


def test_that_the_same_seed_draws_the_same_points() -> None:
    one, other, third = (named("spiral").draw(20, RNG().manual_seed(seed)) for seed in (4, 4, 5))
    assert torch.equal(one, other)
    assert not torch.equal(one, third)


def test_that_a_stroke_is_covered_evenly_by_its_length() -> None:
    points = drawn([[(0.0, 0.0), (1.0, 0.0)], [(0.0, 1.0)]], 0.05, 0.1)
    assert len(points.centres) == 12
    assert torch.allclose(points.centres[:11, 0].diff(), torch.full((10,), 0.1, dtype=torch.float64))


def test_that_given_points_are_scaled_and_have_no_density() -> None:
    rows = torch.randn(500, 2, generator=RNG().manual_seed(0)) * 30.0 + 7.0
    points = fitted(rows)
    assert not points.known
    assert float(points.centres.var(0, correction=0).mean().sqrt()) == pytest.approx(0.7)
    with pytest.raises(ValueError, match="no density"):
        points.log_density(rows)


def test_that_modes_are_counted_where_points_lie() -> None:
    ring = named("ring")
    all_of_them = ring.draw(800, RNG().manual_seed(0))
    assert reached(all_of_them, ring.modes, ring.width)[0] == 8
    one = Points(ring.centres[:1], ring.width).draw(800, RNG().manual_seed(0))
    count, good = reached(one, ring.modes, ring.width)
    assert count == 1
    assert good > 0.95


def test_that_centres_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Points(torch.tensor(((float("nan"), 0.0),)), 0.1)
