"""Components of low rank: a probabilistic PCA each.

    C_j = W_j W_j^T + s_j^2 I,    W_j: D x Q,    M = W^T W + s^2 I
    one inner EM step a pass:   W' = S W (s^2 I + M^-1 W^T S W)^-1,    s'^2 = tr(S - S W M^-1 W'^T) / D

S_j, the covariance of the pictures by their responsibilities, is never made: S_j W_j is
sum_i r_ij x_i (x_i^T W_j) / N_j - mu_j mu_j^T W_j.

Source: Tipping & Bishop, Mixtures of Probabilistic Principal Component Analysers (1999), appendix C.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from latentlab.core.components import Sums, answering, means_of, normal
from latentlab.core.gaussian import LOG_2PI


@dataclass(frozen=True, eq=False)
class LowRank:
    """C_j = W_j W_j^T + s_j^2 I; mean (K, D), factors W (K, D, Q), noise s^2 (K,)."""

    mean: Tensor
    factors: Tensor
    noise: Tensor

    def log_densities(self, x: Tensor) -> Tensor:
        """See `Components`."""
        middle = self.mean.mean(0)
        x, mean = x - middle, self.mean - middle
        offsets = torch.einsum("kqd,kd->kq", self._whitened, mean)
        along = (x @ self._whitened.flatten(0, 1).T).unflatten(1, offsets.shape) - offsets
        whole = x.square().sum(1, keepdim=True) - 2.0 * x @ mean.T + mean.square().sum(1)
        left = (whole - along.square().sum(-1)).clamp(min=0.0)
        found: Tensor = -0.5 * (left / self.noise + self._constant)
        return found

    def log_density_of(self, j: int, x: Tensor) -> Tensor:
        """See `Components`."""
        x = x - self.mean[j]
        along = (x @ self._whitened[j].T).square().sum(1)
        left = (x.square().sum(1) - along).clamp(min=0.0)
        return -0.5 * (left / self.noise[j] + self._constant[j])

    def roughly(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See `Components`."""
        middle, whitened, offsets, mean, noise = self._single
        x = x.float().sub_(middle)
        along = (x @ whitened).unflatten(1, offsets.shape).sub_(offsets).square_().sum(-1)
        own = x.square().sum(1, keepdim=True)
        squares = mean.square().sum(1)
        left = own - 2.0 * x @ mean.T + squares - along
        size = (own + squares.max()) / noise.min()
        return -0.5 * (left / noise + self._constant.float()), size

    def sums(self, x: Tensor, r: Tensor) -> Sums:
        """See `Components`."""
        sums, turned = torch.zeros_like(self.mean), torch.zeros_like(self.factors)
        squares = torch.zeros_like(self.noise)
        for j, some in answering(r):
            rows, shares = x[some], r[some, j]
            sums[j], squares[j] = shares @ rows, shares @ rows.square().sum(1)
            turned[j] = rows.T @ ((rows @ self.factors[j]) * shares.unsqueeze(-1))
        return {"count": r.sum(0), "sum": sums, "turned": turned, "squares": squares}

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> LowRank:
        """See `Components`."""
        count, mean, live = means_of(sums, self.mean)
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
        u = normal((len(mean), w.shape[2]), mean, generator)
        noise = self.noise[component].sqrt().unsqueeze(-1) * normal(mean.shape, mean, generator)
        drawn: Tensor = mean + (w @ u.unsqueeze(-1)).squeeze(-1) + noise
        return drawn

    def _inner(self) -> Tensor:
        """M = W^T W + s^2 I, (K, Q, Q)."""
        w = self.factors
        identity = torch.eye(w.shape[2], dtype=w.dtype, device=w.device)
        return w.mT @ w + self.noise.view(-1, 1, 1) * identity

    @cached_property
    def _root(self) -> Tensor:
        """L with L L^T = M, (K, Q, Q)."""
        found: Tensor = torch.linalg.cholesky(self._inner())
        return found

    @cached_property
    def _whitened(self) -> Tensor:
        """L^-1 W^T, (K, Q, D): |L^-1 W^T d|^2 = d^T W M^-1 W^T d."""
        found: Tensor = torch.linalg.solve_triangular(self._root, self.factors.mT, upper=False)
        return found

    @cached_property
    def _constant(self) -> Tensor:
        numbers, ranks = self.factors.shape[1:]
        log_determinant = 2.0 * self._root.diagonal(dim1=1, dim2=2).log().sum(1)
        return log_determinant + (numbers - ranks) * self.noise.log() + numbers * LOG_2PI

    @cached_property
    def _single(self) -> tuple[Tensor, ...]:
        """The middle of the means, and about it L^-1 W^T (D, K Q), times mu (K, Q), mu, s^2; in single
        precision.
        """
        middle = self.mean.mean(0)
        mean = self.mean - middle
        offsets = torch.einsum("kqd,kd->kq", self._whitened, mean)
        whitened = self._whitened.flatten(0, 1).T.contiguous()
        return middle.float(), whitened.float(), offsets.float(), mean.float(), self.noise.float()
