"""The density layer of the plane: shows where encoded pictures lie, and where there are holes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Signal, Slot
from PySide6.QtGui import QPainter, QPalette

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.grids import DensityMapReply, DensityMapRequest
from latentlab.engine.rendering.requests.opening import EncodingsReply, UnfoldedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane import density_paint
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.session.state import SessionState

# Logical pixels of a cell; during a training, a map comes with every snapshot.
_CELL, _LEARNING_CELL = 4, 9


class DensityLayer(QObject):
    """Requests the map of the visible region while the layer is on, and paints the newest.

    `changed` says that it has to be painted again.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._camera: Camera | None = None
        self._stencils: density_paint.Stencils | None = None
        self._legend = QRectF()
        self._waiting = False
        workspace.loaded.connect(self._forget)
        workspace.turned.connect(self._turned)
        workspace.encoded.connect(self._encoded)
        workspace.on(DensityMapRequest).connect(self._mapped)
        workspace.refused.connect(self._refused)
        workspace.changed.connect(self._changed)

    @property
    def found(self) -> DensityMapReply | None:
        """The newest map; None if there is none."""
        return self._stencils.found if self._stencils is not None else None

    def look(self, camera: Camera) -> None:
        """The view has come to rest at this region."""
        self._camera = camera
        self._ask()

    def paint(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """Paints the map at its region in the view."""
        if self._stencils is not None:
            self._stencils.paint(painter, camera, palette)

    def paint_legend(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """Paints the legend of the shades."""
        self._legend = density_paint.legend(painter, camera, palette, self.found)

    def words_at(self, place: QPointF, camera: Camera) -> str:
        """The tooltip for a pixel of the view, or of the legend; "" where nothing is known."""
        found = self.found
        if found is None:
            return ""
        if self._legend.contains(place):
            return density_paint.at_length(found)
        return density_paint.of_a_place(found, *camera.to_plane(place.x(), place.y()))

    def _ask(self) -> None:
        workspace, camera = self._workspace, self._camera
        encodings = workspace.encodings
        if not workspace.state.layers.density or camera is None or encodings is None or not encodings.done:
            return
        cell = _LEARNING_CELL if workspace.following else _CELL
        self._waiting = True
        columns, rows = max(2, camera.width // cell), max(2, camera.height // cell)
        workspace.ask(DensityMapRequest, columns, rows, camera.region, workspace.projection)

    @Slot(object)
    def _forget(self, _: object) -> None:
        self._stencils, self._waiting = None, False

    @Slot(object)
    def _turned(self, projection: Projection) -> None:
        if not self._workspace.turns_by_itself:
            self._forget(projection)

    def _is_of_the_plane(self, found: DensityMapReply) -> bool:
        """Whether a map is of the plane in sight, or of the same principal components a snapshot ago."""
        here = self._workspace.projection
        return found.projection == here or (self._workspace.following and found.projection.axes == here.axes)

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        # During a training the next snapshot comes soon: the map under way is worth more than a newer one.
        if not (isinstance(encodings, UnfoldedReply) and self._waiting):
            self._ask()

    @Slot(object)
    def _mapped(self, found: DensityMapReply) -> None:
        self._waiting = self._waiting and not found.done
        if self._is_of_the_plane(found) and self._workspace.state.layers.density:
            self._stencils = density_paint.Stencils(found)
            self.changed.emit()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(DensityMapRequest):
            self._waiting = False

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.layers.density and not new.layers.density:
            self._forget(new)
