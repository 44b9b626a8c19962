"""The layer of points: placed at once, or in the background where they are many or a model is in training."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import EncodingsReply, UnfoldedReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import MOST_AT_ONCE, facts_of
from latentlab.qt.views.latent_plane.background_scatter import Ahead
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.scatter import Placed, Scatter, View, dress, place, seen_in

_PAUSE_MS = 120


class Sees(Protocol):
    """A view that knows its visible region."""

    @property
    def camera(self) -> Camera:
        """The visible region."""

    def devicePixelRatioF(self) -> float:
        """Device pixels to a logical one."""


class ScatterLayer(QObject):
    """Keeps the points. `changed` says that they are to be painted now, `renewed` that this can wait a
    moment.
    """

    changed = Signal()
    renewed = Signal()

    def __init__(self, view: Sees, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._view, self._workspace = view, workspace
        self.points = Scatter()
        self.facts = facts_of(workspace)
        # Of a training's snapshots; and of other looks of the same points.
        self._ahead, self._dressing = Ahead(self), Ahead(self)
        self._ahead.ready.connect(self._placed)
        self._dressing.ready.connect(self._redressed)
        self.facts.look_changed.connect(self._dress)
        # A hand that pauses goes on: all of very many points would be rendered for nothing, and in its way.
        self._whole = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._whole.timeout.connect(self._complete)
        self._awaited = False

    @property
    def renews_itself(self) -> bool:
        """Whether the points change by themselves now, and often."""
        return self._ahead.in_use

    def forget(self) -> None:
        """Another model: forgets the points of the previous one."""
        self.points.clear()
        self._ahead.forget()
        self._dressing.forget()
        self._awaited = False

    def finish(self) -> None:
        """The plane is deleted: waits for what is rendered in the background."""
        self._ahead.finish()
        self._dressing.finish()

    def show(self, encodings: EncodingsReply) -> None:
        """More pictures have been encoded, or all again."""
        if not isinstance(encodings, UnfoldedReply) or self.points.cloud is None:
            self._count_in(encodings)
            return
        # Comes by itself, and often: a drag must not wait for it.
        look = self.facts.look
        if look is not None:
            self._ahead.prepare(partial(place, encodings, look, self._workspace.projection, self._seen))

    def turn(self) -> None:
        """Another plane is shown."""
        if self.points.encodings is not None:
            self._count_in(self.points.encodings)

    def image(self, ratio: float, small: bool, moving: bool) -> QImage:
        """See `Scatter.image`."""
        if moving:
            self._whole.stop()
        few = moving or self._awaited or self._whole.isActive()
        return self.points.image(self._view.camera, ratio, small, few)

    def complete(self) -> None:
        """The view has come to rest: soon all of very many points are rendered, in the background."""
        if self.points.many:
            self._whole.start()

    @Slot()
    def _complete(self) -> None:
        placed, look = self.points.placed, self.facts.look
        if placed is not None and look is not None:
            self._awaited = True
            same = placed.look is look
            work = partial(seen_in, placed) if same else partial(dress, placed, look)
            self._dressing.prepare(partial(work, self._seen))

    @property
    def _seen(self) -> View:
        return self._view.camera, self._view.devicePixelRatioF(), self._workspace.state.layers.density

    @Slot()
    def _dress(self) -> None:
        """The points look otherwise."""
        placed, look = self.points.placed, self.facts.look
        if placed is None or look is None or len(look.inks) < len(placed.everything):
            return
        if len(placed.everything) <= MOST_AT_ONCE:
            self.points.take(dress(placed, look))
            self.changed.emit()
        else:
            self._dressing.prepare(partial(dress, placed, look, self._seen))

    @Slot(object)
    def _redressed(self, placed: Placed) -> None:
        now, self._awaited = self.points.placed, False
        # Superseded by other points.
        if now is not None and now.encodings is placed.encodings and now.projection == placed.projection:
            self.points.take(placed)
            self.changed.emit()

    @Slot(object)
    def _placed(self, placed: Placed) -> None:
        # Superseded by another model's points, or by another plane.
        newest = self._workspace.encodings
        if not isinstance(newest, UnfoldedReply) or newest.mean.shape != placed.encodings.mean.shape:
            return
        if placed.projection == self._workspace.projection:
            self.points.take(placed)
            if self.facts.look is not None and placed.look is not self.facts.look:
                self._dress()
            self.renewed.emit()

    def _count_in(self, encodings: EncodingsReply) -> None:
        """Makes the cloud of all points again."""
        look, projection = self.facts.look, self._workspace.projection
        fits = look is not None and len(look.inks) >= len(encodings.mean)
        if look is not None and fits and encodings.mean.shape[1] == projection.latents:
            self.points.take(place(encodings, look, projection))
            self.changed.emit()
