"""The encoded pictures as a cloud in the plane that is shown, less the classes that are hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.types import Point
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud, diameter_for, splat
from latentlab.qt.widgets.colours import class_inks
from latentlab.qt.widgets.images import argb_image


@dataclass(frozen=True, eq=False)
class Placed:
    """Encoded pictures on their way into a `Scatter`, and perhaps what they look like already."""

    encodings: EncodingsReply
    labels: NDArray[np.int64]
    projection: Projection
    hidden: frozenset[int]
    everything: Cloud
    shown: Cloud
    seen: tuple[Camera, float, NDArray[np.uint32]] | None = None


def place(
    encodings: EncodingsReply,
    labels: NDArray[np.int64] | None,
    projection: Projection,
    hidden: frozenset[int],
    view: tuple[Camera, float] | None = None,
) -> Placed:
    """The cloud of encoded pictures in a plane, less the hidden classes; drawn too if a view is given.

    Touches no widget, so that it can be done on another thread.
    """
    count = len(encodings.mean)
    known = np.full(count, -1) if labels is None else labels[:count]
    everything = Cloud.of(projection.project(encodings.mean), class_inks(known))
    shown = _without(everything, known, hidden)
    seen = None
    if view is not None:
        camera, ratio = view
        seen = (camera, ratio, splat(shown, camera, ratio, diameter_for(len(shown), ratio)))
    return Placed(encodings, known, projection, hidden, everything, shown, seen)


def _without(cloud: Cloud, labels: NDArray[np.int64], hidden: Iterable[int]) -> Cloud:
    hidden = list(hidden)
    if not hidden:
        return cloud
    # A table is many times as fast as numpy's isin. Its last entry is that of -1, no class.
    shown = np.ones(max(*hidden, int(labels.max(initial=0))) + 2, dtype=bool)
    shown[hidden] = False
    return cloud.only(shown[labels])


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
        hidden: frozenset[int],
    ) -> None:
        """Makes the cloud anew: more have been encoded, or another plane is shown."""
        self.take(place(encodings, labels, projection, hidden))

    def take(self, placed: Placed) -> None:
        """Goes on with these points."""
        self.encodings, self._labels = placed.encodings, placed.labels
        self._everything, self.cloud = placed.everything, placed.shown
        if placed.seen is not None:
            camera, ratio, pixels = placed.seen
            self._keep(pixels, (placed.shown, camera, ratio))

    def hide(self, hidden: Iterable[int]) -> None:
        """Leaves out the points of these classes, and no others."""
        if self._everything is not None:
            self.cloud = _without(self._everything, self._labels, hidden)

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
            self._keep(splat(cloud, camera, ratio, diameter_for(len(cloud), ratio)), key)
        assert self._image is not None
        return self._image[0]

    def _keep(self, pixels: NDArray[np.uint32], key: tuple[Cloud, Camera, float]) -> None:
        self._pixels = pixels  # the image shares this memory
        self._image = (argb_image(pixels, key[2]), key)
