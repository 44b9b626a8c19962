"""Marks the pictures of the groups in the plane: a ring around each of A, a square around each of B.

However many they are, they are stamped into one image, as the points are, and cached until view or groups
change.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPalette

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud, Form, Offsets, splat
from latentlab.qt.widgets.colours import GROUP_COLOURS
from latentlab.qt.widgets.images import argb_image
from latentlab.session import groups
from latentlab.session.state import SessionState

# In logical pixels: the line's width with and without its casing; and the diameter, for few and for many
# members, which would hide each other.
_LINE, _CASED = 1.8, 3.8
_FEW, _ACROSS, _ACROSS_MANY = 60, 11.0, 7.0


def outline(diameter: int, outer: float, inner: float, square: bool) -> Offsets:
    """Offsets (across, down), within a box of this size, of the pixels between two radii of ring or
    square.
    """
    middle = (diameter - 1) / 2
    found = []
    for down in range(diameter):
        for across in range(diameter):
            x, y = abs(across - middle), abs(down - middle)
            far = max(x, y) if square else float(np.hypot(x, y))
            if inner <= far < outer:
                found.append((across, down))
    return found


class GroupMarks:
    """The positions of the members of both groups. `clouds` is by group, None for an empty one."""

    def __init__(self) -> None:
        self.clouds: dict[str, Cloud | None] = dict.fromkeys(groups.GROUPS)
        self._kept: tuple[object, list[QImage]] = (None, [])
        self._pixels: list[np.ndarray] = []

    def place(self, state: SessionState, encodings: EncodingsReply | None, projection: Projection) -> None:
        """Finds their positions, when groups, encodings or plane have changed."""
        for group in groups.GROUPS:
            self.clouds[group] = None
            if encodings is None or encodings.mean.shape[1] != projection.latents:
                continue
            rows = np.array(groups.members(state, group), np.intp)
            rows = rows[rows < len(encodings.mean)]
            if len(rows):
                flat = projection.project(encodings.mean[rows])
                ink = np.full(len(rows), QColor(GROUP_COLOURS[group]).rgba(), np.uint32)
                x, y = np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1])
                self.clouds[group] = Cloud(x, y, ink, rows)
        self._kept = (None, [])

    def paint(self, painter: QPainter, camera: Camera, ratio: float, palette: QPalette) -> None:
        """Paints the marks of both groups."""
        if not any(self.clouds.values()):
            return
        ground = palette.base().color().rgba()
        key = (camera, ratio, ground)
        if self._kept[0] != key:
            self._pixels = [
                pixels
                for group, cloud in self.clouds.items()
                if cloud is not None
                for pixels in self._stamped(group, cloud, camera, ratio, ground)
            ]
            self._kept = (key, [argb_image(pixels, ratio) for pixels in self._pixels])
        for image in self._kept[1]:
            painter.drawImage(QPointF(0, 0), image)

    @staticmethod
    def _stamped(
        group: str, cloud: Cloud, camera: Camera, ratio: float, ground: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The casing in the background's colour, and the line over it."""
        wide = _ACROSS if len(cloud) <= _FEW else _ACROSS_MANY
        diameter = round((wide + _CASED - _LINE) * ratio)
        radius, square = 0.5 * wide * ratio, group == groups.B
        middle = radius - 0.5 * _LINE * ratio
        images = []
        for thick, ink in ((_CASED, np.full(len(cloud), ground, np.uint32)), (_LINE, cloud.ink)):
            half = 0.5 * thick * ratio
            form: Form = ([], outline(diameter, middle + half, middle - half, square))
            images.append(splat(Cloud(cloud.x, cloud.y, ink, cloud.row), camera, ratio, diameter, form))
        return images[0], images[1]
