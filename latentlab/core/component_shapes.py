"""What a component of a mixture looks like: its shadow on a plane, and the directions in which it spreads.

    shadow       P^T C_j P                          for P: D x 2, the variances and covariance of P^T x
    directions   C_j = sum_q d_q d_q^T + the rest   d_q: eigenvectors, sqrt(lambda_q) long, longest first

Of a diagonal covariance, whose eigenvectors are single numbers, the one direction is that of all standard
deviations together.
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.core.components import Components, Diagonal, Full
from latentlab.core.low_rank import LowRank


def shadows(components: Components, basis: Tensor) -> Tensor:
    """The covariance of each component on a plane: orthonormal directions (D, 2) -> (K, 2, 2)."""
    match components:
        case Diagonal(variance=variance):
            return torch.einsum("di,kd,de->kie", basis, variance, basis)
        case Full(covariance=covariance):
            found: Tensor = basis.T @ covariance @ basis
            return found
        case LowRank(factors=factors, noise=noise):
            seen = basis.T @ factors
            within: Tensor = seen @ seen.mT + noise.view(-1, 1, 1) * (basis.T @ basis)
            return within
    raise TypeError(f"no shadow of {type(components).__name__}")


def directions(components: Components, j: int, most: int) -> Tensor:
    """The directions in which component j spreads most, (Q, D) with Q <= `most`, longest first."""
    match components:
        case Diagonal(variance=variance):
            return variance[j].sqrt().unsqueeze(0)
        case Full(covariance=covariance):
            values, vectors = torch.linalg.eigh(covariance[j])
            values, vectors = values.flip(0)[:most], vectors.flip(1)[:, :most]
            long: Tensor = vectors * values.clamp(min=0.0).sqrt()
            return long.T
        case LowRank(factors=factors):
            left, sizes, _ = torch.linalg.svd(factors[j], full_matrices=False)
            along: Tensor = left * sizes
            return along.T[:most]
    raise TypeError(f"no directions of {type(components).__name__}")
