"""The log ratio of two Gaussians that are fitted to two sets of pictures.

    g(x) = log N(x; mu_A, C_A) - log N(x; mu_B, C_B)
    bounded g = s asinh(g / s)

Each C keeps K principal components and gives one variance to the rest; K is the number that makes pictures
likeliest that C was not fitted to. g is the same in all units: it also sees a difference along directions in
which pictures hardly vary, which is lost on whoever looks at pixels.

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
class GaussianRatio:
    """The Gaussians of both sets."""

    a: Principal
    b: Principal

    def __call__(self, x: Tensor) -> Tensor:
        """Bounded g of pictures as rows; float64 (N, D) -> (N,)."""
        parts = [self.a.log_density(some) - self.b.log_density(some) for some in x.split(_AT_ONCE)]
        return _BOUND * torch.asinh(torch.cat(parts) / _BOUND)


def gaussian_ratio(x: Tensor, is_a: Tensor, judging: Tensor, judging_is_a: Tensor) -> GaussianRatio:
    """Fits both.

    Args:
        x: pictures as rows, float64 (N, D), two or more of each set.
        is_a: bool (N,), which of them are of A.
        judging, judging_is_a: others, by which the numbers of components are chosen.
    """
    a, b = (_gaussian(x[is_a == of], judging[judging_is_a == of]) for of in (True, False))
    return GaussianRatio(a, b)


def _gaussian(x: Tensor, judging: Tensor) -> Principal:
    """Of rows (N, D), with as many components as make others (M, D) likeliest."""
    # Far from 0 the difference of two large sums would lose all digits.
    middle = x.mean(0)
    centred = (x - middle) * _BYTES
    floor = max(_LEAST_SHARE * float(x.var(0).mean()), 1e-12)
    most = min(x.shape[1], len(x) - 1)
    known, _ = principal(len(x), centred.sum(0), centred.T @ centred, most, floor)
    likely = sum(known.log_density_by_rank(some - middle).sum(0) for some in judging.split(_AT_ONCE))
    assert isinstance(likely, Tensor)
    kept = int(likely.argmax())
    left, total = len(middle) - kept, float(known.variances.sum()) + known.left_out * known.rest
    rest = (total - float(known.variances[:kept].sum())) / left if left else known.rest
    return Principal(known.mean + middle, known.rows[:kept], known.variances[:kept], max(rest, floor))
