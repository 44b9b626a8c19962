"""The components of a mixture: Gaussians over D numbers, and the two steps of EM for each form of covariance.

    diagonal   C_j = diag S_j,                    no variance below the floor
    full       C_j = S_j,                         no eigenvalue below the floor
    low rank   C_j = W_j W_j^T + s_j^2 I,         see `latentlab.core.low_rank`

S_j is the covariance of the pictures, each counted by its responsibility. Everything that a step needs is a
sum over pictures, so that a pass may go through them in any pieces.

In many dimensions hardly any picture has more than two components that answer for it. `roughly` finds them in
single precision; `log_density_of` is exact, for the pictures of one component.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

from latentlab.core.gaussian import LOG_2PI

Sums = dict[str, Tensor]
# Responsibilities below this are left out of products: r log r is less than rounding.
NOTHING = 1e-12
# Less than this of all pictures is none: then a component keeps its place.
LEAST_COUNT = 1e-10
# From this share of the responsibilities on, products of all are quicker than of some.
_MANY = 0.3


class Components(Protocol):
    """K Gaussians over D numbers. Frozen; a maximisation makes new ones."""

    @property
    def mean(self) -> Tensor:
        """(K, D)."""

    def log_densities(self, x: Tensor) -> Tensor:
        """log N_j(x), (B, D) -> (B, K), in nats."""

    def log_density_of(self, j: int, x: Tensor) -> Tensor:
        """log N_j(x) of one component, (B, D) -> (B,), in nats."""

    def roughly(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """log N_j(x) in single precision, (B, D) -> (B, K), and how large the numbers were whose difference
        it is, (B, 1).
        """

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """What an M step needs of pictures (B, D) with responsibilities (B, K): sums over them."""

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Components:
        """The M step from such sums over all pictures; no variance is below `floor`."""

    def draw(self, component: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A draw of each of these components, (N,) -> (N, D)."""


def answering(r: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Each component j, and the pictures that it answers for, (n,); r (B, K), above 0 where it does."""
    found = r.T > NOTHING
    counts = found.sum(1).tolist()
    yield from enumerate(found.nonzero()[:, 1].split(counts))


def normal(shape: tuple[int, ...] | torch.Size, like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Normal numbers of this shape, drawn where the generator is."""
    device = like.device if generator is None else generator.device
    return torch.randn(shape, generator=generator, device=device).to(like)


def means_of(sums: Mapping[str, Tensor], before: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """N_j (K, 1), not 0; the new means; and which components have pictures, (K,)."""
    count = sums["count"]
    live = count > LEAST_COUNT
    count = count.clamp(min=LEAST_COUNT).unsqueeze(-1)
    return count, torch.where(live.unsqueeze(-1), sums["sum"] / count, before), live


@dataclass(frozen=True, eq=False)
class Diagonal:
    """C_j = diag(variance_j); mean and variance (K, D)."""

    mean: Tensor
    variance: Tensor

    def log_densities(self, x: Tensor) -> Tensor:
        """See `Components`."""
        precision = self.variance.reciprocal()
        # About the mean of the means, or the squares would cancel.
        middle = self.mean.mean(0)
        x, mean = x - middle, self.mean - middle
        squares = (
            x.square() @ precision.T - 2.0 * x @ (mean * precision).T + (mean.square() * precision).sum(1)
        )
        return -0.5 * (squares.clamp(min=0.0) + self._constant)

    def log_density_of(self, j: int, x: Tensor) -> Tensor:
        """See `Components`."""
        squares = (x - self.mean[j]).square() @ self.variance[j].reciprocal()
        return -0.5 * (squares + self._constant[j])

    def roughly(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See `Components`."""
        middle, weights, offsets = self._single
        x = x.float().sub_(middle)
        own, size = x.square() @ weights[0], x @ weights[1]
        return -0.5 * (own - 2.0 * size + offsets), (own + offsets.abs()).amax(1, keepdim=True)

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """See `Components`."""
        if float((r > NOTHING).float().mean()) > _MANY:
            return {"count": r.sum(0), "sum": r.T @ x, "squares": r.T @ x.square()}
        sums, squares = torch.zeros_like(self.mean), torch.zeros_like(self.mean)
        for j, some in answering(r):
            rows, shares = x[some], r[some, j]
            sums[j], squares[j] = shares @ rows, shares @ rows.square()
        return {"count": r.sum(0), "sum": sums, "squares": squares}

    @cached_property
    def _constant(self) -> Tensor:
        return self.variance.log().sum(1) + self.mean.shape[1] * LOG_2PI

    @cached_property
    def _single(self) -> tuple[Tensor, Tensor, Tensor]:
        """The middle of the means; 1/v and mu/v (2, D, K); what is left (K,); in single precision."""
        middle, precision = self.mean.mean(0), self.variance.reciprocal()
        mean = self.mean - middle
        weights = torch.stack([precision.T, (mean * precision).T])
        return middle.float(), weights.float(), ((mean.square() * precision).sum(1) + self._constant).float()

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Diagonal:
        """See `Components`."""
        count, mean, live = means_of(sums, self.mean)
        variance = (sums["squares"] / count - mean.square()).clamp(min=floor)
        return Diagonal(mean, torch.where(live.unsqueeze(-1), variance, self.variance))

    def draw(self, component: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """See `Components`."""
        mean = self.mean[component]
        drawn: Tensor = mean + self.variance[component].sqrt() * normal(mean.shape, mean, generator)
        return drawn


@dataclass(frozen=True, eq=False)
class Full:
    """C_j = covariance_j; mean (K, D), covariance (K, D, D)."""

    mean: Tensor
    covariance: Tensor

    def log_densities(self, x: Tensor) -> Tensor:
        """See `Components`."""
        return torch.stack([self.log_density_of(j, x) for j in range(len(self.mean))], 1)

    def log_density_of(self, j: int, x: Tensor) -> Tensor:
        """See `Components`."""
        whitened = torch.linalg.solve_triangular(self._roots[j], (x - self.mean[j]).T, upper=False)
        found: Tensor = -0.5 * (whitened.square().sum(0) + self._constant[j])
        return found

    def roughly(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See `Components`."""
        mean, whitening, largest = self._single
        x = x.float()
        squares = torch.stack(
            [((x - mu) @ w).square().sum(1) for mu, w in zip(mean, whitening, strict=True)], 1
        )
        size = largest * (x - mean.mean(0)).square().sum(1, keepdim=True)
        return -0.5 * (squares + self._constant.float()), size

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """See `Components`."""
        sums, products = torch.zeros_like(self.mean), torch.zeros_like(self.covariance)
        for j, some in answering(r):
            rows, shares = x[some], r[some, j]
            sums[j], products[j] = shares @ rows, (rows * shares.unsqueeze(-1)).T @ rows
        return {"count": r.sum(0), "sum": sums, "products": products}

    @cached_property
    def _roots(self) -> Tensor:
        """L with L L^T = C, (K, D, D)."""
        found: Tensor = torch.linalg.cholesky(self.covariance)
        return found

    @cached_property
    def _constant(self) -> Tensor:
        return 2.0 * self._roots.diagonal(dim1=1, dim2=2).log().sum(1) + self.mean.shape[1] * LOG_2PI

    @cached_property
    def _single(self) -> tuple[Tensor, Tensor, float]:
        """The means; L^-T, with which rows are whitened; its largest column, squared; in single precision."""
        identity = torch.eye(self.mean.shape[1], dtype=self.mean.dtype, device=self.mean.device)
        inverse = torch.linalg.solve_triangular(self._roots, identity.expand_as(self._roots), upper=False)
        return self.mean.float(), inverse.mT.float().contiguous(), float(inverse.square().sum(2).max())

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Full:
        """See `Components`."""
        count, mean, live = means_of(sums, self.mean)
        covariance = self.covariance.clone()
        for j in live.nonzero().flatten().tolist():
            scatter = sums["products"][j] / count[j] - torch.outer(mean[j], mean[j])
            values, vectors = torch.linalg.eigh((scatter + scatter.T) / 2.0)
            covariance[j] = (vectors * values.clamp(min=floor)) @ vectors.T
        return Full(mean, covariance)

    def draw(self, component: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """See `Components`."""
        mean: Tensor = self.mean[component]
        roots = self._roots[component]
        drawn: Tensor = mean + (roots @ normal(mean.shape, mean, generator).unsqueeze(-1)).squeeze(-1)
        return drawn
