"""Importance sampling by a proposal that learns where the mass is.

    Z = integral f(z) dz  ~=  1/N sum_i  f(z_i) / m_T(z_i),    z_i ~ m_T

In rounds: the first draws come from a wide mixture m_1, and each next m_t is fitted to the weighted draws
so far, by EM with full covariances. A share of the draws stays with m_1, so that nothing that it reaches is
ever lost. To fit, all draws are weighed by the mixture of all rounds, m = sum_t n_t / N m_t (the balance
heuristic), as if each had come from any of them: a draw that an early, poor proposal made by luck in the
right place is then not worth thousands of others. The estimate is of the draws from the last proposal
alone, which owes nothing to them: so it has the right mean, and its log is a lower bound of log Z on
average.

Sources: Cappé, Guillin, Marin & Robert, Population Monte Carlo (2004); Owen & Zhou, Safe and Effective
Importance Sampling (2000), defensive mixtures and deterministic weights; Cornuet, Marin, Mira & Robert,
Adaptive Multiple Importance Sampling (2012).
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from latentlab.core.mixture import Full, Mixture, nearest_of, plus_plus

# The share of a fitted proposal that stays with the first, wide one.
DEFENCE = 0.25
# What a component of the fit is fitted to, at least: so many equal draws for each of its dimensions.
_DRAWS_PER_DIMENSION = 10.0
_MOST_COMPONENTS, _PASSES = 12, 8
# After the first round the draws count, by a power of their weights, as so large a share of them; after each
# next half of that: so that places are looked at that a few poor draws only hint at.
_SPREAD = 0.3
# The share of all draws that come from the wide proposal alone.
_FIRST = 0.35
# A component's variances are made larger than those of the draws that it is fitted to, for tails must be
# reached; at first by much, for what is there may lie beside what was found.
_WIDER, _WIDEST = 1.3, 9.0
_LEAST_VARIANCE = 1e-8
# Of how many equal draws the last ones should be worth.
ENOUGH = 200.0


class Proposal(Protocol):
    """What draws come from."""

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """z, (count, D) in float64."""

    def log_density(self, z: Tensor) -> Tensor:
        """(N, D) -> (N,), in nats."""


@dataclass(frozen=True)
class Defended:
    """(1 - DEFENCE) fitted + DEFENCE wide."""

    fitted: Mixture
    wide: Proposal

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """See `Proposal`."""
        few = max(1, round(DEFENCE * count))
        many = self.fitted.draw(count - few, generator)[0]
        return torch.cat([many, self.wide.draw(few, generator)])

    def log_density(self, z: Tensor) -> Tensor:
        """See `Proposal`."""
        return torch.logaddexp(
            math.log1p(-DEFENCE) + self.fitted.log_density(z), math.log(DEFENCE) + self.wide.log_density(z)
        )


@dataclass(frozen=True, eq=False)
class Population:
    """Draws z (N, D) and log f / m of each (N,); `spent` counts those too that were learnt from."""

    z: Tensor
    log_weight: Tensor
    spent: int = 0

    @property
    def log_integral(self) -> float:
        """log of the estimate of Z."""
        return float(self.log_weight.logsumexp(0)) - math.log(len(self.z))

    @property
    def error(self) -> float:
        """Its standard error, as that of the mean of the weights: in nats, while it is small."""
        shares = (self.log_weight - self.log_weight.max()).exp()
        return float(shares.std() / shares.mean()) / math.sqrt(len(shares))

    @property
    def effective_draws(self) -> float:
        """(sum w)^2 / sum w^2: of how many equal draws they are worth."""
        return 1.0 / float(self.log_weight.softmax(0).square().sum())


def population(
    wide: Proposal, count: int, rounds: int, generator: torch.Generator, again: int = 4
) -> Generator[Tensor, Tensor, Population]:
    """`count` draws, the first half in rounds: yields z (N, D) and is sent log f there, float64 (N,).

    The population is of the second half alone. If it is worth less than `ENOUGH` equal draws, it is
    one more round, and another half is drawn, up to `again` times.
    """
    shares = [_FIRST, *[(0.5 - _FIRST) / (rounds - 1)] * (rounds - 1)]
    counts = [*(round(share * count) for share in shares), *[count // 2] * (1 + again)]
    proposals: list[Proposal] = []
    z, log_f, log_m = torch.zeros(0), torch.zeros(0), torch.zeros(0, 0)
    proposal = wide
    for turn, size in enumerate(counts):
        drawn = proposal.draw(size, generator)
        found = yield drawn
        if turn >= rounds:
            last = Population(drawn, found - proposal.log_density(drawn), len(z) + len(drawn))
            if last.effective_draws >= ENOUGH or turn + 1 == len(counts):
                return last
        proposals.append(proposal)
        # What is new: the old draws under the new proposal, and the new ones under all.
        of_new = torch.stack([one.log_density(drawn) for one in proposals])
        if turn:
            of_old = torch.cat([log_m, proposal.log_density(z).unsqueeze(0)])
            z, log_f = torch.cat([z, drawn]), torch.cat([log_f, found])
            log_m = torch.cat([of_old, of_new], 1)
        else:
            z, log_f, log_m = drawn, found, of_new
        so_far = torch.tensor(counts[: turn + 1], dtype=torch.float64) / len(z)
        log_weight = log_f - (log_m + so_far.log().unsqueeze(1)).logsumexp(0)
        ease = 0.5**turn
        found_there = fitted(z, log_weight, generator, _SPREAD * len(z) * ease, max(_WIDER, _WIDEST * ease))
        proposal = Defended(found_there, wide)
    raise AssertionError("the last round returns")


def fitted(
    z: Tensor, log_weight: Tensor, generator: torch.Generator, worth: float = 0.0, wider: float = 1.0
) -> Mixture:
    """A mixture of Gaussians with full covariances for weighted draws (N, D).

    Where they are worth less than `worth` equal draws, to their weights raised to a power at which they are;
    the covariances are then made `wider`.
    """
    dimensions = z.shape[1]
    weight = tempered(log_weight, max(worth, _DRAWS_PER_DIMENSION * (dimensions + 1)))
    worth = 1.0 / float(weight.square().sum())
    most = int(worth / (_DRAWS_PER_DIMENSION * (dimensions + 1)))
    components = max(1, min(_MOST_COMPONENTS, most))
    # Draws of no weight would only take time.
    counts = weight > 1e-9
    z, weight = z[counts], weight[counts] / weight[counts].sum()
    start = z[torch.multinomial(weight, 400, replacement=True, generator=generator)]
    near = nearest_of(z, plus_plus(start, components, generator))[0]
    r = torch.nn.functional.one_hot(near, components).to(z)
    # As if each component had seen some draws more, spread as within all: it never shrinks to a few of them.
    more = 1.0 / worth
    identity = torch.eye(dimensions, dtype=z.dtype)
    for _ in range(_PASSES):
        shares = r * weight.unsqueeze(1)
        mass = shares.sum(0).clamp(min=1e-12)
        mean = (shares.T @ z) / mass.unsqueeze(1)
        apart = z.unsqueeze(1) - mean
        scatter = torch.einsum("nk,nkd,nke->kde", shares, apart, apart)
        covariance = (scatter + more * scatter.sum(0)) / (mass + more).view(-1, 1, 1)
        covariance = covariance + _LEAST_VARIANCE * identity
        mixture = Mixture(mass / mass.sum(), Full(mean, covariance))
        r = mixture.responsibilities(z)
    return Mixture(mixture.weights, Full(mean, wider * covariance))


def tempered(log_weight: Tensor, least: float) -> Tensor:
    """Weights raised to the largest power up to 1 at which they are worth so many equal draws, (N,)."""
    least = min(least, 0.5 * len(log_weight))
    low, high, power = 0.0, 1.0, 1.0
    for _ in range(30):
        if 1.0 / float((power * log_weight).softmax(0).square().sum()) >= least:
            low = power
            if power == 1.0:
                break
        else:
            high = power
        power = 0.5 * (low + high)
    return (low * log_weight).softmax(0)
