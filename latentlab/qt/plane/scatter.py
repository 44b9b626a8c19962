"""The encoded pictures as a cloud in the plane that is shown, less the classes that are hidden."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from latentlab.engine.projection import Projection
from latentlab.engine.requests import EncodingsReply, Point
from latentlab.qt.palette import class_inks
from latentlab.qt.pixels import argb_image
from latentlab.qt.plane.camera import Camera
from latentlab.qt.plane.cloud import Cloud, diameter_for, splat


class Scatter:
    """Where the pictures lie. `cloud` is what is in sight of them; None before any is encoded."""

    def __init__(self) -> None:
        self.cloud: Cloud | None = None
        self.encodings: EncodingsReply | None = None
        self._everything: Cloud | None = None
        self._labels: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._image: tuple[QImage, object] | None = None

    def clear(self) -> None:
        """Nothing is known any more."""
        self.cloud = self._everything = self.encodings = None

    def count_in(
        self,
        encodings: EncodingsReply,
        labels: NDArray[np.int64] | None,
        projection: Projection,
        hidden: Iterable[int],
    ) -> None:
        """Makes the cloud anew: more have been encoded, or another plane is shown."""
        self.encodings = encodings
        count = len(encodings.mean)
        self._labels = np.full(count, -1) if labels is None else labels[:count]
        self._everything = Cloud.of(projection.project(encodings.mean), class_inks(self._labels))
        self.hide(hidden)

    def hide(self, hidden: Iterable[int]) -> None:
        """Leaves out the points of these classes, and no others."""
        self.cloud, labels = self._everything, list(hidden)
        if self._everything is not None and labels:
            # A table is many times as fast as numpy's isin. Its last entry is that of -1, no class.
            shown = np.ones(max(*labels, int(self._labels.max(initial=0))) + 2, dtype=bool)
            shown[labels] = False
            self.cloud = self._everything.only(shown[self._labels])

    def z_of(self, row: int) -> Point:
        """Where one picture lies, in all dimensions."""
        assert self.encodings is not None
        return tuple(map(float, self.encodings.mean[row]))

    def reach(self, share: float) -> float:
        """How far from the origin the plane must be seen to show this share of all points."""
        if self._everything is None or not len(self._everything):
            return 0.0
        both = np.concatenate([self._everything.x, self._everything.y])
        return float(np.quantile(np.abs(both), share))

    def image(self, cloud: Cloud, camera: Camera, ratio: float) -> QImage:
        """The cloud's image, drawn anew only if the view or the cloud is another one."""
        key = (cloud, camera, ratio)
        if self._image is None or self._image[1] != key:
            pixels = splat(cloud, camera, ratio, diameter_for(len(cloud), ratio))
            image = argb_image(pixels, ratio)
            self._pixels = pixels  # the image shares this memory
            self._image = (image, key)
        return self._image[0]
