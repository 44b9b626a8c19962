"""The stretch layer of the plane: how much the decoder stretches each place, log sqrt det J^T J.

Bright places are where a small step changes the picture much. The colours run from the 2 % to the 98 %
quantile of what is in sight, for a single fold would take them all.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPalette

from latentlab.core.ramps import inks_of, ramp
from latentlab.engine.rendering.requests.stretch import StretchMapReply, StretchMapRequest
from latentlab.qt.clients.coalesce import DebouncedCall
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.paint import is_dark
from latentlab.qt.widgets.images import argb_image
from latentlab.session.state import SessionState

# Logical pixels of a cell; its derivatives cost as much as some pictures.
_CELL = 12
_OPACITY = 0.62
_SHARES = (0.02, 0.98)
_SWATCH, _ROW = 90, 8


class StretchLayer(QObject):
    """Requests the map of the visible region while the layer is on, and paints the newest.

    `changed` says that it has to be painted again.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._camera: Camera | None = None
        self.found: StretchMapReply | None = None
        # The image, for one theme, and the ends of its colours.
        self._image: tuple[bool, QImage] | None = None
        self.low = self.high = 0.0
        self._legend = QRectF()
        workspace.loaded.connect(self._forget)
        workspace.turned.connect(self._forget)
        workspace.unfolded.connect(self._ask)
        workspace.on(StretchMapRequest).connect(self._mapped)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._probed)
        self._soon = DebouncedCall(self._ask, self)

    def look(self, camera: Camera) -> None:
        """The view has come to rest at this region."""
        self._camera = camera
        self._ask()

    def paint(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """Paints the map at its region in the view."""
        if self.found is None or self.found.projection != self._workspace.projection:
            return
        left, right, bottom, top = self.found.region
        box = QRectF(QPointF(*camera.to_pixel(left, top)), QPointF(*camera.to_pixel(right, bottom)))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(_OPACITY)
        painter.drawImage(box, self._coloured(is_dark(palette)))
        painter.restore()

    def paint_legend(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """Paints the legend of the colours, in the lower right corner above the axis."""
        metrics = painter.fontMetrics()
        words = "Stretch of the decoder"
        if self.found is None:
            words = "Computing the stretch …"
        width = max(metrics.horizontalAdvance(words), _SWATCH) + 16
        height = metrics.height() * 2 + _ROW + 14
        plate = QRectF(camera.width - width - 8, camera.height - height - 30, width, height)
        ground = palette.base().color()
        ground.setAlphaF(0.86)
        painter.setPen(palette.mid().color())
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(palette.text().color())
        inner = plate.adjusted(8, 4, -8, -4)
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, words)
        self._legend = plate
        if self.found is None:
            return
        bar = QRectF(inner.left(), inner.top() + metrics.height() + 3, inner.width(), _ROW)
        painter.drawImage(bar, argb_image(np.ascontiguousarray(ramp(is_dark(palette))[None]), 1.0).copy())
        below = QRectF(inner.left(), bar.bottom() + 1, inner.width(), metrics.height())
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | flags, "1 ×")
        factor = math.exp(min(self.high - self.low, 60.0))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | flags, f"{factor:,.3g} ×")

    def words_at(self, place: QPointF, camera: Camera) -> str:
        """The tooltip for a pixel of the view, or of the legend; "" where nothing is known."""
        found = self.found
        if found is None:
            return ""
        if self._legend.contains(place):
            return (
                "<p>The area that the decoder gives a small square of the plane in the space of pictures: "
                "the root of det JᵀJ, J its derivatives. Bright: a small step changes the picture "
                "much, as at the border between two classes.</p>"
            )
        u, v = camera.to_plane(place.x(), place.y())
        left, right, bottom, top = found.region
        rows, columns = found.log_area.shape
        column = math.floor((u - left) / (right - left) * columns)
        row = math.floor((top - v) / (top - bottom) * rows)
        if not (0 <= column < columns and 0 <= row < rows):
            return ""
        return f"log √det JᵀJ = {float(found.log_area[row, column]):.2f}".replace("-", "−")

    def _coloured(self, dark: bool) -> QImage:
        assert self.found is not None
        if self._image is None or self._image[0] != dark:
            inks = inks_of(self.found.log_area.ravel(), self.low, self.high, dark, 0)
            pixels = np.ascontiguousarray(inks.reshape(self.found.log_area.shape))
            # Of its own memory: the numbers go.
            self._image = dark, argb_image(pixels, 1.0).copy()
        return self._image[1]

    @Slot()
    def _ask(self) -> None:
        workspace, camera = self._workspace, self._camera
        if not workspace.state.layers.stretch or camera is None or workspace.model is None:
            return
        if not workspace.can_answer(StretchMapRequest):
            return
        columns, rows = max(2, camera.width // _CELL), max(2, camera.height // _CELL)
        state = workspace.state
        workspace.ask(
            StretchMapRequest,
            columns,
            rows,
            camera.region,
            workspace.projection,
            workspace.projection.rest(state.probe),
            state.condition,
        )

    @Slot()
    def _forget(self) -> None:
        self.found = self._image = None
        self._ask()

    @Slot(object)
    def _mapped(self, found: StretchMapReply) -> None:
        if found.projection != self._workspace.projection or not self._workspace.state.layers.stretch:
            return
        self.found, self._image = found, None
        known = found.log_area[np.isfinite(found.log_area)]
        self.low, self.high = map(float, np.quantile(known, _SHARES)) if known.size else (0.0, 0.0)
        self.changed.emit()

    @Slot(object, object)
    def _probed(self, old: SessionState, new: SessionState) -> None:
        """Beyond two latents the plane goes through the probe."""
        rest = self._workspace.projection.rest
        if new.layers.stretch and len(new.probe) > 2 and rest(old.probe) != rest(new.probe):
            self._soon.soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.layers.stretch and not new.layers.stretch:
            self.found = self._image = None
        elif new.layers.stretch and (not old.layers.stretch or old.condition != new.condition):
            self._ask()
