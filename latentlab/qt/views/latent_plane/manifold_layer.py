"""The layer of what the model decodes: asked for the part of the plane in sight, once that is at rest."""

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
    """`changed` tells that there is another picture; `image` is the newest, and where it lies."""

    changed = Signal()

    def __init__(self, view: QWidget, workspace: Workspace) -> None:
        super().__init__(view)
        self._view, self._workspace = view, workspace
        self.image: Manifold | None = None
        workspace.on(UnderlayRequest).connect(self._underlaid)

    def forget(self) -> None:
        """What was decoded is not so any more."""
        self.image = None

    def look(self, camera: Camera) -> None:
        """Asks for what is in sight, if it is to be shown."""
        if self._workspace.state.layers.manifold:
            columns = max(2, math.ceil(self._view.width() / _CELL))
            rows = max(2, math.ceil(self._view.height() / _CELL))
            self._workspace.request_underlay(columns, rows, camera.region)

    @Slot(object)
    def _underlaid(self, reply: GridReply) -> None:
        if reply.region is None:
            return
        image = to_qimage(reply.mosaic)
        if image.isGrayscale() and not paint.is_dark(self._view.palette()):
            image.invertPixels()  # ink on paper: white digits on black would drown the points
        self.image = (reply.region, image)
        self.changed.emit()
