"""Distances to the nearest training picture, which reveal whether samples are copies."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

# Training pictures compared at once.
_COMPARED = 4096


@dataclass(frozen=True)
class Nearest:
    """Distances to the nearest training picture: root mean square of the pixel differences, 0 to 1."""

    median: float
    least: float


def nearest(pictures: Tensor, train: Tensor) -> Nearest:
    """Distances of pictures to the nearest training pictures; uint8 (N, C, H, W) and (M, C, H, W)."""
    x = pictures.flatten(1).float() / 255.0
    best = torch.full((len(x),), float("inf"))
    found = torch.zeros(len(x), dtype=torch.int64)
    for first in range(0, len(train), _COMPARED):
        others = train[first : first + _COMPARED].flatten(1).float() / 255.0
        squares = others.square().sum(1) - 2.0 * (x @ others.T)  # |x|^2 is the same for all candidates
        least, number = squares.min(1)
        found = torch.where(least < best, first + number, found)
        best = torch.minimum(least, best)
    # Computed again for the nearest ones: near 0 the sum above cancels.
    rest = x - train[found].flatten(1).float() / 255.0
    distances = rest.square().mean(1).sqrt()
    return Nearest(float(distances.median()), float(distances.min()))
