"""The layer of thumbnails: where few points are in view, their pictures are drawn in their places.

A picture that would cover another is left out, and remains a dot. Pictures are converted a few at a time
between events, and kept.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud
from latentlab.qt.widgets.images import data_picture, to_qimage

MOST_IN_VIEW = 300
_SMALLEST, _LARGEST = 22.0, 52.0
# The side, of what each would have if they filled the view.
_SHARE = 0.55
# Pictures nearer than this, in their sides, would cover each other.
_APART = 0.95
_MOST_KEPT, _AT_ONCE = 4 * MOST_IN_VIEW, 40


class Thumbnails(QObject):
    """`changed` says that they are to be painted again."""

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._near: Cloud | None = None
        self._side = _SMALLEST
        self._images: dict[int, QImage] = {}
        self._source: NDArray[np.uint8] | None = None
        self._missing: list[int] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._convert)

    @property
    def rows(self) -> tuple[int, ...]:
        """The numbers of the pictures that are drawn."""
        if self._near is None:
            return ()
        return tuple(row for row in self._near.row.tolist() if row in self._images)

    def row_at(self, left: float, top: float, camera: Camera) -> int | None:
        """The picture that is drawn at a pixel, the uppermost of several; None for none."""
        if self._near is None:
            return None
        x, y = camera.to_plane(left, top)
        half = 0.5 * self._side / camera.scale
        inside = (np.abs(self._near.x - x) <= half) & (np.abs(self._near.y - y) <= half)
        rows = [row for row in self._near.row[inside].tolist() if row in self._images]
        return rows[-1] if rows else None

    def look(self, camera: Camera, cloud: Cloud | None) -> None:
        """The view has come to rest at this region, or the points have changed."""
        before, self._near = self._near, None
        layers, model = self._workspace.state.layers, self._workspace.model
        if cloud is not None and model is not None and layers.points and layers.thumbnails:
            if self._source is not model.images:
                self._images, self._source, self._missing = {}, model.images, []
            self._near = self._placed(camera, cloud)
        if self._near is not None:
            self._have(self._near.row)
        if self._near is not None or before is not None:
            self.changed.emit()

    def paint(
        self, painter: QPainter, camera: Camera, palette: QPalette, inks: NDArray[np.uint32] | None = None
    ) -> None:
        """Paints them in their places, each in a frame of its point's colour.

        Args:
            inks: the colours of all pictures, (N,) ARGB, in place of those of the points on the screen.
        """
        if self._near is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        near, ground = self._near, palette.base().color()
        ink_of_each = near.ink if inks is None else inks[near.row]
        for x, y, ink, row in zip(near.x, near.y, ink_of_each.tolist(), near.row.tolist(), strict=True):
            image = self._images.get(row)
            if image is None:
                continue
            left, top = camera.to_pixel(float(x), float(y))
            across = self._side * min(1.0, image.width() / image.height())
            up = across * image.height() / image.width()
            box = QRectF(round(left - across / 2), round(top - up / 2), round(across), round(up))
            painter.fillRect(box.adjusted(-3, -3, 3, 3), ground)
            painter.drawImage(box, image)
            painter.setPen(QPen(QColor.fromRgb(ink & 0xFFFFFF), 2))
            painter.drawRect(box.adjusted(-1, -1, 1, 1))
        painter.restore()

    def _placed(self, camera: Camera, cloud: Cloud) -> Cloud | None:
        """The points whose pictures have room; None where there are too many points in view, or none."""
        left, right, bottom, top = camera.region
        inside = (cloud.x >= left) & (cloud.x <= right) & (cloud.y >= bottom) & (cloud.y <= top)
        count = int(inside.sum())
        if not 0 < count <= MOST_IN_VIEW:
            return None
        room = _SHARE * math.sqrt(camera.width * camera.height / count)
        self._side = min(max(room, _SMALLEST), _LARGEST)
        some = cloud.only(inside)
        taken: dict[tuple[int, int], list[tuple[float, float]]] = {}
        kept = np.zeros(count, dtype=bool)
        apart = _APART * self._side / camera.scale
        for place, (x, y) in enumerate(zip(some.x.tolist(), some.y.tolist(), strict=True)):
            cell = math.floor(x / apart), math.floor(y / apart)
            around = (
                other
                for across in (-1, 0, 1)
                for up in (-1, 0, 1)
                for other in taken.get((cell[0] + across, cell[1] + up), ())
            )
            if not any(abs(x - u) < apart and abs(y - v) < apart for u, v in around):
                taken.setdefault(cell, []).append((x, y))
                kept[place] = True
        return some.only(kept)

    def _have(self, rows: NDArray[np.intp]) -> None:
        """Has these pictures converted."""
        self._missing = [row for row in rows.tolist() if row not in self._images]
        if len(self._images) + len(self._missing) > _MOST_KEPT:
            self._images = {row: self._images[row] for row in rows.tolist() if row in self._images}
        if self._missing:
            self._soon.start()

    @Slot()
    def _convert(self) -> None:
        """Converts some, which takes a millisecond or two."""
        source, some = self._source, self._missing[:_AT_ONCE]
        self._missing = self._missing[_AT_ONCE:]
        if source is not None:
            self._images |= {row: to_qimage(data_picture(source, row)) for row in some if row < len(source)}
        if self._missing:
            self._soon.start()
        else:
            self.changed.emit()
