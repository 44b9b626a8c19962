"""The Jensen-Shannon divergence of two densities, on a grid.

    m = (p + q) / 2
    JS(p, q) = 1/2 KL(p || m) + 1/2 KL(q || m)
             = log 2 + 1/2 E_p log D(x) + 1/2 E_q log(1 - D(x)),   D = p / (p + q)

0 for equal densities, and log 2 once their supports do not overlap, however near or far they lie: then its
slope is 0, and a generator learns nothing from the best discriminator. W1 of a distribution and itself
moved by d is |d|: f(x) = x d / |d| bounds it from below, moving every point by d from above.

Sources: Goodfellow et al., Generative Adversarial Networks (2014), theorem 1; Arjovsky et al., Wasserstein
GAN (2017), example 1.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LOG_2 = math.log(2.0)


def jensen_shannon(p: Tensor, q: Tensor, cell: float) -> float:
    """In nats, from 0 to log 2.

    Args:
        p, q: densities at the nodes of one grid, of any shape, float64. What little they lack of 1 on the
            grid is made up for.
        cell: the area of a cell.

    Raises:
        ValueError: if one of them has nothing on the grid.
    """
    shares = []
    for density in (p, q):
        total = float(density.sum()) * cell
        if not math.isfinite(total) or total <= 0.0:
            raise ValueError("a density with nothing on the grid")
        shares.append(density * (cell / total))
    one, other = shares
    middle = 0.5 * (one + other)
    parts = [torch.xlogy(part, part / middle.clamp(min=1e-300)).sum() for part in (one, other)]
    return min(LOG_2, max(0.0, 0.5 * float(parts[0] + parts[1])))


def moved(density: Tensor, across: int, up: int) -> Tensor:
    """A density (rows, columns) on a grid, moved by whole cells; what leaves the grid is lost."""
    rows, columns = density.shape
    found = torch.zeros_like(density)
    if abs(up) < rows and abs(across) < columns:
        to = slice(max(0, up), rows + min(0, up)), slice(max(0, across), columns + min(0, across))
        of = slice(max(0, -up), rows - max(0, up)), slice(max(0, -across), columns - max(0, across))
        found[to] = density[of]
    return found


def places(reach: float, count: int) -> Tensor:
    """The middles of `count` cells from -reach to reach, float64."""
    return (torch.arange(count, dtype=torch.float64) + 0.5) * (2.0 * reach / count) - reach


def square(reach: float, count: int) -> Tensor:
    """The nodes of a grid over the square from -reach to reach, (count * count, 2) float64: the middles of
    its cells, row by row from below, each from the left.
    """
    line = places(reach, count)
    up, across = torch.meshgrid(line, line, indexing="ij")
    return torch.stack((across.flatten(), up.flatten()), 1)
