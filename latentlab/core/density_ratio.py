"""The ratio of two densities from a classifier, and how far to trust it.

    D(x) = P(A | x) = p(x) / (p(x) + q(x)),   p of set A, q of set B, as many of each
    p(x) / q(x) = D(x) / (1 - D(x)),          log p(x) / q(x) = logit D(x) = f(x)

f is the classifier's output before the sigmoid. What makes its certainty honest is found from pictures that
it was not trained on, so that they are as likely as can be:

    alpha f + beta                                Platt scaling; by a temperature T: alpha = 1 / T, beta = 0
    low log D - high log (1 - D) + offset, low, high >= 0     beta calibration; Platt scaling where low = high

The second has a slope for each end: a classifier may be too sure at one, and not sure enough at the other.
Neither changes the order of the pictures, nor the AUC. The labels that are fitted are a little off 1 and 0:
(N_a + 1) / (N_a + 2) for A, 1 / (N_b + 2) for B. So all is finite where the sets can always be told apart.

    AUC = P( f(a) > f(b) ) + P( f(a) = f(b) ) / 2,   a of A, b of B       see `latentlab.core.directions.auc`
    V_a = P( f(a) > f(b) | a ) + ...,  V_b alike,    var AUC = var V_a / N_a + var V_b / N_b
    ECE = sum_bin N_bin / N | share of A in the bin - mean D in the bin |,   bins of equally many pictures
    JS >= log 2 + E_all[ y log D + (1 - y) log (1 - D) ],   y = 1 for A,     in nats, from 0 to log 2

A calibrated classifier has an ECE over 0 by chance alone: each bin misses by about the root of
2 D (1 - D) / (pi N_bin). The bound of the Jensen-Shannon divergence is the loss of a GAN's discriminator:
sharp for the best D.

Sources: Sugiyama, Suzuki & Kanamori, Density Ratio Estimation in Machine Learning (2012), chapter 4;
Goodfellow et al., Generative Adversarial Nets (2014), section 4.1; Platt, Probabilistic Outputs for Support
Vector Machines (1999); Guo et al., On Calibration of Modern Neural Networks (2017); Kull, Silva Filho &
Flach, Beta Calibration (2017); DeLong, DeLong & Clarke-Pearson, Comparing the Areas under Two or More
Correlated ROC Curves (1988).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from latentlab.core.logistic import fit as fit_logistic

BINS = 10
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
# A classifier that knows nothing, or is worse than chance on a few pictures, keeps its order.
_LEAST_SLOPE = 1e-2
# Of squared slopes, beside N log likelihoods: just enough that one of many equal fits is taken.
_PENALTY = 1e-3


@dataclass(frozen=True)
class Bin:
    """Pictures of about the same D.

    Attributes:
        said: the mean of D, 0 to 1.
        found: the share of them that are of A.
        count: how many they are.
    """

    said: float
    found: float
    count: int


def reliability(f: Tensor, is_a: Tensor, bins: int = BINS) -> tuple[Bin, ...]:
    """What the classifier says against what is, in bins of equally many pictures, D rising.

    Args:
        f: log ratios (N,).
        is_a: bool (N,), which of them are of A.
        bins: the most bins; fewer where there are fewer pictures.
    """
    order = f.argsort(stable=True)
    d, y = torch.sigmoid(f.double())[order], is_a.double()[order]
    parts = torch.arange(len(f)).tensor_split(max(1, min(bins, len(f))))
    return tuple(Bin(float(d[part].mean()), float(y[part].mean()), len(part)) for part in parts if len(part))


def calibration_error(curve: Sequence[Bin]) -> float:
    """The expected calibration error of a reliability curve, 0 to 1."""
    total = sum(one.count for one in curve)
    return sum(one.count * abs(one.found - one.said) for one in curve) / max(1, total)


def calibration_error_by_chance(curve: Sequence[Bin]) -> float:
    """What it would be on average if each D were right, for there are only so many pictures in a bin."""
    total = sum(one.count for one in curve)
    missed = (
        one.count * math.sqrt(2.0 * one.said * (1.0 - one.said) / (math.pi * one.count)) for one in curve
    )
    return sum(missed) / max(1, total)


def platt(f: Tensor, is_a: Tensor) -> tuple[float, float]:
    """alpha and beta of Platt scaling; f (N,), bool (N,), some of each set.

    alpha is at least 0.01: f may say nothing, but never the reverse.
    """
    (slope,), offset = _fitted(f.double()[:, None], is_a)
    if slope < _LEAST_SLOPE:
        of_a = float(is_a.double().mean())
        return _LEAST_SLOPE, math.log(of_a / (1.0 - of_a)) - _LEAST_SLOPE * float(f.double().mean())
    return slope, offset


@dataclass(frozen=True)
class Calibration:
    """Beta calibration: the slopes for f far below 0 and far above it, and what is added, in nats."""

    low: float
    high: float
    offset: float

    def __call__(self, f: Tensor) -> Tensor:
        """Calibrated log ratios (N,) of others, in their type."""
        low, high = _ends(f)
        return (self.low * low + self.high * high + self.offset).to(f.dtype)


def calibration(f: Tensor, is_a: Tensor) -> Calibration:
    """Of log ratios (N,), bool (N,), some of each set. An end at which f tells nothing has the slope 0."""
    ends = torch.stack(_ends(f), 1)
    (low, high), offset = _fitted(ends, is_a)
    if low < 0.0 <= high:
        (high,), offset = _fitted(ends[:, 1:], is_a)
        low = 0.0
    elif high < 0.0 <= low:
        (low,), offset = _fitted(ends[:, :1], is_a)
        high = 0.0
    if min(low, high) < 0.0:
        slope, offset = platt(f, is_a)
        return Calibration(slope, slope, offset)
    return Calibration(low, high, offset)


def _ends(f: Tensor) -> tuple[Tensor, Tensor]:
    """log D and -log (1 - D), float64, which are f where that is far below 0, and far above it."""
    f = f.double()
    return -functional.softplus(-f), functional.softplus(f)


def _fitted(x: Tensor, is_a: Tensor) -> tuple[list[float], float]:
    """Slopes and offset of the logit that suits labels best; float64 (N, K), bool (N,)."""
    y = is_a.double()
    of_a, of_b = float(y.sum()), float((1.0 - y).sum())
    target = torch.where(is_a, (of_a + 1.0) / (of_a + 2.0), 1.0 / (of_b + 2.0)).double()
    fitted = fit_logistic(x, target[:, None], 1, exclusive=False, penalty=_PENALTY)
    slopes = fitted.weight[0] / fitted.scale
    return slopes.tolist(), float(fitted.bias - slopes @ fitted.mean)


def auc_error(f: Tensor, is_a: Tensor) -> float:
    """The standard error of the AUC by DeLong's placements; f (N,), bool (N,). NaN with fewer than 2 of a
    set.
    """
    a, b = f.double()[is_a].sort().values, f.double()[~is_a].sort().values
    if min(len(a), len(b)) < 2:
        return math.nan
    below = _share_below(a, b)
    above = 1.0 - _share_below(b, a)
    return math.sqrt(float(below.var()) / len(a) + float(above.var()) / len(b))


def _share_below(of: Tensor, among: Tensor) -> Tensor:
    """For each, the share of some sorted numbers that lie below it, equal ones counted half; (N,), (M,) ->
    (N,).
    """
    less, most = torch.searchsorted(among, of), torch.searchsorted(among, of, right=True)
    return (less + most).double() / (2.0 * len(among))


def jensen_shannon_bound(f: Tensor, is_a: Tensor) -> float:
    """A lower bound of the Jensen-Shannon divergence, in nats: 0 where the sets are alike, at most log 2."""
    loss = functional.binary_cross_entropy_with_logits(f.double(), is_a.double())
    return min(math.log(2.0), max(0.0, math.log(2.0) - float(loss)))


def quantiles(f: Tensor, at: Sequence[float] = QUANTILES) -> tuple[float, ...]:
    """Quantiles of log ratios (N,)."""
    return tuple(f.double().quantile(torch.tensor(at, dtype=torch.float64)).tolist())


def correlation(one: Tensor, other: Tensor) -> float:
    """Pearson's correlation of two rows of numbers (N,); NaN where one does not vary."""
    pair = torch.stack([one.double(), other.double()])
    pair = pair - pair.mean(1, keepdim=True)
    lengths = pair.norm(dim=1)
    return float((pair[0] @ pair[1]) / lengths.prod()) if float(lengths.min()) > 0.0 else math.nan
