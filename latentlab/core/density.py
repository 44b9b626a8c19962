"""The density of encoded data: the aggregate posterior, in the latent space and projected on a plane.

    q(z)    = 1/N sum_n N(z; mu_n, diag sigma_n^2)
    q_-n(z) = the same of all but the n-th, for z ~ N(mu_n, diag sigma_n^2): what the others say of it

A plane with orthonormal directions a and b shows u = a . z and v = b . z. What it shows of a Gaussian is a
Gaussian, so that

    q(u, v) = 1/N sum_n N( (u, v); (a . mu_n, b . mu_n), C_n )
    C_n     = [ a . sigma_n^2 a   a . sigma_n^2 b ]
              [ a . sigma_n^2 b   b . sigma_n^2 b ]

which is the density of z projected: the marginal of q(z), in which everything before and behind the plane
counts. The prior N(0, I) becomes a standard normal. Of a model with two dimensions, seen along them, the
plane shows q(z) itself.

Where rho_n = C_12 / sqrt(C_11 C_22) is not 0, u and v are taken apart into what they share and what each has
of its own,

    (u, v) = mean + (sqrt(1 - |rho|) e_1 sqrt(C_11),  sqrt(1 - |rho|) e_2 sqrt(C_22))
                  + (sqrt(|rho|) w sqrt(C_11),  +- sqrt(|rho|) w sqrt(C_22)),        e_1, e_2, w ~ N(0, 1)

and w runs over the nodes of a Gauss-Hermite quadrature. Every Gaussian then lies along the axes, and the
density on a grid is one product of matrices, without a distance for each cell and picture:

    q(u_i, v_j) = sum_k w_k N(u_i; m_k1, s_k1^2) N(v_j; m_k2, s_k2^2)

It costs (columns + rows) x N exponentials instead of columns x rows x N. The nodes are as many as leave no
more than 2 % of a Gaussian's peak as error, up to |rho| = 0.8.

Sources: Hoffman & Johnson, ELBO surgery (2016) for q(z); Abramowitz & Stegun (1964), 25.4.46, for the nodes;
Scott, Multivariate Density Estimation (1992), for the width of a kernel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from latentlab.core.gaussian import LOG_2PI

# Up to this |rho|, so many nodes are enough.
_NODES = ((0.01, 1), (0.2, 3), (0.4, 5), (0.6, 9), (1.0, 25))
# For larger correlations the nodes would be visible as separate peaks.
_MOST_SHARED = 0.9
_REACH = 8.0


@dataclass(frozen=True, eq=False)
class Mixture:
    """K axis-aligned Gaussians of N pictures.

    Attributes:
        mean, sigma: (K, D); sigma above 0.
        weight: (K,), all together 1.
        owner: int64 (K,), the picture that each belongs to, 0 to N - 1.
    """

    mean: Tensor
    sigma: Tensor
    weight: Tensor
    owner: Tensor

    def __len__(self) -> int:
        return len(self.mean)

    def log_density(self, points: Tensor, without: Tensor | None = None) -> Tensor:
        """log q in nats; points (M, D) -> float64 (M,).

        The table of M x K densities is held whole: mind M.

        Args:
            points: where.
            without: int64 (M,), the picture that is left out of the mixture for each point.
        """
        points = points.double() - self._middle
        constant, factors = self._expanded
        table = torch.addmm(constant, torch.cat([points.square(), points], -1), factors)
        if without is None:
            return torch.logsumexp(table, -1)
        own = self.owner == without.unsqueeze(-1)
        rest = 1.0 - (own * self.weight).sum(-1)
        return torch.logsumexp(table.masked_fill(own, -math.inf), -1) - torch.log(rest)

    def draws(self, owners: Tensor, generator: torch.Generator) -> Tensor:
        """One z ~ q(z|x) for each of these pictures (M,), -> (M, D); only where each has a single
        Gaussian.
        """
        noise = torch.randn(len(owners), self.mean.shape[1], generator=generator, dtype=self.mean.dtype)
        return self.mean[owners] + self.sigma[owners] * noise

    @cached_property
    def _middle(self) -> Tensor:
        # Centred here, squares of the means cancel least.
        return self.mean.double().mean(0)

    @cached_property
    def _expanded(self) -> tuple[Tensor, Tensor]:
        """-|z - mu|^2 / (2 sigma^2) as a product of matrices: constants (K,), factors (2 D, K) of z^2 and z.

        The factors lie in memory as the product reads them, which makes it twenty times as fast.
        """
        mean, precision = self.mean.double() - self._middle, self.sigma.double().square().reciprocal()
        constant = self.weight.double().log() - 0.5 * LOG_2PI * mean.shape[1] + 0.5 * precision.log().sum(-1)
        factors = torch.cat([-0.5 * precision, mean * precision], -1).T.contiguous()
        return constant - 0.5 * (mean.square() * precision).sum(-1), factors


def aggregate(mean: Tensor, sigma: Tensor) -> Mixture:
    """q(z) of N posteriors, (N, D) each; sigma above 0."""
    count = len(mean)
    return Mixture(mean, sigma, mean.new_full((count,), 1.0 / count), torch.arange(count))


def in_plane(mean: Tensor, sigma: Tensor, across: Tensor, up: Tensor) -> Mixture:
    """q(u, v): the projection of N posteriors (N, D) on the plane of the directions `across` and `up` (D,).

    With `up` zero, for a latent space of one dimension, it is the one-dimensional q(u).
    """
    variance = sigma.square()
    wide = variance @ across.square()
    if not bool(up.any()):
        return aggregate((mean @ across).unsqueeze(-1), wide.sqrt().unsqueeze(-1))
    high, both = variance @ up.square(), variance @ (across * up)
    middle = torch.stack([mean @ across, mean @ up], -1)
    spread = torch.stack([wide, high], -1).sqrt()
    rho = (both / spread.prod(-1)).clamp(-_MOST_SHARED, _MOST_SHARED)
    return _taken_apart(middle, spread, rho)


def joined(parts: Sequence[Mixture], counts: Sequence[int]) -> Mixture:
    """One mixture of several, each of so many pictures, which are renumbered consecutively."""
    total, first = sum(counts), 0
    owners = []
    for part, count in zip(parts, counts, strict=True):
        owners.append(part.owner + first)
        first += count
    return Mixture(
        torch.cat([part.mean for part in parts]),
        torch.cat([part.sigma for part in parts]),
        torch.cat([part.weight * (count / total) for part, count in zip(parts, counts, strict=True)]),
        torch.cat(owners),
    )


def _taken_apart(mean: Tensor, sigma: Tensor, rho: Tensor) -> Mixture:
    """Gaussians (N, 2) with correlations rho (N,), as axis-aligned Gaussians."""
    parts: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []
    below = -1.0
    for limit, count in _NODES:
        some = ((rho.abs() > below) & (rho.abs() <= limit)).nonzero().squeeze(-1)
        below = limit
        if len(some) == 0:
            continue
        quadrature = np.polynomial.hermite_e.hermegauss(count)
        nodes, weights = (torch.from_numpy(array).to(mean) for array in quadrature)
        middle, spread, shared = mean[some], sigma[some], rho[some].unsqueeze(-1)
        # With a single node nothing is shared, and each keeps its whole width.
        part = shared.abs() if count > 1 else torch.zeros_like(shared)
        reach = part.sqrt() * spread * torch.cat([torch.ones_like(shared), shared.sign()], -1)
        placed = middle.unsqueeze(1) + nodes.view(1, -1, 1) * reach.unsqueeze(1)
        own = ((1.0 - part).sqrt() * spread).unsqueeze(1).expand_as(placed)
        shares = (weights / weights.sum() / len(mean)).expand(len(some), -1)
        owners = some.unsqueeze(-1).expand(-1, count)
        parts.append((placed.flatten(0, 1), own.flatten(0, 1), shares.flatten(), owners.flatten()))
    placed, own, shares, owners = (torch.cat(column) for column in zip(*parts, strict=True))
    return Mixture(placed, own, shares, owners)


def near(mixture: Mixture, low: Tensor, high: Tensor) -> Mixture:
    """Those that reach into a box from `low` to `high` (D,): without those more than 8 sigma away.

    What is left out adds less than exp(-32) of a peak. There may be none left.
    """
    beside = torch.maximum(low - mixture.mean, mixture.mean - high) / mixture.sigma
    some = (beside < _REACH).all(-1)
    return Mixture(mixture.mean[some], mixture.sigma[some], mixture.weight[some], mixture.owner[some])


def add_to_grid(density: Tensor, some: slice, mixture: Mixture, across: Tensor, up: Tensor) -> None:
    """Adds the density of some of a plane's Gaussians to a grid (rows, columns), lowest row first.

    A Gaussian narrower than half a cell is widened to that, or it might fall between two points. float32 is
    enough: nothing cancels. Values below 1e-38 are lost.

    Args:
        density: float32 (rows, columns), added to in place.
        some: which of the Gaussians.
        mixture: of one dimension or two; of one, all rows are alike.
        across, up: evenly spaced places of the columns and the rows.
    """
    weight = mixture.weight[some]
    columns = _bells(across, mixture.mean[some, 0], mixture.sigma[some, 0])
    if mixture.mean.shape[1] == 1:
        density += weight @ columns
        return
    rows = _bells(up, mixture.mean[some, 1], mixture.sigma[some, 1])
    density.addmm_((rows * weight.unsqueeze(-1)).T, columns)


def _bells(places: Tensor, mean: Tensor, sigma: Tensor) -> Tensor:
    """N(x_i; mean_k, sigma_k^2) -> (k, i)."""
    cell = float(places[1] - places[0]) if len(places) > 1 else 0.0
    inverse = sigma.clamp(min=0.5 * cell).reciprocal().unsqueeze(-1)
    steps = (places - mean.unsqueeze(-1)) * inverse
    bells: Tensor = torch.exp(-0.5 * steps.square_())
    bells *= (2.0 * math.pi) ** -0.5 * inverse
    return bells


def kernel_width(mean: Tensor) -> Tensor:
    """Scott's rule for N points (N, D): h_j = s_j N^(-1/(D + 4)) -> (D,).

    For encoders that give points without posteriors. Above 0, even where nothing spreads.
    """
    count, dimensions = mean.shape
    spread = mean.std(0, correction=0)
    spread = spread.clamp(min=1e-3 * max(float(spread.max()), 1e-6))
    widths: Tensor = spread * float(count) ** (-1.0 / (dimensions + 4))
    return widths
