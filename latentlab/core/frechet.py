"""The Fréchet distance between two sets of points, each approximated by a Gaussian.

    d^2 = |mu_1 - mu_2|^2 + tr( S_1 + S_2 - 2 (S_1 S_2)^(1/2) )

It is 0 for the same mean and covariance, and in the units of the points, squared. S_1 S_2 is not symmetric,
but has the eigenvalues of R S_2 R with R = S_1^(1/2), which is: tr (S_1 S_2)^(1/2) is the sum of their roots.

From N points d^2 comes out too large, the more so the fewer they are: only figures of equal N compare.

Source: Dowson & Landau, The Fréchet distance between multivariate normal distributions (1982), eq. 4; as a
measure of made pictures Heusel et al., GANs Trained by a Two Time-Scale Update Rule (2017). Theirs, the FID,
is of an Inception network's features; of others it is another figure, and is not called so here.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean (F,) and covariance (F, F), float64."""

    mean: Tensor
    covariance: Tensor


def moments(points: Tensor) -> Moments:
    """Of points (N, F); the covariance is the unbiased one.

    Raises:
        ValueError: for fewer than 2 points.
    """
    if points.ndim != 2 or len(points) < 2:
        raise ValueError(f"points of shape {tuple(points.shape)}; expected (N, F) with N >= 2")
    points = points.double()
    mean = points.mean(0)
    centred = points - mean
    return Moments(mean, centred.T @ centred / (len(points) - 1))


def squared_distance(one: Moments, other: Moments) -> float:
    """d^2 between two Gaussians, at least 0.

    Raises:
        ValueError: for Gaussians of different dimensions.
    """
    if one.mean.shape != other.mean.shape:
        raise ValueError(f"Gaussians of {len(one.mean)} and of {len(other.mean)} dimensions")
    root = _root(one.covariance)
    # Rounding makes eigenvalues of 0 slightly negative.
    shared = torch.linalg.eigvalsh(_even(root @ other.covariance @ root)).clamp(min=0.0).sqrt().sum()
    apart = (one.mean - other.mean).square().sum()
    spread = one.covariance.trace() + other.covariance.trace() - 2.0 * shared
    return max(0.0, float(apart + spread))


def squared_distance_between(one: Tensor, other: Tensor) -> float:
    """d^2 between the Gaussians of two sets of points, (N, F) and (M, F)."""
    return squared_distance(moments(one), moments(other))


def _root(covariance: Tensor) -> Tensor:
    """The symmetric square root of a covariance (F, F), which may be singular."""
    values, vectors = torch.linalg.eigh(_even(covariance))
    root: Tensor = (vectors * values.clamp(min=0.0).sqrt()) @ vectors.T
    return root


def _even(matrix: Tensor) -> Tensor:
    return 0.5 * (matrix + matrix.T)
