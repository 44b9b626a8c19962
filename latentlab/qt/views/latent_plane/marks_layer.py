"""The layer of marks in the plane; when one moves, only a few pixels are repainted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRectF, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.pictures import SelectionReply, SelectionRequest
from latentlab.engine.rendering.requests.points import WalkReply, WalkRequest
from latentlab.engine.types import Point
from latentlab.qt.clients.deferred_probe import DeferredProbe
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.marks import Marks
from latentlab.qt.views.latent_plane.true_posterior import TruePosteriorLayer
from latentlab.session.state import SessionState


class MarksLayer(QObject):
    """Keeps `marks` up to date with the session.

    Args:
        view: the widget that they are painted on.
        camera: returns the camera.
        drags: whether the probe is being dragged here, not elsewhere.
    """

    def __init__(
        self, view: QWidget, workspace: Workspace, camera: Callable[[], Camera], drags: Callable[[], bool]
    ) -> None:
        super().__init__(view)
        self._view, self._workspace, self._camera, self._drags = view, workspace, camera, drags
        self.marks = Marks(workspace.projection)
        self.marks.posterior = TruePosteriorLayer(view, workspace, camera)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._probed)
        self._deferred_probe = DeferredProbe(workspace, self)
        self._deferred_probe.moved.connect(self._trailed)
        workspace.on(SelectionRequest).connect(self._selected)
        workspace.on(WalkRequest).connect(self._walked)

    def place(self) -> None:
        """Finds their positions in the plane again."""
        state = self._workspace.state
        self.marks.place(self._workspace.projection, state.pins, state.places)

    def show_trajectory(self, points: tuple[Point, ...], reached: int, hand: str) -> None:
        """See `LatentPlane.show_trajectory`."""
        if points != self.marks.trajectory:
            self.marks.trajectory = points
            self.place()
        self.marks.reached, self.marks.hand = reached, hand
        self._view.update()

    @Slot(object)
    def _selected(self, card: SelectionReply) -> None:
        self.marks.ellipse = (card.mean, card.sigma)
        self._view.update()

    @Slot(object)
    def _walked(self, walk: WalkReply) -> None:
        self.marks.walk = walk.points if len(walk.points) > 1 else ()
        self.place()
        self._view.update()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected:
            self.marks.ellipse = None
            self._view.update()
        if (old.pins, old.places) != (new.pins, new.places):
            self.place()
        if (old.frame, old.pins, old.places) != (new.frame, new.pins, new.places):
            self._view.update()
        self._follow(old, new)

    @Slot(object, object)
    def _probed(self, old: SessionState, new: SessionState) -> None:
        # At once for a drag here; for a drag elsewhere, after the picture that the user looks at.
        if self._drags():
            self._follow(old, new)

    @Slot(object, object)
    def _trailed(self, old: SessionState, new: SessionState) -> None:
        if not self._drags():
            self._follow(old, new)

    def _follow(self, old: SessionState, new: SessionState) -> None:
        """Repaints probe and pointer at their old and new positions."""
        for before, after in ((old.probe, new.probe), (old.pointed, new.pointed)):
            if before != after:
                self._update_around(before)
                self._update_around(after)

    def _update_around(self, z: Point | None) -> None:
        """Repaints the few pixels around a mark at z."""
        if z is not None and (flat := self.marks.flat(z)):
            left, top = self._camera().to_pixel(*flat)
            if abs(left) < 1e6 and abs(top) < 1e6:
                middle = QPoint(round(left), round(top))
                reach = QPoint(paint.REACH, paint.REACH)
                self._view.update(QRectF(middle - reach, middle + reach).toAlignedRect())
