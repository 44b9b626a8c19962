"""The points of a latent space at the cells of a plane through it.

z(u, v) = z_rest + u a + v b          a, b orthonormal, z_rest off the plane
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Point


def cells_of(plane: Projection, base: Point, u: Tensor, v: Tensor) -> Tensor:
    """The points at all (u, v) of the plane through `base`, lowest row first; (rows * columns, D)."""
    rows = torch.tensor([plane.across, plane.up], dtype=torch.float64)
    off = torch.tensor(plane.rest(base), dtype=torch.float64)
    flat = torch.cartesian_prod(v.double(), u.double()).flip(-1)
    if plane.flat:
        flat = flat * torch.tensor([1.0, 0.0], dtype=torch.float64)
    return (off + flat @ rows).float()
