"""Fits a mixture of full Gaussians to rows of few numbers by EM, until held-out rows are no more likely.

    log p(held out)   the mean over rows that EM is not shown; it rises, and falls once noise is learnt

EM begins with k-means from k-means++ places. The passes go on until the held-out rows have gained less than
a tolerance for some passes in a row; the mixture of the pass that was best for them is the result. E and M
steps: see `latentlab.core.mixture`. No variance falls below a share of the rows' own. A component of few rows
would learn them by heart: each is given D rows more, spread as the rows within all components are,

    C_j = (N_j S_j + D W) / (N_j + D),      W = sum_l N_l S_l / N

which is the mode under an inverse Wishart prior about W (Bishop, section 9.4 and exercise 9.10, in kind).

Source: Ghosh et al., From Variational to Deterministic Autoencoders (2020), section 4, for mixtures fitted
to the codes of a trained autoencoder ("ex-post density estimation").
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from latentlab.core.mixture import Full, Mixture, k_means, plus_plus

PASSES = 200
# nats a row that the held-out rows must gain, and passes without that before it ends.
_TOLERANCE, _PATIENCE = 5e-3, 5
# Of the rows' mean variance: less than this is no variance.
_FLOOR = 1e-4
# Rows that k-means begins with, its starts, and rows of an E step at once.
_STARTED_FROM, _STARTS, _AT_ONCE = 20_000, 3, 8192


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
        sums = known.expected(rows[:0])
        for some in rows.split(_AT_ONCE):
            for name, found in known.expected(some).items():
                sums[name] = sums[name] + found
        log_p = float(sums["log_p"]) / len(rows)
        known = _steadied(known.maximised(sums, floor), sums["count"], lent * rows.shape[1])
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
    return sum(float(known.log_density(some).sum()) for some in rows.split(_AT_ONCE)) / max(1, len(rows))


def _steadied(known: Mixture, count: Tensor, lent: float) -> Mixture:
    """The mixture with so many rows more in each covariance, spread as those within all components."""
    assert isinstance(known.components, Full)
    own = known.components.covariance
    within = (known.weights.view(-1, 1, 1) * own).sum(0)
    shares = (count / (count + lent)).nan_to_num(1.0).view(-1, 1, 1)
    return replace(
        known, components=replace(known.components, covariance=torch.lerp(within.expand_as(own), own, shares))
    )


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
