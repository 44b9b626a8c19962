"""Distances to the nearest training picture, which reveal whether samples are copies."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from latentlab.core import neighbours
from latentlab.engine.evaluation.origin import as_pixels


@dataclass(frozen=True)
class Nearest:
    """Distances to the nearest training picture: root mean square of the pixel differences, 0 to 1."""

    median: float
    least: float


def nearest(pictures: Tensor, train: Tensor) -> Nearest:
    """Distances of pictures to the nearest training pictures; uint8 (N, C, H, W) and (M, C, H, W)."""
    found, _ = neighbours.nearest(as_pixels(pictures), train, 1, as_pixels)
    return Nearest(float(found.median()), float(found.min()))
