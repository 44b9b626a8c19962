"""Statistics of the encodings of a data set: KL and spread of each dimension, and principal components.

    KL_j     = mean over pictures of KL( q(z_j|x) || p(z_j) )        0 for a dimension that says nothing
    spread_j = standard deviation of the posterior means mu_j
    components: the eigenvectors of cov(mu) with the two largest eigenvalues

Sums are taken a chunk of pictures at a time, so that no piece of the work holds up the picture under the
hand: of 70,000 pictures in 256 dimensions at once, the covariance alone takes a third of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.directions import principal_of
from latentlab.models.priors import Prior, Projects, is_standard

Row = tuple[float, ...]
# A share of the total variance: below it, a direction is rounding error.
_NOTHING = 1e-6
# Of the tables of marginals: the quantiles that they reach to in sigmas of a normal, and the rows; nodes.
_FAR, _CELLS, _NODES = 4.0, 2048, 8


@dataclass(frozen=True)
class Summary:
    """The statistics, D numbers in each row; no components where there are fewer than two dimensions."""

    kl_per_dimension: Row
    spread: Row
    components: tuple[Row, Row] | None


class Moments:
    """Accumulates encodings chunk by chunk.

    The KL of single dimensions is that to the prior's marginals, KL(q(z_j|x) || p(z_j)); where those are not
    known it is infinite. Only for a prior of independent dimensions do they add up to the KL.
    `principal` says that the dimensions are the principal components of the pictures themselves, scaled to
    variance 1: then the components are the first of them. Those of the codes would be of what they differ in
    by chance.
    """

    def __init__(self, prior: Prior | None = None, principal: bool = False) -> None:
        self._in_order = principal
        self._standard = prior is None or is_standard(prior)
        self._marginals = Marginals(prior) if isinstance(prior, Projects) else None
        self._count = 0
        self._kl = self._sum = self._products = np.zeros(0)

    def add(self, mean: NDArray[np.float32], log_variance: NDArray[np.float32]) -> None:
        """Adds posterior means and log variances (n, D)."""
        posterior = torch.from_numpy(mean), torch.from_numpy(log_variance)
        if self._standard:
            kl = gaussian.kl_per_dimension(*posterior)
        elif self._marginals is not None:
            kl = self._marginals.kl_from(*posterior)
        else:
            kl = torch.full_like(posterior[0], torch.inf)
        wide = mean.astype(np.float64)
        if not self._count:
            axes = mean.shape[1]
            self._kl, self._sum = np.zeros(axes), np.zeros(axes)
            self._products = np.zeros((axes, axes))
        self._count += len(mean)
        self._kl += kl.double().sum(0).numpy()
        self._sum += wide.sum(0)
        self._products += wide.T @ wide

    def summary(self) -> Summary:
        """The statistics of all pictures so far; at least one is needed."""
        mean = self._sum / self._count
        covariance = self._products / self._count - np.outer(mean, mean)
        spread = np.sqrt(np.clip(np.diagonal(covariance), 0.0, None))
        axes = self._axes(2)
        components = (axes[0], axes[1]) if len(axes) == 2 else _components(covariance)
        return Summary(_row(self._kl / self._count), _row(spread), components)

    def principal(self, count: int) -> tuple[Row, ...]:
        """The principal components, each scaled to one standard deviation; (<= count, D).

        Only those with non-zero variance.
        """
        if self._in_order:
            return self._axes(count)
        mean = self._sum / self._count
        covariance = self._products / self._count - np.outer(mean, mean)
        if not np.isfinite(covariance).all():
            return ()
        found = principal_of(torch.from_numpy(covariance), count)
        squares = found.square().sum(1)
        return tuple(_row(v) for v in found[squares > _NOTHING * squares.sum()].numpy())

    def _axes(self, count: int) -> tuple[Row, ...]:
        """The first dimensions, where these are principal components."""
        if not self._in_order:
            return ()
        return tuple(map(_row, np.eye(min(count, len(self._sum)), len(self._sum))))


class Marginals:
    """log p(z_j) of each dimension of a prior, in a table between whose rows it is interpolated.

    The expectation of it under a Gaussian is by Gauss-Hermite quadrature.
    """

    def __init__(self, prior: Projects) -> None:
        lines = [
            prior.projected(row.unsqueeze(0)) for row in torch.eye(prior.dimensions, dtype=torch.float64)
        ]
        ends = torch.tensor([[-_FAR], [_FAR]], dtype=torch.float64)
        # The quantiles of that many sigma of a normal, and as much again on either side.
        low, high = torch.stack([line.from_normal(ends)[:, 0] for line in lines], 1)
        low, high = low - 0.5 * (high - low), high + 0.5 * (high - low)
        self._low, self._step = low, (high - low) / (_CELLS - 1)
        places = low + self._step * torch.arange(_CELLS, dtype=torch.float64).unsqueeze(1)
        self._log_p = torch.stack(
            [line.log_density(at.unsqueeze(1)) for line, at in zip(lines, places.T, strict=True)]
        )
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        self._nodes, self._shares = torch.from_numpy(nodes), torch.from_numpy(weights / weights.sum())

    def log_density(self, z: Tensor) -> Tensor:
        """log p(z_j) of each coordinate by itself, (n, D) -> (n, D)."""
        along = (z.double() - self._low) / self._step
        # Beyond the table the last slope goes on.
        cell = along.floor().clamp(0, _CELLS - 2).long()
        dimension = torch.arange(z.shape[1])
        left, right = self._log_p[dimension, cell], self._log_p[dimension, cell + 1]
        return torch.lerp(left, right, along - cell)

    def kl_from(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """KL(N(mean_j, exp(log_variance_j)) || p(z_j)) in nats; (n, D) each -> (n, D)."""
        sigma = torch.exp(0.5 * log_variance.double())
        expected = torch.zeros_like(sigma)
        for node, share in zip(self._nodes, self._shares, strict=True):
            expected += share * self.log_density(mean + sigma * node)
        return -0.5 * (gaussian.LOG_2PI + 1.0 + log_variance.double()) - expected


def _components(covariance: NDArray[np.float64]) -> tuple[Row, Row] | None:
    if len(covariance) < 2 or not np.isfinite(covariance).all():
        return None
    _, vectors = np.linalg.eigh(covariance)
    first, second = vectors[:, -1], vectors[:, -2]
    return _row(_turned(first)), _row(_turned(second))


def _turned(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fixes the sign of an eigenvector: its largest number is positive, so that results repeat."""
    return vector if vector[np.abs(vector).argmax()] > 0 else -vector


def _row(values: NDArray[np.float64]) -> Row:
    return tuple(float(value) for value in values)
