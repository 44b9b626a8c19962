"""The manifold layer of the plane: requests the decoded pictures of the visible region once it is at rest."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.grids import GridReply, UnderlayRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.background import Manifold
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.widgets.images import to_qimage

_CELL = 40


class ManifoldLayer(QObject):
    """`changed` says that there is another picture; `image` is the newest, and its region, for the theme."""

    changed = Signal()

    def __init__(self, view: QWidget, workspace: Workspace) -> None:
        super().__init__(view)
        self._view, self._workspace = view, workspace
        # As it was decoded; and turned to ink on paper, if it was asked for.
        self._decoded: Manifold | None = None
        self._inverted: Manifold | None = None
        workspace.on(UnderlayRequest).connect(self._underlaid)

    @property
    def image(self) -> Manifold | None:
        """The newest, in the colours of the view's palette."""
        return self.image_on(dark=paint.is_dark(self._view.palette()))

    def image_on(self, *, dark: bool) -> Manifold | None:
        """The newest on a dark or on a light ground. There grey pictures are ink on paper: white digits on
        black would hide the points.
        """
        if self._decoded is None or dark or not self._decoded[1].isGrayscale():
            return self._decoded
        if self._inverted is None:
            region, decoded = self._decoded
            ink = decoded.copy()
            ink.invertPixels()
            self._inverted = region, ink
        return self._inverted

    def forget(self) -> None:
        """Drops what was decoded: it is out of date."""
        self._decoded = self._inverted = None

    def look(self, camera: Camera) -> None:
        """Requests the visible region, if the layer is on."""
        if self._workspace.state.layers.manifold:
            columns = max(2, math.ceil(self._view.width() / _CELL))
            rows = max(2, math.ceil(self._view.height() / _CELL))
            self._workspace.request_underlay(columns, rows, camera.region)

    @Slot(object)
    def _underlaid(self, reply: GridReply) -> None:
        if reply.region is None:
            return
        if not reply.done and self._decoded is not None and self._workspace.following:
            return  # the last one is finer, and nearly the same
        self._decoded, self._inverted = (reply.region, to_qimage(reply.mosaic)), None
        self.changed.emit()
