"""Fits a mixture of full Gaussians to rows of few numbers by EM, until held-out rows are no more likely.

    log p(held out)   the mean over rows that EM is not shown; it rises, and falls once noise is learnt

EM begins with k-means from k-means++ places. The passes go on until the held-out rows have gained less than
a tolerance for some passes in a row; the mixture of the pass that was best for them is the result. E and M
steps: see `latentlab.core.mixture`. A component of few rows would learn them by heart: each is lent D rows
more, spread as the rows within all components are, and a floor is added,

    C_j = (N_j S_j + D W) / (N_j + D) + floor I,      W = sum_l N_l S_l / N

which is, but for the floor, a mode under an inverse Wishart prior with D degrees of freedom about W.

Source: Ghosh et al., From Variational to Deterministic Autoencoders (2020), section 4, for mixtures fitted
to the codes of a trained autoencoder ("ex-post density estimation").
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core.latent_mixture import LatentMixture
from latentlab.core.mixture import Full, Mixture, Sums, k_means, plus_plus

PASSES = 200
# nats a row that the held-out rows must gain, and passes without that before it ends.
_TOLERANCE, _PATIENCE = 5e-3, 5
# Of the rows' mean variance: less than this is no variance.
_FLOOR = 1e-4
# Rows that k-means begins with, and its starts.
_STARTED_FROM, _STARTS = 20_000, 3
# Numbers of the table of rows, components and dimensions that is held at once.
_NUMBERS = 2**23
# Responsibilities below this are left out of products.
_NOTHING = 1e-6


@dataclass(frozen=True, eq=False)
class FitPass:
    """A pass of EM.

    Attributes:
        mixture: the best so far for the held-out rows.
        components, number: K, and the number of the pass, from 1.
        log_p: of a row that EM is shown, before the pass; `held_out`: of a held-out row, by `mixture`.
        done: whether it is the last.
    """

    mixture: Mixture
    components: int
    number: int
    log_p: float
    held_out: float
    done: bool


def fit(
    rows: Tensor,
    held_out: Tensor,
    components: int,
    draw: torch.Generator,
    *,
    passes: int = PASSES,
    lent: float = 1.0,
) -> Iterator[FitPass]:
    """Passes of EM over rows (B, D) float64, judged by others (B', D); at least as many rows as components.

    `lent` D rows more are given to each component; 0 for none.

    Raises:
        ValueError: for fewer rows.
    """
    if len(rows) < components:
        raise ValueError(f"{len(rows)} rows for {components} components")
    floor = _FLOOR * max(float(rows.var(0, correction=0).mean()), 1e-12)
    known = _begun(rows, components, draw, floor)
    best, best_held_out, since = known, -math.inf, 0
    for number in range(1, passes + 1):
        sums, total = _expected(known, rows)
        log_p = total / len(rows)
        known = _maximised(known, sums, floor, lent * rows.shape[1])
        judged = mean_log_density(known, held_out)
        since = 0 if judged > best_held_out + _TOLERANCE else since + 1
        if judged > best_held_out:
            best, best_held_out = known, judged
        done = since >= _PATIENCE or number == passes
        yield FitPass(best, components, number, log_p, best_held_out, done)
        if done:
            return


def mean_log_density(known: Mixture, rows: Tensor) -> float:
    """The mean of log p over rows (B, D), in nats."""
    quick = _quick(known)
    found = [quick.joint(some.float()).logsumexp(1).double() for some in _pieces(known, rows)]
    return float(torch.cat(found).mean())


def _quick(known: Mixture) -> LatentMixture:
    """The same in float32, with roots."""
    assert isinstance(known.components, Full)
    root = torch.linalg.cholesky(known.components.covariance)
    return LatentMixture(known.weights.float(), known.components.mean.float(), root.float())


def _pieces(known: Mixture, rows: Tensor) -> tuple[Tensor, ...]:
    pieces: tuple[Tensor, ...] = rows.split(max(1, _NUMBERS // known.components.mean.numel()))
    return pieces


def _expected(known: Mixture, rows: Tensor) -> tuple[Sums, float]:
    """The E step: sums for the M step, and that of log p. In float32, five times as fast; sums in float64."""
    assert isinstance(known.components, Full)
    quick = _quick(known)
    sums = {
        "count": torch.zeros_like(known.weights),
        "sum": torch.zeros_like(known.components.mean),
        "products": torch.zeros_like(known.components.covariance),
    }
    total = 0.0
    for some in _pieces(known, rows):
        joint = quick.joint(some.float())
        log_p = joint.logsumexp(1, keepdim=True)
        r = (joint - log_p).exp().to(rows.dtype)
        total += float(log_p.double().sum())
        sums["count"] += r.sum(0)
        sums["sum"] += r.T @ some
        for j, shares in enumerate(r.T):
            few = shares > _NOTHING
            own = some[few]
            sums["products"][j] += (own * shares[few].unsqueeze(-1)).T @ own
    return sums, total


def _maximised(known: Mixture, sums: Sums, floor: float, lent: float) -> Mixture:
    """The M step, with so many rows more in each covariance; a component without rows keeps its place."""
    assert isinstance(known.components, Full)
    count = sums["count"]
    live = count > _NOTHING
    held = count.clamp(min=_NOTHING).unsqueeze(1)
    mean = torch.where(live.unsqueeze(1), sums["sum"] / held, known.components.mean)
    own = sums["products"] / held.unsqueeze(2) - mean.unsqueeze(2) * mean.unsqueeze(1)
    own = torch.where(live.view(-1, 1, 1), own, known.components.covariance)
    weights = count / count.sum()
    within = (weights.view(-1, 1, 1) * own).sum(0)
    covariance = torch.lerp(within.expand_as(own), own, (count / (count + lent)).view(-1, 1, 1))
    # Rounding may leave a variance below 0 where rows hardly spread.
    covariance.diagonal(dim1=1, dim2=2).add_(floor)
    return Mixture(weights, Full(mean, covariance))


def _begun(rows: Tensor, components: int, draw: torch.Generator, floor: float) -> Mixture:
    """A Gaussian for each group of k-means, of the best of some starts."""
    some = rows
    if len(rows) > _STARTED_FROM:
        some = rows[torch.randperm(len(rows), generator=draw)[:_STARTED_FROM]]
    tried = (k_means(some, plus_plus(some, components, draw)) for _ in range(_STARTS))
    centres, near, _ = min(tried, key=lambda one: one[2])
    members = torch.nn.functional.one_hot(near, components).to(rows.dtype)
    # Half of the spread is that within all groups together: a group of few rows says nothing of most
    # directions.
    within = some - centres[near]
    pooled = within.T @ within / len(some)
    pooled.diagonal().clamp_(min=floor)
    start = Full(centres, pooled.expand(components, -1, -1).clone())
    found = start.maximised(start.sums(some, members), floor)
    weights = (members.sum(0) + 1.0) / (len(some) + components)
    return Mixture(weights, Full(found.mean, 0.5 * (found.covariance + start.covariance)))
