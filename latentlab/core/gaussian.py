"""Diagonal Gaussians.

    log N(x; mu, diag sigma^2) = -1/2 sum_j ( log(2 pi) + log sigma_j^2 + (x_j - mu_j)^2 / sigma_j^2 )
    KL( N(mu, diag sigma^2) || N(0, I) ) = 1/2 sum_j ( mu_j^2 + sigma_j^2 - 1 - log sigma_j^2 )
    z = mu + sigma * epsilon,  epsilon ~ N(0, I)

Source: Kingma & Welling, Auto-Encoding Variational Bayes (2014), appendix B and section 2.4.
All densities are in nats. The last dimension D of every tensor is the one summed over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

LOG_2PI = math.log(2.0 * math.pi)


def log_density(x: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """log N(x; mean, diag exp(log_variance)) in nats; (..., D) each, broadcast, -> (...)."""
    terms = LOG_2PI + log_variance + (x - mean).square() * torch.exp(-log_variance)
    return -0.5 * terms.sum(-1)


def standard_log_density(z: Tensor) -> Tensor:
    """log N(z; 0, I) in nats; (..., D) -> (...)."""
    return -0.5 * (LOG_2PI + z.square()).sum(-1)


def standard_log_density_at(z: Sequence[float]) -> float:
    """log N(z; 0, I) in nats of one point given as plain numbers, without a tensor."""
    return -0.5 * sum(LOG_2PI + value * value for value in z)


def kl_per_dimension(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean_j, exp(log_variance_j)) || N(0, 1)) in nats for each j; (..., D) -> (..., D)."""
    # expm1(l) - l keeps its digits near l = 0, where exp(l) - 1 - l cancels.
    return 0.5 * (mean.square() + torch.expm1(log_variance) - log_variance)


def kl_to_standard(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, diag exp(log_variance)) || N(0, I)) in nats; (..., D) -> (...)."""
    return kl_per_dimension(mean, log_variance).sum(-1)


_AT_ONCE = 16

Draws = torch.Generator | Sequence[torch.Generator]
"""Where randomness comes from: one stream for all rows, or one each: then a row is the same in any batch."""


def standard_noise(like: Tensor, generator: Draws | None = None) -> Tensor:
    """Draws from N(0, 1) in the shape, type and device of `like`; with several generators, each draws a
    row.
    """
    if generator is None or isinstance(generator, torch.Generator):
        return torch.randn(like.shape, dtype=like.dtype, device=like.device, generator=generator)
    rows = [
        torch.randn(row.shape, dtype=row.dtype, device=one.device, generator=one)
        for row, one in zip(like, generator, strict=True)
    ]
    return torch.stack(rows).to(like.device)


def steady_noise(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Draws from N(0, 1) as `standard_noise`, but a smaller count gives the first of the same draws.

    On a CPU torch draws sixteen numbers at a time, redraws the last sixteen where not all are needed, and
    draws fewer than that in another way: so multiples of sixteen are drawn and cut.
    """
    count = like.numel()
    whole = torch.empty(-(-count // _AT_ONCE) * _AT_ONCE, dtype=like.dtype, device=like.device)
    return standard_noise(whole, generator)[:count].view(like.shape)


def reparameterise(mean: Tensor, log_variance: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """One draw mean + sigma * epsilon for each row, differentiable in both; (..., D) -> (..., D)."""
    return mean + torch.exp(0.5 * log_variance) * standard_noise(mean, generator)


def importance_log_likelihood(log_weights: Tensor) -> Tensor:
    """log 1/K sum_k w_k from log w_k, stably; (K, ...) -> (...).

    With w_k = p(x|z_k) p(z_k) / q(z_k|x) and z_k ~ q this is the bound of Burda et al.,
    Importance Weighted Autoencoders (2016), eq. 8: it rises to log p(x) with K.
    """
    return torch.logsumexp(log_weights, dim=0) - math.log(log_weights.shape[0])
