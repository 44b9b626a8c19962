"""Mixtures of Gaussians, and the two steps of EM that fit them.

    p(x) = sum_j pi_j N(x; mu_j, C_j)             log p(x) = logsumexp_j ( log pi_j + log N_j(x) )
    E:  r_ij = pi_j N_j(x_i) / sum_l pi_l N_l(x_i)
    M:  N_j = sum_i r_ij,  pi_j = N_j / N,  mu_j = sum_i r_ij x_i / N_j,
        S_j = sum_i r_ij (x_i - mu_j)(x_i - mu_j)^T / N_j

    diagonal   C_j = diag S_j,                    no variance below the floor
    full       C_j = S_j,                         no eigenvalue below the floor
    low rank   C_j = W_j W_j^T + s_j^2 I,         W_j: D x Q; one inner EM step a pass, M = W^T W + s^2 I:
               W' = S W (s^2 I + M^-1 W^T S W)^-1,   s'^2 = tr(S - S W M^-1 W'^T) / D

Each M step maximises, or in the case of low rank raises, the expected log-likelihood of the same
responsibilities, and so log p of the data never falls from one pass to the next. With a floor the maximum is
taken among the covariances that keep it. A component without pictures keeps its place and its weight is 0.

Everything a step needs is a sum over pictures, so that a pass may go through them in any pieces. S is never
made for low rank: S_j W_j is sum_i r_ij x_i (x_i^T W_j) / N_j - mu_j mu_j^T W_j.

Sources: Dempster, Laird & Rubin (1977); Tipping & Bishop, Mixtures of Probabilistic Principal Component
Analysers (1999), appendix C.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from latentlab.core.gaussian import LOG_2PI

Sums = dict[str, Tensor]
# Responsibilities below this are left out of products: r log r is less than rounding.
_NOTHING = 1e-12
# Less than this of all pictures is none: then a component keeps its place.
_LEAST_COUNT = 1e-10


class Components(Protocol):
    """K Gaussians over D numbers. Frozen; a maximisation makes new ones."""

    @property
    def mean(self) -> Tensor:
        """(K, D)."""

    def log_densities(self, x: Tensor) -> Tensor:
        """log N_j(x), (B, D) -> (B, K), in nats."""

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """What an M step needs of pictures (B, D) with responsibilities (B, K): sums over them."""

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Components:
        """The M step from such sums over all pictures; no variance is below `floor`."""

    def draw(self, component: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A draw of each of these components, (N,) -> (N, D)."""


def _counted(x: Tensor, r: Tensor) -> Sums:
    return {"count": r.sum(0), "sum": r.T @ x}


def _means(sums: Mapping[str, Tensor], before: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """N_j (K, 1), not 0; the new means; and which components have pictures, (K,)."""
    count = sums["count"]
    live = count > _LEAST_COUNT
    count = count.clamp(min=_LEAST_COUNT).unsqueeze(-1)
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
        constant = self.variance.log().sum(1) + self.mean.shape[1] * LOG_2PI
        return -0.5 * (squares.clamp(min=0.0) + constant)

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """See `Components`."""
        return {**_counted(x, r), "squares": r.T @ x.square()}

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Diagonal:
        """See `Components`."""
        count, mean, live = _means(sums, self.mean)
        variance = (sums["squares"] / count - mean.square()).clamp(min=floor)
        return Diagonal(mean, torch.where(live.unsqueeze(-1), variance, self.variance))

    def draw(self, component: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """See `Components`."""
        mean = self.mean[component]
        drawn: Tensor = mean + self.variance[component].sqrt() * _noise(mean.shape, mean, generator)
        return drawn


@dataclass(frozen=True, eq=False)
class Full:
    """C_j = covariance_j; mean (K, D), covariance (K, D, D)."""

    mean: Tensor
    covariance: Tensor

    def log_densities(self, x: Tensor) -> Tensor:
        """See `Components`."""
        found = []
        for mean, root in zip(self.mean, torch.linalg.cholesky(self.covariance), strict=True):
            whitened = torch.linalg.solve_triangular(root, (x - mean).T, upper=False)
            log_determinant = 2.0 * root.diagonal().log().sum()
            found.append(-0.5 * (whitened.square().sum(0) + log_determinant + len(mean) * LOG_2PI))
        return torch.stack(found, 1)

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """See `Components`."""
        products = torch.zeros_like(self.covariance)
        for j, shares in enumerate(r.T):
            some = shares > _NOTHING
            rows = x[some]
            products[j] = (rows * shares[some].unsqueeze(-1)).T @ rows
        return {**_counted(x, r), "products": products}

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Full:
        """See `Components`."""
        count, mean, live = _means(sums, self.mean)
        covariance = self.covariance.clone()
        for j in live.nonzero().flatten().tolist():
            scatter = sums["products"][j] / count[j] - torch.outer(mean[j], mean[j])
            values, vectors = torch.linalg.eigh((scatter + scatter.T) / 2.0)
            covariance[j] = (vectors * values.clamp(min=floor)) @ vectors.T
        return Full(mean, covariance)

    def draw(self, component: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """See `Components`."""
        mean: Tensor = self.mean[component]
        roots = torch.linalg.cholesky(self.covariance)[component]
        drawn: Tensor = mean + (roots @ _noise(mean.shape, mean, generator).unsqueeze(-1)).squeeze(-1)
        return drawn


@dataclass(frozen=True, eq=False)
class LowRank:
    """C_j = W_j W_j^T + s_j^2 I; mean (K, D), factors W (K, D, Q), noise s^2 (K,)."""

    mean: Tensor
    factors: Tensor
    noise: Tensor

    def log_densities(self, x: Tensor) -> Tensor:
        """See `Components`."""
        numbers = self.mean.shape[1]
        # |V^T (x - mu)|^2 = d^T W M^-1 W^T d with V = W L^-T, L L^T = M.
        root = torch.linalg.cholesky(self._inner())
        whitened = torch.linalg.solve_triangular(root, self.factors.mT, upper=False)
        middle = self.mean.mean(0)
        x, mean = x - middle, self.mean - middle
        offsets = torch.einsum("kqd,kd->kq", whitened, mean)
        along = ((x @ whitened.flatten(0, 1).T).unflatten(1, offsets.shape) - offsets).square().sum(-1)
        whole = x.square().sum(1, keepdim=True) - 2.0 * x @ mean.T + mean.square().sum(1)
        ranks = self.factors.shape[2]
        log_determinant = (
            2.0 * root.diagonal(dim1=1, dim2=2).log().sum(1) + (numbers - ranks) * self.noise.log()
        )
        found: Tensor = -0.5 * (
            (whole - along).clamp(min=0.0) / self.noise + log_determinant + numbers * LOG_2PI
        )
        return found

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """See `Components`."""
        turned = torch.zeros_like(self.factors)
        for j, shares in enumerate(r.T):
            some = shares > _NOTHING
            rows = x[some]
            turned[j] = (rows * shares[some].unsqueeze(-1)).T @ (rows @ self.factors[j])
        return {**_counted(x, r), "turned": turned, "squares": r.T @ x.square().sum(1)}

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> LowRank:
        """See `Components`."""
        count, mean, live = _means(sums, self.mean)
        w, numbers = self.factors, self.mean.shape[1]
        turned = sums["turned"] / count.unsqueeze(-1) - mean.unsqueeze(-1) * (mean.unsqueeze(1) @ w)
        total = (sums["squares"].unsqueeze(-1) / count).squeeze(-1) - mean.square().sum(1)
        inner = self._inner()
        noise = self.noise.view(-1, 1, 1) * torch.eye(w.shape[2], dtype=w.dtype, device=w.device)
        factors = turned @ torch.linalg.inv(noise + torch.linalg.solve(inner, w.mT @ turned))
        explained = (torch.linalg.solve(inner, turned.mT).mT * factors).sum((1, 2))
        left = ((total - explained) / numbers).clamp(min=floor)
        return LowRank(
            mean,
            torch.where(live.view(-1, 1, 1), factors, w),
            torch.where(live, left, self.noise),
        )

    def draw(self, component: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """See `Components`."""
        mean, w = self.mean[component], self.factors[component]
        u = _noise((len(mean), w.shape[2]), mean, generator)
        noise = self.noise[component].sqrt().unsqueeze(-1) * _noise(mean.shape, mean, generator)
        drawn: Tensor = mean + (w @ u.unsqueeze(-1)).squeeze(-1) + noise
        return drawn

    def _inner(self) -> Tensor:
        """M = W^T W + s^2 I, (K, Q, Q)."""
        w = self.factors
        identity = torch.eye(w.shape[2], dtype=w.dtype, device=w.device)
        return w.mT @ w + self.noise.view(-1, 1, 1) * identity


@dataclass(frozen=True, eq=False)
class Mixture:
    """Weights pi (K,), and the components."""

    weights: Tensor
    components: Components

    def joint(self, x: Tensor, among: Tensor | None = None) -> Tensor:
        """log pi_j + log N_j(x), (B, D) -> (B, K); -inf for components that are not `among` (B, K)."""
        found = self.components.log_densities(x) + self.weights.log()
        return found if among is None else found.masked_fill(~among, -torch.inf)

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) in nats, (B, D) -> (B,)."""
        return self.joint(x).logsumexp(1)

    def responsibilities(self, x: Tensor) -> Tensor:
        """p(j|x), (B, D) -> (B, K)."""
        return self.joint(x).softmax(1)

    def expected(self, x: Tensor, among: Tensor | None = None) -> Sums:
        """The E step over pictures (B, D): sums for `maximised`, and that of log p(x)."""
        joint = self.joint(x, among)
        log_p = joint.logsumexp(1, keepdim=True)
        sums = self.components.sums(x, (joint - log_p).exp())
        return {**sums, "log_p": log_p.sum(), "pictures": log_p.new_tensor(float(len(x)))}

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Mixture:
        """The M step from sums over all pictures."""
        return replace(
            self,
            weights=sums["count"] / sums["count"].sum().clamp(min=_LEAST_COUNT),
            components=self.components.maximised(sums, floor),
        )

    def draw(
        self, count: int, generator: torch.Generator | None = None, weights: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """`count` draws (N, D) and their components (N,); `weights` (K,) or (N, K) in place of pi."""
        weights = self.weights if weights is None else weights
        if weights.dim() == 1:
            # Torch draws a single number differently from the first of two.
            j = torch.multinomial(weights, max(2, count), replacement=True, generator=generator)[:count]
        else:
            j = torch.multinomial(weights, 1, generator=generator).squeeze(1)
        return self.components.draw(j, generator), j


def _noise(shape: tuple[int, ...] | torch.Size, like: Tensor, generator: torch.Generator | None) -> Tensor:
    device = like.device if generator is None else generator.device
    return torch.randn(shape, generator=generator, device=device).to(like)


def plus_plus(x: Tensor, count: int, generator: torch.Generator | None = None) -> Tensor:
    """Starting places for k-means, (count, D): each a row of x (B, D), likely if far from those before.

    Source: Arthur & Vassilvitskii, k-means++ (2007).
    """
    if not len(x):
        raise ValueError("no rows to start from")
    chosen = [int(torch.randint(len(x), (1,), generator=generator))]
    nearest = torch.full((len(x),), math.inf, dtype=x.dtype, device=x.device)
    for _ in range(count - 1):
        nearest = torch.minimum(nearest, (x - x[chosen[-1]]).square().sum(1))
        # All rows may lie on the places that are there: then any will do.
        chances = nearest if float(nearest.sum()) > 0.0 else torch.ones_like(nearest)
        chosen.append(int(torch.multinomial(chances, 1, generator=generator)))
    return x[chosen].clone()


def k_means(x: Tensor, centres: Tensor, rounds: int = 10) -> tuple[Tensor, Tensor, float]:
    """Lloyd's rounds: centres (K, D), the nearest of each row (B,), and the mean squared distance to it."""
    for _ in range(rounds):
        near = nearest_of(x, centres)[0]
        count = torch.bincount(near, minlength=len(centres)).to(x.dtype).unsqueeze(-1)
        sums = torch.zeros_like(centres).index_add_(0, near, x)
        moved = torch.where(count > 0, sums / count.clamp(min=1.0), centres)
        done = torch.equal(moved, centres)
        centres = moved
        if done:
            break
    near, squares = nearest_of(x, centres)
    return centres, near, float(squares.mean())


def nearest_of(x: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest centre of each row, (B,), and its squared distance (B,)."""
    squares = x.square().sum(1, keepdim=True) - 2.0 * x @ centres.T + centres.square().sum(1)
    least, near = squares.clamp(min=0.0).min(1)
    return near, least
