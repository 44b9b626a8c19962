"""The layer of points: placed at once, or in the background while a model is in training."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import EncodingsReply, UnfoldedReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.background_scatter import Ahead
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.scatter import Placed, Scatter, place


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
        self._ahead = Ahead(self)
        self._ahead.ready.connect(self._placed)

    @property
    def renews_itself(self) -> bool:
        """Whether the points change by themselves now, and often."""
        return self._ahead.in_use

    def forget(self) -> None:
        """Another model: forgets the points of the previous one."""
        self.points.clear()
        self._ahead.forget()

    def show(self, encodings: EncodingsReply) -> None:
        """More pictures have been encoded, or all again."""
        if not isinstance(encodings, UnfoldedReply) or self.points.cloud is None:
            self._count_in(encodings)
            return
        # Comes by itself, and often: a drag must not wait for it.
        labels = self._workspace.model.labels if self._workspace.model else None
        view = (self._view.camera, self._view.devicePixelRatioF())
        hidden = self._workspace.state.hidden
        self._ahead.prepare(partial(place, encodings, labels, self._workspace.projection, hidden, view))

    def turn(self) -> None:
        """Another plane is shown."""
        if self.points.encodings is not None:
            self._count_in(self.points.encodings)

    def hide(self, hidden: frozenset[int]) -> None:
        """Shows all classes except these."""
        self.points.hide(hidden)
        self.changed.emit()

    @Slot(object)
    def _placed(self, placed: Placed) -> None:
        # Superseded by another model's points, or by another plane.
        newest, state = self._workspace.encodings, self._workspace.state
        if not isinstance(newest, UnfoldedReply) or newest.mean.shape != placed.encodings.mean.shape:
            return
        if placed.projection == self._workspace.projection:
            self.points.take(placed)
            if placed.hidden != state.hidden:
                self.points.hide(state.hidden)
            self.renewed.emit()

    def _count_in(self, encodings: EncodingsReply) -> None:
        """Makes the cloud of all points again."""
        model, projection = self._workspace.model, self._workspace.projection
        if model is not None and encodings.mean.shape[1] == projection.latents:
            self.points.count_in(encodings, model.labels, projection, self._workspace.state.hidden)
            self.changed.emit()
