"""A two-dimensional plane through a latent space of any number of dimensions.

    u = a . z,  v = b . z,          a, b orthonormal
    z(u, v) = z + (u - a . z) a + (v - b . z) b

The plane's origin is that of the latent space, so the prior N(0, I) is a standard normal in u and v as well.
With one dimension there is no second direction: b is 0, and v is 0 everywhere.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latentlab.engine.types import Flat, Point

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Projection:
    """The two directions, D numbers each, that run across and up the screen.

    `axes` are their numbers where both are axes of the latent space: then coordinates are copied, not
    multiplied, and stay exact to the last bit.
    """

    across: Point
    up: Point
    axes: tuple[int, int] | None = None

    @staticmethod
    def pair(first: int, second: int, latents: int) -> Projection:
        """The plane of two axes of a latent space; with a single axis, of that one and 0; without axes, of
        0.
        """
        if latents == 0:
            return Projection((), ())
        if latents == 1:
            return Projection((1.0,), (0.0,))
        return Projection(_axis(first, latents), _axis(second, latents), (first, second))

    @property
    def latents(self) -> int:
        return len(self.across)

    @property
    def flat(self) -> bool:
        """Whether there is only one direction."""
        return not any(self.up)

    def to_plane(self, z: Sequence[float]) -> Flat:
        """Projects z on the plane."""
        if self.axes is not None:
            return z[self.axes[0]], z[self.axes[1]]
        return _dot(self.across, z), _dot(self.up, z)

    def place(self, z: Point, u: float, v: float) -> Point:
        """z moved within the plane to (u, v); its other components stay."""
        if self.axes is not None:
            moved = list(z)
            moved[self.axes[0]], moved[self.axes[1]] = u, v
            return tuple(moved)
        here = self.to_plane(z)
        right, higher = u - here[0], v - here[1]
        return tuple(
            value + right * a + higher * b for value, a, b in zip(z, self.across, self.up, strict=True)
        )

    def rest(self, z: Point) -> Point:
        """The component of z off the plane: the point nearest to the origin from which z can be reached."""
        return self.place(z, 0.0, 0.0)

    def project(self, cloud: NDArray[np.float32]) -> NDArray[np.float32]:
        """Projects many points on the plane; (N, D) -> (N, 2)."""
        import numpy as np  # here: see above

        if self.axes is not None:
            return cloud[:, self.axes]
        rows = np.array([self.across, self.up], dtype=np.float32)
        return np.ascontiguousarray(cloud @ rows.T)

    def ellipse(self, sigma: Point) -> tuple[float, float, float]:
        """The projection of a diagonal Gaussian with these standard deviations.

        Its standard deviations along its own two axes, and the angle in radians from across to the first.
        """
        if self.axes is not None:
            return sigma[self.axes[0]], sigma[self.axes[1]], 0.0
        variance = [value * value for value in sigma]
        wide = sum(a * a * s for a, s in zip(self.across, variance, strict=True))
        high = sum(b * b * s for b, s in zip(self.up, variance, strict=True))
        both = sum(a * b * s for a, b, s in zip(self.across, self.up, variance, strict=True))
        middle, off = 0.5 * (wide + high), math.hypot(0.5 * (wide - high), both)
        angle = 0.5 * math.atan2(2.0 * both, wide - high)
        return math.sqrt(middle + off), math.sqrt(max(middle - off, 0.0)), angle


def _dot(row: Point, z: Sequence[float]) -> float:
    return float(sum(map(operator.mul, row, z)))


def _axis(number: int, latents: int) -> Point:
    return tuple(1.0 if place == number else 0.0 for place in range(latents))
