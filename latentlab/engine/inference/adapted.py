"""The wide proposal for log p(x) that a population starts from: the encoder's q, a wider q, and the prior.

    m_1 = 0.25 N(mu, sigma^2) + 0.15 N(mu, 9 sigma^2) + 0.6 p(z)

q alone misses a mode of the posterior that the encoder does not know of; the prior reaches everything, so the
mixture is defensive in the sense of Owen & Zhou (2000): no draw weighs more than p(x|z) over its share.

A narrow mode far out, where the prior hardly goes, is still found by luck alone. For one or two latents half
of the prior's share goes to hints: cells of the decoded plane, chosen by p(x, z) at their middles raised to a
power at which many of them count, and z anywhere in the cell.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.population import Population, population, tempered
from latentlab.core.quadrature import Cells
from latentlab.models.priors import FromNormal, Prior
from latentlab.models.terms import Posterior

# Its shares, and by what q's log variances are raised.
_PARTS = ((0.25, 0.0), (0.15, math.log(9.0)))
# The share of hints, and how many cells count for them.
_HINTED, _HINTS = 0.3, 300.0
# Rounds in which the proposal learns, and how many more there may be.
_ROUNDS, _AGAIN = 6, 3


@dataclass(frozen=True, eq=False)
class Hints:
    """A density that is constant in each of the equal cells of a grid.

    Attributes:
        low, side: the corner of the grid and the sides of a cell, (D,) float64.
        log_share: log of the share of each cell, of as many along each axis, the last axis fastest; (N,).
    """

    low: Tensor
    side: Tensor
    log_share: Tensor

    @classmethod
    def of(cls, cells: Cells, low: Tensor) -> Hints:
        """From all equal cells of a grid with log p(x, z) at their middles."""
        return cls(low, cells.side[0], tempered(cells.value, _HINTS).log())

    @property
    def count(self) -> int:
        """Cells along an axis."""
        return round(math.pow(len(self.log_share), 1.0 / len(self.low)))

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """z, (count, D)."""
        chosen = torch.multinomial(self.log_share.exp(), count, replacement=True, generator=generator)
        places = torch.stack(torch.unravel_index(chosen, (self.count,) * len(self.low)), 1) + torch.rand(
            count, len(self.low), generator=generator, dtype=torch.float64
        )
        return self.low + self.side * places

    def log_density(self, z: Tensor) -> Tensor:
        """(N, D) -> (N,); -inf outside of the grid."""
        place = ((z - self.low) / self.side).floor().long()
        inside = ((place >= 0) & (place < self.count)).all(1)
        number = torch.zeros(len(z), dtype=torch.long)
        for axis in place.clamp(0, self.count - 1).unbind(1):
            number = number * self.count + axis
        return torch.where(inside, self.log_share[number] - self.side.log().sum(), -torch.inf)


@dataclass(frozen=True, eq=False)
class Wide:
    """m_1; mean and log variance (D,) of q in float64."""

    mean: Tensor
    log_variance: Tensor
    prior: Prior
    hints: Hints | None = None

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """z, (count, D) in float64."""
        drawn = []
        for share, raised in _PARTS:
            noise = torch.randn(
                round(share * count), len(self.mean), generator=generator, dtype=torch.float64
            )
            drawn.append(self.mean + torch.exp(0.5 * (self.log_variance + raised)) * noise)
        if self.hints is not None:
            drawn.append(self.hints.draw(round(_HINTED * count), generator))
        rest = count - sum(map(len, drawn))
        return torch.cat([*drawn, _spread(self.prior, rest, generator)])

    def log_density(self, z: Tensor) -> Tensor:
        """(N, D) -> (N,), in nats."""
        parts = [
            math.log(share) + gaussian.log_density(z, self.mean, self.log_variance + raised)
            for share, raised in _PARTS
        ]
        left = 1.0 - sum(share for share, _ in _PARTS)
        if self.hints is not None:
            parts.append(math.log(_HINTED) + self.hints.log_density(z))
            left -= _HINTED
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
    posterior: Posterior, prior: Prior, count: int, generator: torch.Generator, hints: Hints | None = None
) -> Generator[Tensor, Tensor, Population]:
    """`count` draws by a proposal that learns: yields z (N, D), is sent log p(x, z) there, (N,) float64."""
    # With hints there is nothing that more draws would not find.
    again = 0 if hints is None else _AGAIN
    mean, log_variance = (one[0].double().cpu() for one in (posterior.mean, posterior.log_variance))
    return (yield from population(Wide(mean, log_variance, prior, hints), count, _ROUNDS, generator, again))
