"""Paints the marks over the plane's points: probe, pins, walk, posterior of the selection, pointer."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPalette

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Flat, Point
from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.places import paint_places
from latentlab.qt.views.latent_plane.trajectory import paint_trajectory
from latentlab.qt.views.latent_plane.true_posterior import TruePosteriorLayer
from latentlab.session.state import Place, SessionState


class Marks:
    """Caches the positions of walk and pins in the plane: in many dimensions too slow for every mouse move.

    `ellipse` is the mean and sigma of the selected picture's posterior; `trajectory` the path of a diffusion
    tape's predictions, of which `reached` points have been shown; the last of them is labelled `hand`.
    """

    def __init__(self, projection: Projection) -> None:
        self.walk: tuple[Point, ...] = ()
        self.ellipse: tuple[Point, Point] | None = None
        self.way: tuple[Flat, ...] = ()
        self.trajectory: tuple[Point, ...] = ()
        self.reached, self.hand = 0, ""
        self._trajectory: tuple[Flat, ...] = ()
        self.pins: tuple[Flat, ...] = ()
        self.places: tuple[tuple[str, Flat], ...] = ()
        self.posterior: TruePosteriorLayer | None = None
        self._projection = projection

    def forget(self) -> None:
        """Another model is open: drops the marks of the previous one, except its pins, which are the
        session's.
        """
        self.walk = self.trajectory = ()
        self.ellipse, self.reached, self.hand = None, 0, ""

    def place(self, projection: Projection, pins: tuple[Point, ...], places: tuple[Place, ...] = ()) -> None:
        """Finds all positions, when the walk, the pins, the named places or the plane have changed."""
        self._projection = projection
        self.way = tuple(flat for z in self.walk if (flat := self.flat(z)))
        self.pins = tuple(flat for z in pins if (flat := self.flat(z)))
        self.places = tuple((one.name, flat) for one in places if (flat := self.flat(one.z)))
        self._trajectory = tuple(flat for z in self.trajectory if (flat := self.flat(z)))

    def flat(self, z: Point) -> Flat | None:
        """The position of z in the plane; None for a point of another model, which may still arrive."""
        return self._projection.to_plane(z) if len(z) == self._projection.latents else None

    def paint(self, painter: QPainter, camera: Camera, palette: QPalette, state: SessionState) -> None:
        """Paints all of them, the probe and the path of a tape last."""
        if self.way:
            paint.walk(painter, camera, palette, self.way, state.frame)
        paint_places(painter, camera, palette, self.places)
        paint.pins(painter, camera, palette, self.pins)
        if self.ellipse is not None and (middle := self.flat(self.ellipse[0])):
            shape = self._projection.ellipse(self.ellipse[1])
            paint.posterior(painter, camera, palette, middle, shape)
        if self.posterior is not None and state.layers.posterior:
            alone = self.ellipse is None or self.posterior.elsewhere
            self.posterior.paint(painter, camera, palette, self._projection, alone)
        if state.pointed is not None and (place := self.flat(state.pointed)):
            paint.pointed(painter, camera, palette, place)
        if place := self.flat(state.probe):
            paint.probe(painter, camera, palette, place)
        # Over the probe, because it may be short and lie beneath it.
        if self._trajectory:
            paint_trajectory(painter, camera, palette, self._trajectory, self.reached, self.hand)
