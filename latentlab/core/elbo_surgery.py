"""What the KL of an ELBO is spent on, and where a prior has holes.

    E_x KL(q(z|x) || p(z)) = I(x; z) + KL(q(z) || p(z)),      q(z) = 1/N sum_n q(z|x_n)
    I(x; z)                = E_x E_q(z|x)[ log q(z|x) - log q(z) ],  at most log N
    KL(q(z) || p(z))       = E_q(z)[ log q(z) - log p(z) ]
    holes                  = P_p[ p(z) > 10 q(z) ]: where the prior expects ten times as many codes

I is what the codes say about which picture it was: with N pictures it cannot say more than log N. The other
part is what the codes of all pictures together differ from the prior: a sampler that draws z ~ p(z) pays for
it with pictures out of holes, where no picture of the data lies and no decoder has learnt anything. In many
dimensions N codes leave gaps everywhere, and the share of holes is an upper bound.

Source: Hoffman & Johnson, ELBO surgery: yet another way to carve up the variational evidence lower bound
(2016).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.density import Mixture, aggregate

# How many times as many codes the prior expects in a hole as there are.
HOLE = 10.0
# A dimension is active if its mean varies over the pictures: Var_x( E_q[z_j] ) above this (Burda, Grosse &
# Salakhutdinov, Importance Weighted Autoencoders, 2016, section 5.1). One that is not has collapsed.
ACTIVE = 0.01
# Densities in one piece of the work: some milliseconds.
_TABLE = 2**19


@dataclass(frozen=True, eq=False)
class Surgery:
    """The parts of a mean KL, in nats with standard errors, and the share of the prior in holes.

    Attributes:
        information, information_error: I(x; z).
        marginal, marginal_error: KL(q(z) || p(z)); infinite where p(z) is 0 at a code.
        holes, holes_error: the share of draws of the prior in holes.
        examples: some draws of the prior in holes (n, D), the emptiest first.
        pictures, draws: N, and of how many draws each mean is taken.
    """

    information: float
    information_error: float
    marginal: float
    marginal_error: float
    holes: float
    holes_error: float
    examples: Tensor
    pictures: int
    draws: int

    @property
    def kl(self) -> float:
        """E_x KL(q(z|x) || p(z)) of the draws."""
        return self.information + self.marginal

    @property
    def saturated(self) -> bool:
        """Whether I(x; z) is as much as N pictures can show: more of them would show more."""
        return self.information > 0.95 * math.log(self.pictures)


def parts_of_kl(
    mean: Tensor,
    sigma: Tensor,
    log_prior_of: Callable[[Tensor], Tensor],
    prior_draws: Tensor,
    generator: torch.Generator,
    draws: int = 2000,
    examples: int = 32,
) -> Generator[None, None, Surgery]:
    """The parts of the mean KL of N posteriors (N, D), piece by piece; sigma above 0.

    Args:
        log_prior_of: log p(z), (M, D) -> (M,).
        prior_draws: z ~ p(z), (M, D).
        draws: from posteriors spread over the pictures.
        examples: most draws in holes to give.
    """
    mixture = aggregate(mean, sigma)
    owners = torch.arange(draws) % len(mean)
    if draws < len(mean):
        owners = torch.linspace(0, len(mean) - 1, draws).round().long()
    z = mixture.draws(owners, generator)
    whole = yield from _densities(mixture, z)
    at_prior = yield from _densities(mixture, prior_draws)
    own = gaussian.log_density(z.double(), mean[owners].double(), 2.0 * sigma[owners].double().log())
    information = own - whole
    marginal = whole - log_prior_of(z).double()
    lack = log_prior_of(prior_draws).double() - at_prior
    empty = lack > math.log(HOLE)
    share = float(empty.double().mean())
    order = lack.argsort(descending=True)[: min(examples, int(empty.sum()))]
    return Surgery(
        float(information.mean()),
        _error(information),
        float(marginal.mean()),
        _error(marginal),
        share,
        math.sqrt(share * (1.0 - share) / len(prior_draws)),
        prior_draws[order],
        len(mean),
        draws,
    )


def _densities(mixture: Mixture, points: Tensor) -> Generator[None, None, Tensor]:
    """log q at points (M, D) -> (M,), piece by piece."""
    piece = max(1, _TABLE // len(mixture))
    found = []
    for rows in _ranges(len(points), piece):
        found.append(mixture.log_density(points[rows]))
        yield
    return torch.cat(found)


def _ranges(count: int, piece: int) -> Iterator[slice]:
    for first in range(0, count, piece):
        yield slice(first, min(first + piece, count))


def _error(values: Tensor) -> float:
    """The standard error of a mean."""
    return float(values.std() / math.sqrt(len(values)))
