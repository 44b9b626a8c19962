"""Priors over a latent space: draws, log densities, and maps to N(0, I).

    p(z)      a density over the D numbers of a latent space, in nats
    z = T(u)  where there is such a map: u ~ N(0, I) becomes z ~ p(z), and T^-1 takes it back

T is what a grid of equal prior mass, and the picture of a prior's contours, are made with: their places are
known for N(0, I) and carried over. N(0, I) itself is the prior whose T leaves everything as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from latentlab.core import gaussian


@runtime_checkable
class Prior(Protocol):
    """A density over a latent space of `dimensions` numbers."""

    @property
    def dimensions(self) -> int:
        """D."""

    @property
    def formula(self) -> str:
        """Its name, in one line, such as "N(0, I)"."""

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """z ~ p(z); -> (count, D) float32 on the generator's device; a smaller count gives the first of
        them.
        """

    def log_density(self, z: Tensor) -> Tensor:
        """log p(z) in nats, -inf outside its support; (..., D) -> (...)."""


@runtime_checkable
class FromNormal(Prior, Protocol):
    """A prior that is the image of N(0, I) under an invertible map."""

    def from_normal(self, u: Tensor) -> Tensor:
        """T: maps draws of N(0, I) to draws of this prior; (..., D) -> (..., D)."""

    def to_normal(self, z: Tensor) -> Tensor:
        """T^-1; (..., D) -> (..., D)."""


@runtime_checkable
class Projects(Prior, Protocol):
    """A prior whose marginals on lines and planes are known."""

    def projected(self, directions: Tensor) -> FromNormal:
        """The density of A z for the rows of A (d, D), which are independent."""

    def highest(self) -> Tensor:
        """A place of high density, such as the mode; (D,)."""


class StandardNormal:
    """N(0, I)."""

    formula = "N(0, I)"

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """z ~ N(0, I); -> (count, D)."""
        device = "cpu" if generator is None else generator.device
        return gaussian.steady_noise(torch.empty(count, self.dimensions, device=device), generator)

    def log_density(self, z: Tensor) -> Tensor:
        """log N(z; 0, I); (..., D) -> (...)."""
        return gaussian.standard_log_density(z)

    def from_normal(self, u: Tensor) -> Tensor:
        """u itself."""
        return u

    def to_normal(self, z: Tensor) -> Tensor:
        """z itself."""
        return z


class Uniform:
    """U[-1, 1]^D; T(u) = 2 Phi(u) - 1 in each dimension."""

    formula = "U[−1, 1]"

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """z ~ U[-1, 1]^D; -> (count, D)."""
        device = "cpu" if generator is None else generator.device
        # The image of normal draws, of which a smaller count gives the first.
        u = gaussian.steady_noise(torch.empty(count, self.dimensions, device=device), generator)
        return self.from_normal(u)

    def log_density(self, z: Tensor) -> Tensor:
        """-D log 2 inside, -inf outside; (..., D) -> (...)."""
        inside = (z.abs() <= 1.0).all(-1)
        height = torch.full(inside.shape, -self.dimensions * math.log(2.0), dtype=z.dtype, device=z.device)
        return height.masked_fill(~inside, -torch.inf)

    def from_normal(self, u: Tensor) -> Tensor:
        """2 Phi(u) - 1; (..., D) -> (..., D)."""
        z: Tensor = 2.0 * torch.special.ndtr(u) - 1.0
        return z

    def to_normal(self, z: Tensor) -> Tensor:
        """Phi^-1((z + 1) / 2), finite at the edges and beyond; (..., D) -> (..., D)."""
        edge = 1.0 - 1e-6
        u: Tensor = torch.special.ndtri(0.5 * (z.clamp(-edge, edge) + 1.0))
        return u


def is_standard(prior: Prior) -> bool:
    """Whether it is N(0, I), for which closed forms exist."""
    return isinstance(prior, StandardNormal)


def kl_from(
    mean: Tensor,
    log_variance: Tensor,
    prior: Prior,
    generator: torch.Generator | None = None,
    draws: int = 64,
) -> Tensor:
    """KL(N(mean, diag exp(log_variance)) || p(z)) in nats; (B, D) each -> (B,).

    In closed form for N(0, I); for another prior the mean of log q(z) - log p(z) over draws of q. Infinite
    where q is a point.
    """
    if is_standard(prior):
        return gaussian.kl_to_standard(mean, log_variance)
    points = torch.isneginf(log_variance).any(-1)
    log_variance = log_variance.masked_fill(points.unsqueeze(-1), 0.0)
    many = (draws, *mean.shape)
    z = gaussian.reparameterise(mean.expand(many), log_variance.expand(many), generator)
    found = (gaussian.log_density(z, mean, log_variance) - prior.log_density(z)).mean(0)
    return found.masked_fill(points, torch.inf)


def log_density_at(prior: Prior, z: Sequence[float]) -> float:
    """log p(z) in nats of one point given as plain numbers; for N(0, I) without making a tensor."""
    if is_standard(prior):
        return gaussian.standard_log_density_at(z)
    return float(prior.log_density(torch.tensor([tuple(z)]))[0])
