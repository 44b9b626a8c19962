"""The wide proposal for log p(x) that a population starts from: the encoder's q, a wider q, and the prior.

    m_1 = 0.25 N(mu, sigma^2) + 0.15 N(mu, 9 sigma^2) + 0.6 p(z)

q alone misses a mode of the posterior that the encoder does not know of; the prior reaches everything, so
the mixture is defensive in the sense of Owen & Zhou (2000): no draw weighs more than p(x|z) / 0.6.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.population import Population, population
from latentlab.models.priors import FromNormal, Prior
from latentlab.models.terms import Posterior

# Its shares, and by what q's log variances are raised.
_PARTS = ((0.25, 0.0), (0.15, math.log(9.0)))
# Rounds in which the proposal learns.
_ROUNDS = 6


@dataclass(frozen=True, eq=False)
class Wide:
    """m_1; mean and log variance (D,) of q in float64."""

    mean: Tensor
    log_variance: Tensor
    prior: Prior

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """z, (count, D) in float64."""
        drawn = []
        for share, raised in _PARTS:
            noise = torch.randn(
                round(share * count), len(self.mean), generator=generator, dtype=torch.float64
            )
            drawn.append(self.mean + torch.exp(0.5 * (self.log_variance + raised)) * noise)
        rest = count - sum(map(len, drawn))
        return torch.cat([*drawn, _spread(self.prior, rest, generator)])

    def log_density(self, z: Tensor) -> Tensor:
        """(N, D) -> (N,), in nats."""
        parts = [
            math.log(share) + gaussian.log_density(z, self.mean, self.log_variance + raised)
            for share, raised in _PARTS
        ]
        left = 1.0 - sum(share for share, _ in _PARTS)
        parts.append(math.log(left) + self.prior.log_density(z.float()).double())
        return torch.stack(parts).logsumexp(0)


def _spread(prior: Prior, count: int, generator: torch.Generator) -> Tensor:
    """Draws of a prior, (count, D): of a scrambled Sobol sequence, which leaves no gaps, where it can be."""
    if not isinstance(prior, FromNormal):
        return prior.draw(count, generator).double().cpu()
    seed = int(torch.randint(2**31, (1,), generator=generator))
    sobol = torch.quasirandom.SobolEngine(prior.dimensions, scramble=True, seed=seed)
    # Never 0 or 1, whose quantiles are infinite.
    u = torch.special.ndtri(sobol.draw(count, dtype=torch.float64).clamp(1e-9, 1.0 - 1e-9))
    return prior.from_normal(u.float()).double()


def adapted(
    posterior: Posterior, prior: Prior, count: int, generator: torch.Generator
) -> Generator[Tensor, Tensor, Population]:
    """`count` draws by a proposal that learns: yields z (N, D), is sent log p(x, z) there, (N,) float64."""
    mean, log_variance = (one[0].double().cpu() for one in (posterior.mean, posterior.log_variance))
    return (yield from population(Wide(mean, log_variance, prior), count, _ROUNDS, generator))
