"""The encoded pictures as a cloud in the shown plane, without those of hidden classes."""

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
    """Encoded pictures prepared for a `Scatter`, and possibly already rendered."""

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
    """The cloud of encoded pictures in a plane, without hidden classes; rendered if a view is given.

    Touches no widget, so it can run on another thread.
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
    """The encoded pictures. `cloud` is their visible part; None before any is encoded."""

    def __init__(self) -> None:
        self.cloud: Cloud | None = None
        self.encodings: EncodingsReply | None = None
        self._everything: Cloud | None = None
        self._labels: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._image: tuple[QImage, object] | None = None

    def clear(self) -> None:
        """Forgets all pictures."""
        self.cloud = self._everything = self.encodings = None

    def count_in(
        self,
        encodings: EncodingsReply,
        labels: NDArray[np.int64] | None,
        projection: Projection,
        hidden: frozenset[int],
    ) -> None:
        """Makes the cloud again: more have been encoded, or another plane is shown."""
        self.take(place(encodings, labels, projection, hidden))

    def take(self, placed: Placed) -> None:
        """Takes these prepared points."""
        self.encodings, self._labels = placed.encodings, placed.labels
        self._everything, self.cloud = placed.everything, placed.shown
        if placed.seen is not None:
            camera, ratio, pixels = placed.seen
            self._keep(pixels, (placed.shown, camera, ratio))

    def hide(self, hidden: Iterable[int]) -> None:
        """Hides the points of exactly these classes."""
        if self._everything is not None:
            self.cloud = _without(self._everything, self._labels, hidden)

    def z_of(self, row: int) -> Point:
        """The encoding of a picture, in all dimensions."""
        assert self.encodings is not None
        return tuple(map(float, self.encodings.mean[row]))

    def reach(self, share: float) -> float:
        """The distance from the origin that must be visible to show this share of all points."""
        if self._everything is None or not len(self._everything):
            return 0.0
        both = np.concatenate([self._everything.x, self._everything.y])
        return float(np.quantile(np.abs(both), share))

    def image(self, cloud: Cloud, camera: Camera, ratio: float) -> QImage:
        """The cloud's image, rendered again only if the view or the cloud has changed."""
        key = (cloud, camera, ratio)
        if self._image is None or self._image[1] != key:
            self._keep(splat(cloud, camera, ratio, diameter_for(len(cloud), ratio)), key)
        assert self._image is not None
        return self._image[0]

    def _keep(self, pixels: NDArray[np.uint32], key: tuple[Cloud, Camera, float]) -> None:
        self._pixels = pixels  # the image shares this memory
        self._image = (argb_image(pixels, key[2]), key)
