"""Mixtures of Gaussians, and the two steps of EM that fit them.

    p(x) = sum_j pi_j N(x; mu_j, C_j)             log p(x) = logsumexp_j ( log pi_j + log N_j(x) )
    E:  r_ij = pi_j N_j(x_i) / sum_l pi_l N_l(x_i)
    M:  N_j = sum_i r_ij,  pi_j = N_j / N,  mu_j = sum_i r_ij x_i / N_j,
        S_j = sum_i r_ij (x_i - mu_j)(x_i - mu_j)^T / N_j,   and C_j by the form of the covariance: see
        `latentlab.core.components`

Each M step maximises, or in the case of low rank raises, the expected log-likelihood of the same
responsibilities, and so log p of the data never falls from one pass to the next. With a floor the maximum is
taken among the covariances that keep it. A component without pictures keeps its place and its weight is 0.

Source: Dempster, Laird & Rubin (1977).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from latentlab.core.components import LEAST_COUNT, Components, Diagonal, Full, Sums, answering
from latentlab.core.k_means import k_means, nearest_of, plus_plus
from latentlab.core.low_rank import LowRank

__all__ = [
    "Components",
    "Diagonal",
    "Full",
    "LowRank",
    "Mixture",
    "Sums",
    "k_means",
    "nearest_of",
    "plus_plus",
]

# A component whose log density lies so many nats below the best one's answers for less than rounding of a
# picture; and of single precision, how many units in the last place a difference may be wrong.
_FAR, _ULPS = 40.0, 64.0
# From so many densities on it is worth while to look first; and up to this share of them.
_WORTH, _FEW = 20_000, 0.3


@dataclass(frozen=True, eq=False)
class Mixture:
    """Weights pi (K,), and the components."""

    weights: Tensor
    components: Components

    def joint(self, x: Tensor, among: Tensor | None = None) -> Tensor:
        """log pi_j + log N_j(x), (B, D) -> (B, K); -inf for components that are not `among` (B, K)."""
        found = self.components.log_densities(x) + self.weights.log()
        return found if among is None else found.masked_fill(~among, -torch.inf)

    def joint_of_near(self, x: Tensor, among: Tensor | None = None) -> Tensor:
        """`joint`, but -inf for components so far from a picture that they cannot answer for it.

        Of many pictures it is several times as fast: hardly any has more than two that are near.
        """
        if x.dtype != torch.float64 or len(x) * len(self.weights) < _WORTH:
            return self.joint(x, among)
        rough, size = self.components.roughly(x)
        rough = rough + self.weights.log()
        if among is not None:
            rough = rough.masked_fill(~among, -torch.inf)
        least = rough.amax(1, keepdim=True) - (_FAR + _ULPS * torch.finfo(rough.dtype).eps * size)
        # Whatever is not a number is looked at in full.
        near = ~(rough < least)
        if float(near.float().mean()) > _FEW:
            return self.joint(x, among)
        found = torch.full(near.shape, -torch.inf, dtype=x.dtype, device=x.device)
        for j, some in answering(near):
            found[some, j] = self.components.log_density_of(j, x[some])
        found = found + self.weights.log()
        return found if among is None else found.masked_fill(~among, -torch.inf)

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) in nats, (B, D) -> (B,)."""
        return self.joint(x).logsumexp(1)

    def responsibilities(self, x: Tensor) -> Tensor:
        """p(j|x), (B, D) -> (B, K)."""
        return self.joint(x).softmax(1)

    def expected(self, x: Tensor, among: Tensor | None = None) -> Sums:
        """The E step over pictures (B, D): sums for `maximised`, and that of log p(x)."""
        joint = self.joint_of_near(x, among)
        log_p = joint.logsumexp(1, keepdim=True)
        sums = self.components.sums(x, (joint - log_p).exp())
        return {**sums, "log_p": log_p.sum(), "pictures": log_p.new_tensor(float(len(x)))}

    def maximised(self, sums: Mapping[str, Tensor], floor: float) -> Mixture:
        """The M step from sums over all pictures."""
        return replace(
            self,
            weights=sums["count"] / sums["count"].sum().clamp(min=LEAST_COUNT),
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
