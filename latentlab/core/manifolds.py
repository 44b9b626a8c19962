"""How samples and real points cover each other, by balls around the points of each set.

    B_k(r)      the ball around a point r as far as its k-th neighbour in its own set
    precision   share of samples in the ball of any real point
    recall      share of real points in the ball of any sample
    density     1/(k N) sum over samples of the real balls they lie in
    coverage    share of real points with a sample in their ball

Precision and recall take k = 3, density and coverage k = 5. One far real point has a large ball, which
spoils precision but not density and coverage. All depend on the numbers of points: compare only figures of
equal N.

Sources: Kynkäänniemi et al., Improved Precision and Recall Metric for Assessing Generative Models
(2019), eqs. 1 and 2; Naeem et al., Reliable Fidelity and Diversity Metrics for Generative Models (2020),
eqs. 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

PRECISION_K, COVERAGE_K = 3, 5
# Points compared at once.
_AT_ONCE = 1000


@dataclass(frozen=True, eq=False)
class Balls:
    """The squared radii of the balls around points (N, F), float64 (N,) each."""

    points: Tensor
    third: Tensor
    fifth: Tensor

    @classmethod
    def around(cls, points: Tensor) -> Balls:
        """Of points (N, F).

        Raises:
            ValueError: for fewer than 6 points: the 5th neighbour is missing.
        """
        if points.ndim != 2 or len(points) <= COVERAGE_K:
            raise ValueError(f"points of shape {tuple(points.shape)}; expected more than {COVERAGE_K}")
        parts = []
        for some in points.split(_AT_ONCE):
            # The nearest of all is the point itself.
            near = _squares(some, points).topk(COVERAGE_K + 1, largest=False).values
            parts.append(near[:, [PRECISION_K, COVERAGE_K]])
        third, fifth = torch.cat(parts).T
        return cls(points, third, fifth)


@dataclass(frozen=True, eq=False)
class Covering:
    """What samples and real points cover of each other.

    Attributes:
        precise: bool (N,), which samples lie in a real ball.
        recalled: bool (M,), which real points lie in a ball of a sample.
        dense: float64 (N,), for each sample the real balls that it lies in, over k.
        covered: bool (M,), which real balls have a sample in them.
    """

    precise: Tensor
    recalled: Tensor
    dense: Tensor
    covered: Tensor


def cover(real: Balls, samples: Tensor) -> Covering:
    """Compares samples (N, F) with real points.

    Raises:
        ValueError: for too few samples, see `Balls.around`.
    """
    own = Balls.around(samples)
    recalled = torch.zeros(len(real.points), dtype=torch.bool)
    covered = torch.zeros(len(real.points), dtype=torch.bool)
    precise, dense = [], []
    for some, radii in zip(samples.split(_AT_ONCE), own.third.split(_AT_ONCE), strict=True):
        squares = _squares(some, real.points)
        precise.append((squares < real.third).any(1))
        within = squares < real.fifth
        dense.append(within.double().sum(1) / COVERAGE_K)
        covered |= within.any(0)
        recalled |= (squares < radii.unsqueeze(1)).any(0)
    return Covering(torch.cat(precise), recalled, torch.cat(dense), covered)


def _squares(x: Tensor, y: Tensor) -> Tensor:
    """Squared distances (n, m), float64."""
    x, y = x.double(), y.double()
    return (x.square().sum(1, keepdim=True) + y.square().sum(1) - 2.0 * (x @ y.T)).clamp(min=0.0)
