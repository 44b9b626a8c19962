"""A mixture of full Gaussians over a latent space, by the Cholesky roots of its covariances.

    p(z) = sum_k pi_k N(z; m_k, L_k L_k^T)          e_k = L_k^-1 (z - m_k)
    log N_k = - 1/2 |e_k|^2 - sum_j log L_k,jj - D/2 log(2 pi)

A direction or a plane A (d x D) shows a mixture of Gaussians of its own, N(A m_k, A C_k A^T): the marginal.

Given z_1 .. z_(j-1), component k says z_j ~ N(m_kj + sum_(i<j) L_k,ji e_ki, L_k,jj^2), with a weight in
proportion to pi_k prod_(i<j) N_k(z_i | z_1 .. z_(i-1)). So the distribution function F_j of z_j given those
before is known, and

    z_j = F_j^-1( Phi(u_j) ; z_1 .. z_(j-1) ),   u ~ N(0, I)

maps N(0, I) to p(z), one dimension after the other; F_j is inverted by Newton's steps within an interval,
which is halved where they would leave it.

Sources: Rosenblatt, Remarks on a multivariate transformation (1952); Bishop, Pattern Recognition and Machine
Learning (2006), section 2.3, for conditionals and marginals of Gaussians.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from latentlab.core.gaussian import LOG_2PI, steady_noise

# Numbers of the table (points x components x dimensions) that is held at once.
_MOST_NUMBERS = 2**22
# The most steps of an inversion, as many as halvings find all digits of float64; mostly a tenth is needed.
_STEPS, _EXACT = 60, 1e-13
# A share of a cell in a cumulated sum may be rounded below 0 or above 1.
_LEAST = 1e-300


@dataclass(frozen=True, eq=False)
class LatentMixture:
    """Weights pi (K,), means m (K, D), lower roots L (K, D, D) with a positive diagonal; in float64."""

    weights: Tensor
    mean: Tensor
    root: Tensor

    @property
    def dimensions(self) -> int:
        """D."""
        return self.mean.shape[1]

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def formula(self) -> str:
        """What it is."""
        return f"mixture of {len(self)} Gaussians"

    def log_density(self, z: Tensor) -> Tensor:
        """log p(z) in nats; (..., D) -> (...)."""
        flat = z.reshape(-1, self.dimensions).to(self.mean.dtype)
        piece = max(1, _MOST_NUMBERS // self.mean.numel())
        found = [self.joint(some).logsumexp(1) for some in flat.split(piece)]
        whole: Tensor = torch.cat(found) if found else flat.sum(1)
        return whole.view(z.shape[:-1])

    def joint(self, z: Tensor) -> Tensor:
        """log pi_k + log N_k(z), (N, D) -> (N, K); the table of N x K x D numbers is held whole."""
        e = ((z - self._middle) @ self._whitening).unflatten(1, self.mean.shape) - self._whitened
        found: Tensor = self._constants - 0.5 * e.square().sum(-1)
        return found

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Draws (count, D); a smaller count gives the first of the same draws."""
        device = self.mean.device if generator is None else generator.device
        noise = steady_noise(
            torch.empty(count, 1 + self.dimensions, dtype=self.mean.dtype, device=device), generator
        ).to(self.mean.device)
        which = torch.special.ndtr(noise[:, 0])
        edges = self.weights.cumsum(0)
        # A component of weight 0 is never the first whose edge is beyond a number below 1.
        k = torch.searchsorted(edges, which * edges[-1], right=True).clamp(max=len(self) - 1)
        # In pieces, for each draw takes a root of its own.
        piece = max(1, _MOST_NUMBERS // self.dimensions**2)
        moved = [
            (self.root[which] @ e.unsqueeze(-1)).squeeze(-1)
            for which, e in zip(k.split(piece), noise[:, 1:].split(piece), strict=True)
        ]
        drawn: Tensor = self.mean[k] + torch.cat(moved)
        return drawn

    def projected(self, directions: Tensor) -> LatentMixture:
        """The mixture of A z, A (d, D) of independent rows: its marginal on a line or a plane."""
        directions = directions.to(self.mean)
        # C = (A L) (A L)^T, and A L = R^T Q^T: R^T is its root, up to signs.
        upper = torch.linalg.qr((directions @ self.root).mT).R
        signs = torch.where(upper.diagonal(dim1=1, dim2=2) < 0, -1.0, 1.0)
        root = (upper * signs.unsqueeze(-1)).mT
        return LatentMixture(self.weights, self.mean @ directions.T, root)

    def highest(self) -> Tensor:
        """The mean of a component at which the density is highest; (D,)."""
        return self.mean[self.log_density(self.mean).argmax()]

    def from_normal(self, u: Tensor) -> Tensor:
        """z of draws u of N(0, I); (N, D) -> (N, D) float64."""
        u = u.to(self.mean.dtype)
        steps = _Steps(self, len(u))
        for j in range(self.dimensions):
            middle, scale = steps.next()
            steps.take(_inverted(steps.shares, middle, scale, u[:, j]))
        return steps.z

    def to_normal(self, z: Tensor) -> Tensor:
        """u of points z; (N, D) -> (N, D) float64."""
        z = z.to(self.mean.dtype)
        steps, found = _Steps(self, len(z)), []
        for j in range(self.dimensions):
            middle, scale = steps.next()
            e = (z[:, j : j + 1] - middle) / scale
            below, above = _cumulated(steps.shares, e), _cumulated(steps.shares, -e)
            # Near 1 a distribution function has lost the digits that 1 less it has.
            found.append(torch.where(below < above, torch.special.ndtri(below), -torch.special.ndtri(above)))
            steps.take(z[:, j])
        return torch.stack(found, 1)

    @cached_property
    def _middle(self) -> Tensor:
        # About it, the products below cancel least.
        middle: Tensor = self.weights @ self.mean / self.weights.sum()
        return middle

    @cached_property
    def _inverse(self) -> Tensor:
        one = torch.eye(self.dimensions, dtype=self.mean.dtype, device=self.mean.device)
        inverse: Tensor = torch.linalg.solve_triangular(self.root, one.expand_as(self.root), upper=False)
        return inverse

    @cached_property
    def _whitening(self) -> Tensor:
        """L_k^-T of all components side by side, (D, K D)."""
        return self._inverse.permute(2, 0, 1).flatten(1).contiguous()

    @cached_property
    def _whitened(self) -> Tensor:
        """L_k^-1 m_k, (K, D)."""
        found: Tensor = (self._inverse @ (self.mean - self._middle).unsqueeze(-1)).squeeze(-1)
        return found

    @cached_property
    def _constants(self) -> Tensor:
        sizes = self.root.diagonal(dim1=1, dim2=2).log().sum(1)
        return self.weights.log() - sizes - 0.5 * self.dimensions * LOG_2PI


class _Steps:
    """Goes through the dimensions of N points: what each component says of the next, given those before."""

    def __init__(self, known: LatentMixture, count: int) -> None:
        self._known = known
        self._log_shares = known.weights.log().expand(count, -1)
        self._e = known.mean.new_zeros(count, len(known), known.dimensions)
        self._at = 0
        self.z = known.mean.new_zeros(count, known.dimensions)

    @property
    def shares(self) -> Tensor:
        """The components' weights given the numbers so far, (N, K)."""
        return self._log_shares.softmax(1)

    def next(self) -> tuple[Tensor, Tensor]:
        """Mean (N, K) and standard deviation (K,) of the next number by each component."""
        j = self._at
        before = torch.einsum("nki,ki->nk", self._e[:, :, :j], self._known.root[:, j, :j])
        self._middle = self._known.mean[:, j] + before
        self._scale = self._known.root[:, j, j]
        return self._middle, self._scale

    def take(self, z: Tensor) -> None:
        """Sets the next number of each point, (N,)."""
        e = (z.unsqueeze(-1) - self._middle) / self._scale
        self._e[:, :, self._at], self.z[:, self._at] = e, z
        self._log_shares = self._log_shares - 0.5 * e.square() - self._scale.log()
        self._at += 1


def _phi(e: Tensor) -> Tensor:
    """Phi, with its digits where it is small, which torch's own loses there."""
    share: Tensor = 0.5 * torch.special.erfc(-math.sqrt(0.5) * e)
    return share


def _cumulated(shares: Tensor, e: Tensor) -> Tensor:
    """sum_k w_k Phi(e_k), above 0; (N, K) each -> (N,)."""
    return (shares * _phi(e)).sum(1).clamp(min=_LEAST)


def _inverted(shares: Tensor, middle: Tensor, scale: Tensor, u: Tensor) -> Tensor:
    """z with sum_k w_k Phi((z - m_k) / s_k) = Phi(u); (N, K), (N, K), (K,), (N,) -> (N,)."""
    # In the half where the numbers are small: 1 - Phi(u) = Phi(-u).
    sign = torch.where(u > 0, -1.0, 1.0).to(u.dtype)
    wanted = _phi(sign * u)
    # Where the component that lies lowest has its own quantile, all are below theirs.
    own = middle + scale * u.unsqueeze(-1)
    own = own.masked_fill(shares <= 0.0, torch.nan)
    low = own.nan_to_num(torch.inf).min(1).values
    high = own.nan_to_num(-torch.inf).max(1).values
    at = 0.5 * (low + high)
    for _ in range(_STEPS):
        e = (at.unsqueeze(-1) - middle) / scale
        error = sign * (_cumulated(shares, sign.unsqueeze(-1) * e) - wanted)
        slope = (shares * torch.exp(-0.5 * e.square()) / scale).sum(1) / math.sqrt(2.0 * math.pi)
        low, high = torch.where(error < 0, at, low), torch.where(error < 0, high, at)
        newton = at - error / slope
        # In a gap between components the slope is next to nothing.
        inside = (newton > low) & (newton < high)
        moved = torch.where(inside, newton, 0.5 * (low + high))
        done = bool(((moved - at).abs() <= _EXACT * (1.0 + at.abs())).all())
        at = moved
        if done:
            break
    return at
