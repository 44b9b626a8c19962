"""The rungs of the ladder from logs of weights: means, groups of K, independent runs, and their errors."""

from __future__ import annotations

import math

from torch import Tensor

from latentlab.engine.inference.ladder import IMPORTANCE, Estimate, Ladder

_RUNS = 10


def with_draws(log_w: Tensor, log_p: Tensor, kl: float) -> Ladder:
    """What draws of q say: log of w = p(x|z) p(z) / q(z|x) and of p(x|z) of each, (N,), and KL(q || p)."""
    elbo = mean_of(log_w)
    return Ladder(
        elbo=elbo,
        reconstruction=Estimate(elbo.value + kl, elbo.error, elbo.draws),
        kl=kl,
        importance={k: grouped(log_w, k) for k in IMPORTANCE if k <= len(log_w)},
        posterior_average=grouped(log_p, len(log_p)),
        effective_draws=float(1.0 / log_w.softmax(0).square().sum()),
    )


def runs_of(values: Tensor) -> list[Tensor]:
    """The draws in equal parts, one after another."""
    each = len(values) // _RUNS
    return list(values[: each * _RUNS].split(each)) if each else []


def mean_of(values: Tensor) -> Estimate:
    """The mean of values (N,), with its standard error."""
    error = float(values.std()) / math.sqrt(len(values)) if len(values) > 1 else math.inf
    return Estimate(float(values.mean()), error, len(values))


def grouped(values: Tensor, k: int) -> Estimate:
    """The mean over groups of k of log 1/k sum exp; of a single group with the error of its mean."""
    groups = values[: len(values) // k * k].view(-1, k)
    each = groups.logsumexp(1) - math.log(k)
    if len(each) > 1:
        return Estimate(float(each.mean()), float(each.std()) / math.sqrt(len(each)), groups.numel())
    # Of log of a mean: the relative error of the mean.
    shares = (values - values.max()).exp()
    error = float(shares.std() / shares.mean()) / math.sqrt(len(shares)) if len(shares) > 1 else math.inf
    return Estimate(float(each[0]), error, len(values))
