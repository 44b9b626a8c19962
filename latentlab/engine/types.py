"""Small types shared by the engine: points, pictures, regions, devices. Without torch and numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# uint8 (H, W) for grey or (H, W, 3) for colour.
Picture: TypeAlias = "NDArray[np.uint8]"
# D coordinates of a latent space; also a condition, one number for each name.
Point = tuple[float, ...]
# A point in a plane: across, up.
Flat = tuple[float, float]
# A region of a plane: left, right, bottom, top.
Region = tuple[float, float, float, float]

# What `latentlab.engine.inference.device.choose_device` knows.
DEVICES = ("auto", "cpu", "cuda", "mps")

# Models compute in float32: the squares of such large coordinates, summed over all dimensions, do not
# overflow.
MAX_COORDINATE = 1e18


def is_coordinate(value: float) -> bool:
    """Whether a model can compute with it: finite and not too large."""
    return abs(value) <= MAX_COORDINATE
