"""Gaussians of pictures by their principal components, and how far apart two linear spans lie.

    mu = 1/N sum_i x_i ,   S = 1/(N - 1) sum_i (x_i - mu)(x_i - mu)^T = E Lambda E^T
    y = E^T (x - mu)
    log N(x; mu, C) = -1/2 ( D log 2 pi + log det C + (x - mu)^T C^-1 (x - mu) )
                    = -1/2 ( D log 2 pi + sum_k log lambda_k + (D - K) log s^2
                             + sum_k y_k^2 / lambda_k + (|x - mu|^2 - sum_k y_k^2) / s^2 )

C keeps K eigenvectors; each of the D - K others has the variance s^2. The 1/2 stands before all of it: some
lecture notes lack it.

    cos theta_k = sigma_k( Q_A^T Q_B )      Q_A, Q_B: orthonormal bases of two spans

The theta_k are the principal angles between the spans, 0 in directions that they share. Below 45 degrees they
come from the sines, whose digits the cosines lose.

Sources: Tipping & Bishop, Probabilistic Principal Component Analysis (1999), eqs. 3 to 9; Björck & Golub,
Numerical Methods for Computing Angles Between Linear Subspaces (1973).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core.gaussian import LOG_2PI

# Of numbers from 0 to 1 rounded to bytes: an even distribution over one step of 1 / 255.
ROUNDING_VARIANCE = 1.0 / (12.0 * 255.0**2)
# The share of the longest direction of a span below which another one is none of its own.
_LEAST_SHARE = 1e-6


@dataclass(frozen=True)
class Principal:
    """N(mu, C) by its eigenvectors; all tensors of one type and device.

    Attributes:
        mean: mu, (D,).
        rows: E_K^T, orthonormal, the largest variance first, (K, D).
        variances: lambda_k, (K,), all positive.
        rest: s^2, the variance of each direction that is left out.
    """

    mean: Tensor
    rows: Tensor
    variances: Tensor
    rest: float

    @property
    def numbers(self) -> int:
        """D."""
        return len(self.mean)

    @property
    def left_out(self) -> int:
        """D - K."""
        return self.numbers - len(self.variances)

    def coordinates(self, x: Tensor) -> Tensor:
        """y_k of pictures as rows; (B, D) -> (B, K)."""
        return (x - self.mean) @ self.rows.T

    def log_density(self, x: Tensor) -> Tensor:
        """log N(x; mu, C) in nats; (B, D) -> (B,)."""
        return self.log_density_of(self.coordinates(x).square(), (x - self.mean).square().sum(-1))

    def log_density_of(self, along: Tensor, whole: Tensor) -> Tensor:
        """The same from y_k^2 and |x - mu|^2, or from their means; (..., K), (...) -> (...)."""
        log_determinant = self.variances.log().sum() + self.left_out * math.log(self.rest)
        outside = (whole - along.sum(-1)).clamp(min=0.0) / self.rest if self.left_out else 0.0 * whole
        distance = (along / self.variances).sum(-1) + outside
        return -0.5 * (self.numbers * LOG_2PI + log_determinant + distance)

    def log_density_by_rank(self, x: Tensor) -> Tensor:
        """log p(x) in nats of the Gaussians that keep 0, 1, ... K of these components; (B, D) -> (B, K + 1).

        What one of them leaves out has the mean of the variances left out, which is the most likely one.
        """
        centred = x - self.mean
        along = _from_zero((centred @ self.rows.T).square())
        kept, explained = along.cumsum(-1), _from_zero(self.variances).cumsum(0)
        count = self.numbers - torch.arange(len(self.variances) + 1, device=x.device)
        total = self.variances.sum() + self.left_out * self.rest
        rest = ((total - explained) / count.clamp(min=1)).clamp(min=min(self.rest, self.least))
        log_determinant = _from_zero(self.variances.log()).cumsum(0) + count * rest.log()
        outside = (centred.square().sum(-1, keepdim=True) - kept).clamp(min=0.0) / rest * (count > 0)
        distance = _from_zero(along[..., 1:] / self.variances).cumsum(-1) + outside
        return -0.5 * (self.numbers * LOG_2PI + log_determinant + distance)

    @property
    def least(self) -> float:
        """The smallest variance kept; that of the rest where none is."""
        return float(self.variances[-1]) if len(self.variances) else self.rest

    def rebuilt(self, x: Tensor, rank: int) -> Tensor:
        """mu + sum_{k <= rank} y_k e_k; (B, D) -> (B, D)."""
        rows = self.rows[:rank]
        return self.mean + (x - self.mean) @ rows.T @ rows


def _from_zero(values: Tensor) -> Tensor:
    """A 0 before the last dimension's values, so that their sums begin with that of none."""
    return torch.cat([values.new_zeros(*values.shape[:-1], 1), values], -1)


def principal(
    count: float, sums: Tensor, products: Tensor, kept: int, floor: float = ROUNDING_VARIANCE
) -> tuple[Principal, Tensor]:
    """The Gaussian of N = `count` pictures, from sums over them, and all D eigenvalues of S.

    Args:
        count: N.
        sums, products: sum x, (D,), and sum x x^T, (D, D), of pixels in bytes, 0 to 255.
        kept: K.
        floor: no variance is less. Pixels that are the same in all pictures have none, and no density would
            be finite.

    Returns:
        the Gaussian of pixels in [0, 1], and the eigenvalues (D,) as they are, the largest first.
    """
    mean = sums / count / 255.0
    covariance = products / count / 255.0**2 - torch.outer(mean, mean)
    eigenvalues, vectors = torch.linalg.eigh(covariance * (count / max(1.0, count - 1.0)))
    eigenvalues = eigenvalues.flip(0)
    left_out = eigenvalues[kept:]
    rest = max(float(left_out.mean()) if len(left_out) else 0.0, floor)
    # With one left out, or some that are alike, rounding could put the mean above the least that is kept.
    variances = eigenvalues[:kept].clamp(min=rest)
    rows = signed(vectors[:, len(vectors) - kept :].flip(1).T)
    return Principal(mean, rows, variances, rest), eigenvalues


def signed(rows: Tensor) -> Tensor:
    """Eigenvectors (K, D) with a fixed sign: the largest entry is positive."""
    largest = rows.gather(1, rows.abs().argmax(1, keepdim=True))
    turned: Tensor = rows * torch.where(largest < 0, -1.0, 1.0)
    return turned


def basis(rows: Tensor) -> Tensor:
    """An orthonormal basis of the span of some rows, as columns; (K, D) -> (D, R), R <= K their rank."""
    left, lengths, _ = torch.linalg.svd(rows.double().T, full_matrices=False)
    rank = int((lengths > _LEAST_SHARE * lengths.max().clamp(min=1e-30)).sum()) if len(lengths) else 0
    found: Tensor = left[:, :rank]
    return found


def principal_angles(one: Tensor, other: Tensor) -> Tensor:
    """The principal angles between the spans of two sets of rows, (J, D) and (K, D), in float64.

    Returns:
        as many as the smaller span has dimensions, in radians, the smallest first.
    """
    a, b = basis(one), basis(other)
    if a.shape[1] < b.shape[1]:
        a, b = b, a
    across = a.T @ b
    cosines = torch.linalg.svdvals(across).clamp(max=1.0)
    # Of the smaller span, what does not lie in the larger one: its lengths are the sines.
    sines = torch.linalg.svdvals(b - a @ across).flip(0)[: len(cosines)].clamp(max=1.0)
    return torch.where(cosines.square() >= 0.5, sines.asin(), cosines.acos())
