"""Turns a mixture of pictures into the frames of its EM tape, on the plane of the pictures.

The plane is that of the first two principal components of the pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from latentlab.core.component_shapes import shadows
from latentlab.core.mixture import Mixture
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.requests.mixture import EMStep

# Pictures on the plane, and those that decide where it lies.
SHOWN, _SEEN = 3000, 10_000
# Of so many pixels all components are found, of more by some rounds the first, with some to spare.
_EXACT, _ROUNDS, _EXTRA = 1024, 12, 6


def spread_over(count: int, most: int) -> Tensor:
    """At most so many numbers of 0 ... count - 1, evenly spread."""
    return torch.arange(count) if count <= most else torch.linspace(0, count - 1, most).round().long()


def _iterated(seen: Tensor) -> tuple[Tensor, Tensor]:
    """The largest eigenvalues of X^T X and their vectors (D, Q), ascending, by orthogonal iteration."""
    wide = min(2 + _EXTRA, *seen.shape)
    found = torch.randn(seen.shape[1], wide, generator=torch.Generator().manual_seed(0))
    for _ in range(_ROUNDS):
        found, _ = torch.linalg.qr(seen.T @ (seen @ found))
    values, turn = torch.linalg.eigh(found.T @ (seen.T @ (seen @ found)))
    return values, found @ turn


@dataclass(frozen=True, eq=False)
class Plane:
    """The first two principal components of some pictures.

    Attributes:
        middle: (D,), their mean.
        basis: (D, 2), orthonormal.
        explained: the share of their variance in the plane.
        rows: (N, D), the pictures on show.
        points: (N, 2), where they lie.
    """

    middle: Tensor
    basis: Tensor
    explained: float
    rows: Tensor
    points: Tensor

    @classmethod
    def of(cls, images: Tensor) -> Plane:
        """The plane of uint8 pictures (N, C, H, W)."""
        seen = images[spread_over(len(images), _SEEN)].flatten(1).float() / 255.0
        middle = seen.mean(0)
        seen -= middle
        whole = float(seen.square().sum())
        if seen.shape[1] <= _EXACT:
            values, found = torch.linalg.eigh(seen.T @ seen)
        else:
            values, found = _iterated(seen)
        basis = torch.zeros(seen.shape[1], 2)
        kept = min(2, found.shape[1])
        basis[:, :kept] = found.flip(1)[:, :kept]
        # Eigenvectors have no sign of their own.
        basis = basis * torch.where(basis.sum(0) < 0.0, -1.0, 1.0)
        explained = float(values.flip(0)[:2].sum()) / whole if whole > 0.0 else 0.0
        rows = images[spread_over(len(images), SHOWN)].flatten(1).double() / 255.0
        middle, basis = middle.double(), basis.double()
        return cls(middle, basis, explained, rows, (rows - middle) @ basis)


class Frames:
    """Makes the frames of mixtures of pictures of one shape.

    Args:
        plane: of the pictures.
        shape: (C, H, W).
    """

    def __init__(self, plane: Plane, shape: tuple[int, int, int]) -> None:
        self.plane, self._shape = plane, shape

    def still(self, known: Mixture, number: int, before: EMStep | None = None) -> EMStep:
        """A mixture with the responsibilities of a frame before it, if any: as an M step leaves it."""
        mean = known.components.mean
        plane, like = self.plane, mean.dtype
        basis = plane.basis.to(mean)
        return EMStep(
            number=number,
            means=to_pictures(mean.float().view(-1, *self._shape).clamp(0.0, 1.0)),
            weights=known.weights.float().cpu().numpy(),
            places=((mean - plane.middle.to(like)) @ basis).float().cpu().numpy(),
            shadows=shadows(known.components, basis).float().cpu().numpy(),
            most=None if before is None else before.most,
            shares=None if before is None else before.shares,
        )

    def answered(self, known: Mixture, drawn: EMStep, number: int, log_p: float | None = None) -> EMStep:
        """A mixture, drawn already, with its own responsibilities: an E step."""
        r = known.responsibilities(self.plane.rows.to(known.weights))
        shares, most = r.max(1)
        return EMStep(
            number,
            drawn.means,
            drawn.weights,
            drawn.places,
            drawn.shadows,
            most.cpu().numpy().astype(np.int16),
            shares.float().cpu().numpy(),
            log_p,
        )
