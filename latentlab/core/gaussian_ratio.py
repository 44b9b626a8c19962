"""The log ratio of two Gaussians that are fitted to two sets of pictures.

    g(x) = log N(x; mu_A, C_A) - log N(x; mu_B, C_B)
    bounded g = s asinh(g / s)

Each C keeps K principal components and gives one variance to the rest: of the pixels as they are, or of
each in units of its own deviation, for one variance would hide it where some pixels hardly vary. K and the
units are those that make pictures likeliest that C was not fitted to. g also sees a difference along
directions in which pictures hardly vary, which is lost on whoever divides all of them by one number.

Pictures are no Gaussians. Far out g is off by thousands of nats and would drown all else, so it grows like a
logarithm beyond s; within it is as it is.

Sources: Tipping & Bishop, Probabilistic Principal Component Analysis (1999); Hastie, Tibshirani & Friedman,
The Elements of Statistical Learning (2009), section 4.3, quadratic discriminant analysis.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core.principal import Principal, principal

# s, in nats.
_BOUND = 100.0
_AT_ONCE, _BYTES = 500, 255.0
# No variance is less than this share of the mean one: no density would be finite.
_LEAST_SHARE = 1e-8


@dataclass(frozen=True, eq=False)
class ScaledGaussian:
    """A Gaussian of x / u: its density of x has u in the denominator.

    Attributes:
        principal: of the pixels in their units.
        units: u, (D,).
    """

    principal: Principal
    units: Tensor

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) in nats; float64 (N, D) -> (N,)."""
        return self.principal.log_density(x / self.units) - self.units.log().sum()


@dataclass(frozen=True, eq=False)
class GaussianRatio:
    """The Gaussians of both sets."""

    a: ScaledGaussian
    b: ScaledGaussian

    def __call__(self, x: Tensor) -> Tensor:
        """Bounded g of pictures as rows; float64 (N, D) -> (N,)."""
        parts = [self.a.log_density(some) - self.b.log_density(some) for some in x.split(_AT_ONCE)]
        return _BOUND * torch.asinh(torch.cat(parts) / _BOUND)


def gaussian_ratio(x: Tensor, is_a: Tensor, judging: Tensor, judging_is_a: Tensor) -> GaussianRatio:
    """Fits both.

    Args:
        x: pictures as rows, float64 (N, D), two or more of each set.
        is_a: bool (N,), which of them are of A.
        judging, judging_is_a: others, by which the numbers of components and the units are chosen.
    """
    a, b = (_gaussian(x[is_a == of], judging[judging_is_a == of]) for of in (True, False))
    return GaussianRatio(a, b)


def _gaussian(x: Tensor, judging: Tensor) -> ScaledGaussian:
    """Of rows (N, D): that which makes others (M, D) likeliest."""
    deviation = x.std(0)
    least = float(deviation.square().mean().sqrt()) * _LEAST_SHARE**0.5
    ways = (torch.ones_like(deviation), deviation.clamp(min=max(least, 1e-6)))
    found = [_in_units(x, judging, units) for units in ways]
    return max(found, key=lambda one: one[1])[0]


def _in_units(x: Tensor, judging: Tensor, units: Tensor) -> tuple[ScaledGaussian, float]:
    """The same in units (D,), with as many components as make the others likeliest; and log p of these."""
    x, judging = x / units, judging / units
    # Far from 0 the difference of two large sums would lose all digits.
    middle = x.mean(0)
    centred = (x - middle) * _BYTES
    floor = max(_LEAST_SHARE * float(x.var(0).mean()), 1e-12)
    most = min(x.shape[1], len(x) - 1)
    known, _ = principal(len(x), centred.sum(0), centred.T @ centred, most, floor)
    parts = [known.log_density_by_rank(some - middle).sum(0) for some in judging.split(_AT_ONCE)]
    likely = torch.stack(parts).sum(0)
    kept = int(likely.argmax())
    left, total = len(middle) - kept, float(known.variances.sum()) + known.left_out * known.rest
    rest = (total - float(known.variances[:kept].sum())) / left if left else known.rest
    chosen = Principal(known.mean + middle, known.rows[:kept], known.variances[:kept], max(rest, floor))
    return ScaledGaussian(chosen, units), float(likely[kept]) - len(judging) * float(units.log().sum())
