"""How far out a point of a latent space may lie."""

from __future__ import annotations

# Models reckon in float32: the squares of so large coordinates, added up over all dimensions, still fit.
MAX_COORDINATE = 1e18


def is_coordinate(value: float) -> bool:
    """Whether a model can reckon with it: a number, and none too large."""
    return abs(value) <= MAX_COORDINATE
