"""A coloured map of the plane: a number for each cell, computed by the render thread while its layer is on.

It is computed for a region of a plane, not for a move of the probe in it: the newest is painted into the
background that is kept as one image. The colours run from the 2 % to the 98 % quantile of what is in sight,
for a single cell would take them all.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPalette

from latentlab.core.ramps import inks_of, ramp
from latentlab.engine.rendering.serving import Refusal, Request
from latentlab.engine.types import Region
from latentlab.qt.clients.coalesce import DebouncedCall
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.paint import is_dark
from latentlab.qt.widgets.images import argb_image
from latentlab.session.state import SessionState

_OPACITY = 0.62
_SHARES = (0.02, 0.98)
_SWATCH, _ROW = 90, 8


class MapLayer(QObject):
    """Requests the map of the visible region while the layer is on, and paints the newest.

    `changed` says that it has to be painted again. A subclass says which request it is, what its replies say
    and how they are worded.

    Attributes:
        name: of the layer, in the session's `Layers`.
        request: what is asked; its arguments are columns, rows, region, projection, base and condition.
        cell: logical pixels of a cell.
        title, waiting: of the legend.
        help: the tooltip of the legend.
    """

    changed = Signal()
    name: ClassVar[str]
    request: ClassVar[type[Request[Any]]]
    cell: ClassVar[int] = 12
    title: ClassVar[str]
    waiting: ClassVar[str]
    help: ClassVar[str]

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self._camera: Camera | None = None
        self.found: Any = None
        # The image, for one theme, and the ends of its colours.
        self._image: tuple[bool, QImage] | None = None
        self.low = self.high = 0.0
        self._legend = QRectF()
        # While a training is followed, a map under way is finished: else none would ever be whole.
        self._under_way = self._behind = False
        workspace.loaded.connect(self._forget)
        workspace.turned.connect(self._forget)
        workspace.unfolded.connect(self._renew)
        workspace.on(self.request).connect(self._mapped)
        workspace.refused.connect(self._refused)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._probed)
        self._soon = DebouncedCall(self._ask, self)

    def values(self, found: Any) -> NDArray[np.float32]:
        """The numbers of a reply, (rows, columns), top row first."""
        raise NotImplementedError

    def ends(self) -> tuple[str, str]:
        """The words at both ends of the legend's colours."""
        raise NotImplementedError

    def words(self, value: float) -> str:
        """The tooltip of a cell."""
        raise NotImplementedError

    @property
    def shown(self) -> bool:
        """Whether the layer is on, and the open model can fill it."""
        on = bool(getattr(self.workspace.state.layers, self.name))
        return on and self.workspace.model is not None and self.workspace.can_answer(self.request)

    def look(self, camera: Camera) -> None:
        """The view has come to rest at this region."""
        self._camera = camera
        self._ask()

    def paint(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """Paints the map at its region in the view."""
        if self.found is None or self.found.projection != self.workspace.projection:
            return
        left, right, bottom, top = self.found.region
        box = QRectF(QPointF(*camera.to_pixel(left, top)), QPointF(*camera.to_pixel(right, bottom)))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(_OPACITY)
        painter.drawImage(box, self._coloured(is_dark(palette)))
        painter.restore()

    def paint_legend(self, painter: QPainter, camera: Camera, palette: QPalette, above: float = 0.0) -> float:
        """Paints the legend of the colours, in the lower right corner above the axis; returns its height.

        `above`: the height of what stands there already.
        """
        metrics = painter.fontMetrics()
        words = self.title if self.found is not None else self.waiting
        ends = self.ends() if self.found is not None else ("", "")
        least = sum(map(metrics.horizontalAdvance, ends)) + metrics.horizontalAdvance("    ")
        width = max(metrics.horizontalAdvance(words), _SWATCH, least) + 16
        height = metrics.height() * 2 + _ROW + 14
        plate = QRectF(camera.width - width - 8, camera.height - height - 30 - above, width, height)
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
            return height + 6
        bar = QRectF(inner.left(), inner.top() + metrics.height() + 3, inner.width(), _ROW)
        painter.drawImage(bar, argb_image(np.ascontiguousarray(ramp(is_dark(palette))[None]), 1.0).copy())
        below = QRectF(inner.left(), bar.bottom() + 1, inner.width(), metrics.height())
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | flags, ends[0])
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | flags, ends[1])
        return height + 6

    def words_at(self, place: QPointF, camera: Camera) -> str:
        """The tooltip for a pixel of the view, or of the legend; "" where nothing is known."""
        if self.found is None or not self.shown:
            return ""
        if self._legend.contains(place):
            return f"<p>{self.help}</p>"
        values = self.values(self.found)
        cell = _cell_at(self.found.region, values.shape, *camera.to_plane(place.x(), place.y()))
        return "" if cell is None else self.words(float(values[cell])).replace("-", "−")

    def _coloured(self, dark: bool) -> QImage:
        assert self.found is not None
        if self._image is None or self._image[0] != dark:
            values = self.values(self.found)
            inks = inks_of(values.ravel(), self.low, self.high, dark, 0)
            pixels = np.ascontiguousarray(inks.reshape(values.shape))
            # Of its own memory: the numbers go.
            self._image = dark, argb_image(pixels, 1.0).copy()
        return self._image[1]

    @Slot()
    def _ask(self) -> None:
        workspace, camera = self.workspace, self._camera
        if camera is None or not self.shown:
            return
        state, projection = workspace.state, workspace.projection
        self._under_way, self._behind = True, False
        workspace.ask(
            self.request,
            max(2, camera.width // self.cell),
            max(2, camera.height // self.cell),
            camera.region,
            projection,
            projection.rest(state.probe),
            state.condition,
        )

    @Slot()
    def _renew(self) -> None:
        """The weights have changed."""
        if self._under_way and self.shown:
            self._behind = True
        else:
            self._ask()

    @Slot()
    def _forget(self) -> None:
        self.found = self._image = None
        self._under_way = self._behind = False
        self._ask()

    @Slot(object)
    def _mapped(self, found: Any) -> None:
        if found.done:
            self._under_way = False
        if found.projection != self.workspace.projection or not self.shown:
            return
        if found.done or not self._is_finer(found):
            self.found, self._image = found, None
            values = self.values(found)
            known = values[np.isfinite(values)]
            self.low, self.high = map(float, np.quantile(known, _SHARES)) if known.size else (0.0, 0.0)
            self.changed.emit()
        if found.done and self._behind:
            self._ask()

    def _is_finer(self, found: Any) -> bool:
        """Whether what is shown is of the same place, so that a coarse map would only flicker."""
        return self.found is not None and (self.found.region, self.found.projection) == (
            found.region,
            found.projection,
        )

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(self.request):
            self._under_way = self._behind = False

    @Slot(object, object)
    def _probed(self, old: SessionState, new: SessionState) -> None:
        """Beyond two latents the plane goes through the probe."""
        rest = self.workspace.projection.rest
        if self.shown and len(new.probe) > 2 and rest(old.probe) != rest(new.probe):
            self._soon.soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        was, now = (getattr(state.layers, self.name) for state in (old, new))
        if was and not now:
            self.found = self._image = None
        elif now and (not was or old.condition != new.condition):
            self._ask()


def _cell_at(region: Region, shape: tuple[int, ...], u: float, v: float) -> tuple[int, int] | None:
    """The (row, column) at a point of the plane; None outside the map."""
    left, right, bottom, top = region
    rows, columns = shape
    column = math.floor((u - left) / (right - left) * columns)
    row = math.floor((top - v) / (top - bottom) * rows)
    return (row, column) if 0 <= column < columns and 0 <= row < rows else None
