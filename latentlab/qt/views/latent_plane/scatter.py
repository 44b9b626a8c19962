"""The encoded pictures as a cloud in the shown plane: found ones, dimmed ones, none that are hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.types import Point
from latentlab.qt.controllers.points.look import Look
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud, diameter_for, faded, splat
from latentlab.qt.widgets.images import argb_image

# How much is left of the colour of points that are not found.
_DIMMED = 0.18
# Of more points only so many are drawn while the view moves.
_MOST_MOVING = 250_000
Pixels = NDArray[np.uint32]
# Camera, device pixels to a logical one, and whether dots are small: see `rendered`.
View = tuple[Camera, float, bool]


@dataclass(frozen=True, eq=False)
class Placed:
    """Encoded pictures prepared for a `Scatter`, and possibly already rendered.

    Attributes:
        encodings, projection, look: what they are made of.
        everything: all points.
        shown: those that are neither hidden nor dimmed.
        dimmed: those that are not found; None where nothing is looked for.
        seen: the view that they have been rendered for, and the result.
    """

    encodings: EncodingsReply
    projection: Projection
    look: Look
    everything: Cloud
    shown: Cloud
    dimmed: Cloud | None = None
    seen: tuple[View, Pixels] | None = None


def place(encodings: EncodingsReply, look: Look, projection: Projection, view: View | None = None) -> Placed:
    """The cloud of encoded pictures in a plane; rendered if a view is given.

    Touches no widget, so it can run on another thread.
    """
    look = look.first(len(encodings.mean))
    return _with_look(
        encodings, projection, Cloud.of(projection.project(encodings.mean), look.inks), look, view
    )


def dress(placed: Placed, look: Look, view: View | None = None) -> Placed:
    """The same points in another look."""
    look = look.first(len(placed.everything))
    everything = replace(placed.everything, ink=look.inks)
    return _with_look(placed.encodings, placed.projection, everything, look, view)


def _with_look(
    encodings: EncodingsReply, projection: Projection, everything: Cloud, look: Look, view: View | None
) -> Placed:
    shown, dimmed = everything, None
    if look.found is not None:
        bright, dim = look.found, ~look.found
        if look.shown is not None:
            bright, dim = bright & look.shown, dim & look.shown
        shown, dimmed = everything.only(bright), everything.only(dim)
        dimmed = replace(dimmed, ink=faded(dimmed.ink, _DIMMED))
    elif look.shown is not None:
        shown = everything.only(look.shown)
    placed = Placed(encodings, projection, look, everything, shown, dimmed)
    return placed if view is None else seen_in(placed, view)


def seen_in(placed: Placed, view: View) -> Placed:
    """The same points, rendered for another view."""
    return replace(placed, seen=(view, rendered(placed, *view)))


def rendered(placed: Placed, camera: Camera, ratio: float, small: bool = False) -> Pixels:
    """The points as premultiplied ARGB; with `small` dots, which leave room to see what lies beneath."""
    diameter = diameter_for(len(placed.shown), ratio)
    diameter = max(round(ratio), round(0.75 * diameter)) if small else diameter
    if placed.dimmed is None:
        return splat(placed.shown, camera, ratio, diameter)
    dimmed = splat(placed.dimmed, camera, ratio, diameter_for(len(placed.everything), ratio))
    return splat(placed.shown, camera, ratio, diameter, over=dimmed)


class Scatter:
    """The encoded pictures. `cloud` is what can be pointed at; None before any is encoded."""

    def __init__(self) -> None:
        self.placed: Placed | None = None
        self._image: tuple[QImage, Placed, View] | None = None
        self._thin: tuple[Placed, Placed] | None = None

    @property
    def cloud(self) -> Cloud | None:
        """The points that are shown, without dimmed ones."""
        return None if self.placed is None else self.placed.shown

    @property
    def encodings(self) -> EncodingsReply | None:
        """What they are made of."""
        return None if self.placed is None else self.placed.encodings

    def clear(self) -> None:
        """Forgets all pictures."""
        self.placed = None

    def take(self, placed: Placed) -> None:
        """Takes these prepared points."""
        self.placed = placed
        if placed.seen is not None:
            view, pixels = placed.seen
            self._keep(pixels, placed, view)

    def z_of(self, row: int) -> Point:
        """The encoding of a picture, in all dimensions."""
        assert self.encodings is not None
        return tuple(map(float, self.encodings.mean[row]))

    def reach(self, share: float) -> float:
        """The distance from the origin that must be visible to show this share of all points."""
        if self.placed is None or not len(self.placed.everything):
            return 0.0
        everything = self.placed.everything
        return float(np.quantile(np.abs(np.concatenate([everything.x, everything.y])), share))

    @property
    def many(self) -> bool:
        """Whether there are too many points to draw all of them while the view moves."""
        return self.placed is not None and len(self.placed.everything) > _MOST_MOVING

    def image(self, camera: Camera, ratio: float, small: bool = False, moving: bool = False) -> QImage:
        """The image of the points, rendered again only if the view or the points have changed.

        While the view is `moving`, some of very many points stand for all.
        """
        assert self.placed is not None
        view = camera, ratio, small
        if self._image is None or self._image[1:] != (self.placed, view):
            placed = self._thinned() if moving and self.many else self.placed
            self._keep(rendered(placed, *view), placed, view)
        assert self._image is not None
        return self._image[0]

    def _thinned(self) -> Placed:
        assert self.placed is not None
        whole = self.placed
        if self._thin is None or self._thin[0].shown is not whole.shown:
            step = -(-len(whole.everything) // _MOST_MOVING)
            shown, dimmed = whole.shown.every(step), whole.dimmed and whole.dimmed.every(step)
            self._thin = (whole, replace(whole, shown=shown, dimmed=dimmed, seen=None))
        return self._thin[1]

    def _keep(self, pixels: Pixels, placed: Placed, view: View) -> None:
        self._pixels = pixels  # the image shares this memory
        self._image = (argb_image(pixels, view[1]), placed, view)
