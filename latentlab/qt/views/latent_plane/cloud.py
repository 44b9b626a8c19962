"""Renders points of the plane to an image: 70,000 in a few milliseconds, a million in a few dozen.

Every dot is the same small stamp, so the whole cloud is drawn by one assignment for each pixel of the stamp.
The soft rims of all dots are drawn first and their solid cores after, so that no rim covers a neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentlab.qt.views.latent_plane.camera import Camera

Ink = NDArray[np.uint32]
Offsets = list[tuple[int, int]]
Form = tuple[Offsets, Offsets]
_RIM = 0.45


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points (n,) each in x, y and premultiplied ARGB ink; `row` is each point's number in the data."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    ink: Ink
    row: NDArray[np.intp]

    @staticmethod
    def of(points: NDArray[np.float32], inks: Ink) -> Cloud:
        """All the points (N, 2), with the ink (N,) of each."""
        x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
        return Cloud(x, y, inks, np.arange(len(points)))

    def only(self, shown: NDArray[np.bool_]) -> Cloud:
        """The points that are `shown` (n,)."""
        return Cloud(self.x[shown], self.y[shown], self.ink[shown], self.row[shown])

    def every(self, step: int) -> Cloud:
        """Every so-manieth point."""
        some = slice(None, None, step)
        x, y = np.ascontiguousarray(self.x[some]), np.ascontiguousarray(self.y[some])
        return Cloud(x, y, np.ascontiguousarray(self.ink[some]), np.ascontiguousarray(self.row[some]))

    @cached_property
    def rim_ink(self) -> Ink:
        """The ink of the soft rims, (n,)."""
        return faded(self.ink, _RIM)

    def __len__(self) -> int:
        return len(self.x)

    def nearest(self, x: float, y: float) -> tuple[int, float] | None:
        """The number in the data of the point nearest to (x, y), and its distance; None if empty."""
        if not len(self.x):
            return None
        squared = np.square(self.x - np.float32(x))
        squared += np.square(self.y - np.float32(y))
        best = int(squared.argmin())
        return int(self.row[best]), float(np.sqrt(squared[best]))


def stamp(diameter: int) -> Form:
    """Offsets (across, down) of the rim and of the core of a dot of this diameter in pixels."""
    radius = 0.5 * diameter
    middle = (diameter - 1) / 2
    rim, core = [], []
    for down in range(diameter):
        for across in range(diameter):
            far = float(np.hypot(across - middle, down - middle))
            if far <= radius - 0.35 or diameter <= 2:
                core.append((across, down))
            elif far < radius + 0.25:
                rim.append((across, down))
    return rim, core


def diameter_for(count: int, ratio: float) -> int:
    """The diameter of a dot for so many points, in device pixels: large for few, single pixels for a
    million.
    """
    logical = 4.0 if count <= 20_000 else 3.0 if count <= 200_000 else 1.0
    return max(1, round(logical * ratio))


def splat(
    cloud: Cloud,
    camera: Camera,
    ratio: float,
    diameter: int,
    form: Form | None = None,
    over: NDArray[np.uint32] | None = None,
) -> NDArray[np.uint32]:
    """The cloud as premultiplied ARGB (height, width) in device pixels, `ratio` to a logical one.

    Every point is a dot, or `form`: rim and core of another stamp of that diameter. `over` is an image of
    this size that it is drawn over, not blended.
    """
    width, height = round(camera.width * ratio), round(camera.height * ratio)
    # A margin of a dot's width holds those that are cut by the edge.
    stride = width + 2 * diameter
    canvas = np.zeros((height + 2 * diameter) * stride, dtype=np.uint32)
    middle = canvas.reshape(-1, stride)[diameter : diameter + height, diameter : diameter + width]
    if over is not None:
        middle[:] = over
    scale = np.float32(camera.scale * ratio)
    shift = diameter - 0.5 * (diameter - 1)
    left = cloud.x * scale
    left += np.float32(0.5 * width - camera.x * camera.scale * ratio + shift - 0.5)
    top = cloud.y * -scale
    top += np.float32(0.5 * height + camera.y * camera.scale * ratio + shift - 0.5)
    seen = (left >= 0) & (left < width + diameter) & (top >= 0) & (top < height + diameter)
    rim, core = stamp(diameter) if form is None else form
    ink, soft = cloud.ink, cloud.rim_ink if rim else cloud.ink
    if not seen.all():
        left, top, ink, soft = left[seen], top[seen], ink[seen], soft[seen]
    place = top.astype(np.int32) * np.int32(stride) + left.astype(np.int32)
    for across, down in rim:
        canvas[place + (down * stride + across)] = soft
    for across, down in core:
        canvas[place + (down * stride + across)] = ink
    return middle


def faded(ink: Ink, share: float) -> Ink:
    """Premultiplied ARGB with every component, including alpha, scaled by `share`."""
    components = ink.view(np.uint8).reshape(-1, 4)
    return np.ascontiguousarray((components * share).astype(np.uint8)).view(np.uint32).reshape(-1)
