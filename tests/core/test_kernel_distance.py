"""The kernel distance against torchmetrics and its definition."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torchmetrics.image.kid import KernelInceptionDistance

from latentlab.core.kernel_distance import squared_mmd, squared_mmd_error


class Flat(nn.Module):
    """Features that are given, in the shape of pictures."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures.flatten(1)


def points(count: int, features: int, seed: int, shift: float = 0.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, features, generator=generator, dtype=torch.float64) + shift


@pytest.mark.filterwarnings("ignore:Metric `Kernel Inception Distance` will save all")
@pytest.mark.parametrize(("n", "m", "features"), [(50, 50, 8), (40, 40, 3)])
def test_that_it_is_torchmetrics_kid_of_the_same_features(n: int, m: int, features: int) -> None:
    x, y = points(n, features, 0, 0.3), points(m, features, 1)
    metric = KernelInceptionDistance(feature=Flat(), subsets=1, subset_size=n)
    metric.set_dtype(torch.float64)
    metric.update(y.view(m, features, 1, 1), real=True)
    metric.update(x.view(n, features, 1, 1), real=False)
    assert squared_mmd(x, y) == pytest.approx(float(metric.compute()[0]), rel=1e-5)


def test_that_it_is_the_sum_over_pairs() -> None:
    x, y = points(7, 2, 0), points(5, 2, 1, 1.0)

    def k(a: torch.Tensor, b: torch.Tensor) -> float:
        return float((a @ b / 2 + 1) ** 3)

    expected = (
        sum(k(x[i], x[j]) for i in range(7) for j in range(7) if i != j) / 42
        + sum(k(y[i], y[j]) for i in range(5) for j in range(5) if i != j) / 20
        - 2 * sum(k(a, b) for a in x for b in y) / 35
    )
    assert squared_mmd(x, y) == pytest.approx(expected, rel=1e-12)


@pytest.mark.slow
def test_that_it_has_no_bias_and_its_error_tells_the_spread() -> None:
    found, errors = [], []
    for seed in range(200):
        x, y = points(60, 4, 2 * seed, 0.5), points(60, 4, 2 * seed + 1)
        found.append(squared_mmd(x, y))
        errors.append(squared_mmd_error(x, y, torch.Generator().manual_seed(seed)))
    large = squared_mmd(points(4000, 4, 1000, 0.5), points(4000, 4, 1001))
    mean, spread = torch.tensor(found).mean(), torch.tensor(found).std()
    assert abs(float(mean) - large) < 4 * float(spread) / math.sqrt(200) + 0.05 * large
    assert 0.8 < float(torch.tensor(errors).mean() / spread) < 1.6


def test_that_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        squared_mmd(points(1, 2, 0), points(5, 2, 1))
    assert math.isnan(squared_mmd_error(points(3, 2, 0), points(3, 2, 1), torch.Generator()))
