"""A proposal that learns: against closed forms, also where the first proposal hardly reaches."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.population import Population, fitted, population


class Wide:
    """N(0, 3^2 I)."""

    def __init__(self, dimensions: int) -> None:
        self._variance = torch.full((dimensions,), math.log(9.0), dtype=torch.float64)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        return 3.0 * torch.randn(count, len(self._variance), generator=generator, dtype=torch.float64)

    def log_density(self, z: Tensor) -> Tensor:
        return gaussian.log_density(z, torch.zeros_like(self._variance), self._variance)


def integral(log_f, dimensions: int, count: int = 4000, seed: int = 0) -> Population:  # type: ignore[no-untyped-def]
    steps = population(Wide(dimensions), count, 6, torch.Generator().manual_seed(seed))
    places = next(steps)
    try:
        while True:
            places = steps.send(log_f(places))
    except StopIteration as end:
        found: Population = end.value
        return found


def peaks(z: Tensor) -> Tensor:
    """Two narrow Gaussians, of masses 0.7 and 0.3, far apart."""
    parts = [
        math.log(mass) + gaussian.log_density(z, torch.full_like(z[0], at), torch.full_like(z[0], -6.0))
        for mass, at in ((0.7, 2.0), (0.3, -2.0))
    ]
    return torch.stack(parts).logsumexp(0)


def test_that_the_integral_of_two_narrow_peaks_is_found_with_its_error() -> None:
    found = integral(peaks, 2)
    assert abs(found.log_integral) < max(0.03, 4.0 * found.error)
    assert found.effective_draws > 200
    right = (found.z[:, 0] > 0) * found.log_weight.softmax(0)
    assert float(right.sum()) == pytest.approx(0.7, abs=0.06)


def test_that_in_eight_dimensions_the_mean_over_runs_is_right() -> None:
    """A lower bound on average, and near."""

    def log_f(z: Tensor) -> Tensor:
        return gaussian.log_density(z, torch.full_like(z[0], 0.5), torch.full_like(z[0], -2.0))

    runs = [integral(log_f, 8, seed=seed).log_integral for seed in range(4)]
    assert sum(runs) / 4 == pytest.approx(0.0, abs=0.1)


def test_that_a_fit_has_the_moments_of_the_weighted_draws_if_it_is_one_gaussian() -> None:
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(5000, 2, generator=generator, dtype=torch.float64) * torch.tensor([1.0, 0.2])
    shift = gaussian.log_density(z, torch.tensor([0.5, 0.0]), torch.zeros(2, dtype=torch.float64))
    weight = shift.softmax(0).unsqueeze(1)
    mixture = fitted(z, shift, generator)
    draws = mixture.draw(40_000, generator)[0]
    torch.testing.assert_close(draws.mean(0), (weight * z).sum(0), atol=0.03, rtol=0.0)
