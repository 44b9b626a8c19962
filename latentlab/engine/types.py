"""The small types that every room of the engine speaks: points, pictures, regions, devices. Without torch or
numpy: the window's frame is on the screen before they are imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

# For the types alone: see above.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# uint8 (H, W) for grey or (H, W, 3) for colour.
Picture: TypeAlias = "NDArray[np.uint8]"
# D coordinates of a latent space; also a condition, a number for each name.
Point = tuple[float, ...]
# A place in a plane: across, up.
Flat = tuple[float, float]
# A part of a plane: left, right, bottom, top.
Region = tuple[float, float, float, float]

# What `latentlab.engine.inference.device.choose_device` knows.
DEVICES = ("auto", "cpu", "cuda", "mps")

# Models reckon in float32: the squares of so large coordinates, added up over all dimensions, still fit.
MAX_COORDINATE = 1e18


def is_coordinate(value: float) -> bool:
    """Whether a model can reckon with it: a number, and none too large."""
    return abs(value) <= MAX_COORDINATE
