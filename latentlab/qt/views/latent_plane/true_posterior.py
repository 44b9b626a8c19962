"""The layer of the true posterior p(z|x) of a picture, beside the ellipse of the encoder's q(z|x).

For one or two latents it is a shaded region; beyond, points drawn from it. It is painted with the marks: it
follows a hand, and only the few pixels where it is are painted again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.theory import PosteriorReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.theory_subject import subject_of
from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.session.state import SessionState

# Unlike the blue of q, and as far from it in lightness in either theme.
_COLOUR = {False: "#d9480f", True: "#ffa94d"}
_COVER = 0.9
# Of points beyond two latents.
_DOT, _SHOWN = 3.0, 400
# The height in pixels of the region in a plane of one latent.
_BAND = 28.0
_MARGIN, _CLEAR = 4, 16


class TruePosteriorLayer(QObject):
    """Keeps the newest posterior while the layer is on.

    Args:
        view: the widget that it is painted on.
        camera: returns the camera.
    """

    def __init__(self, view: QWidget, workspace: Workspace, camera: Callable[[], Camera]) -> None:
        super().__init__(view)
        self._view, self._workspace, self._camera = view, workspace, camera
        self._subject = subject_of(workspace)
        self.reply: PosteriorReply | None = None
        self._image: QImage | None = None
        # In its colour: a drag paints the same one many times.
        self._filled: tuple[QImage, QColor, QImage] | None = None
        self._painted = QRectF()
        self._subject.told.connect(self._told)
        self._subject.changed.connect(self._renewed)
        workspace.changed.connect(self._changed)
        self._subject.want("layer", workspace.state.layers.posterior)

    @property
    def elsewhere(self) -> bool:
        """Whether it is of another picture than the selected one."""
        selected = self._workspace.state.selected
        return self.reply is not None and self.reply.subject.index != selected

    def paint(
        self, painter: QPainter, camera: Camera, palette: QPalette, projection: Projection, alone: bool
    ) -> None:
        """Paints it; `alone`, where no other mark shows the ellipse of q, with that too."""
        reply = self.reply
        if reply is None or len(reply.mean) != projection.latents:
            return
        middle = projection.to_plane(reply.mean)
        if alone:
            paint.posterior(painter, camera, palette, middle, projection.ellipse(reply.sigma))
        colour = QColor(_COLOUR[paint.is_dark(palette)])
        painter.save()
        if reply.points is not None:
            self._paint_points(painter, camera, projection, colour, palette)
        elif self._image is not None:
            painter.setTransform(self._transform(reply, camera, projection), True)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QPointF(0, 0), self._coloured(colour))
        painter.restore()
        # Clear of the probe, which may lie in its middle.
        box = self._box(reply, camera, projection).adjusted(-_CLEAR, -_CLEAR, _CLEAR, _CLEAR)
        paint.name_beside(painter, camera, palette, box, _label(reply))

    def _paint_points(
        self, painter: QPainter, camera: Camera, projection: Projection, colour: QColor, palette: QPalette
    ) -> None:
        assert self.reply is not None
        assert self.reply.points is not None
        flat = projection.project(self.reply.points[:_SHOWN])
        dots = QPolygonF([QPointF(*camera.to_pixel(float(u), float(v))) for u, v in flat])
        for ink, width in ((palette.base().color(), _DOT + 1.6), (colour, _DOT)):
            pen = QPen(ink, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(dots)

    def _transform(self, reply: PosteriorReply, camera: Camera, projection: Projection) -> QTransform:
        """From pixels of the image, whose top row is the last, to those of the view."""
        assert self._image is not None
        columns, rows, s = self._image.width(), self._image.height(), camera.scale
        if len(reply.low) == 1:
            left, middle = camera.to_pixel(projection.across[0] * reply.low[0], 0.0)
            wide = s * projection.across[0] * (reply.high[0] - reply.low[0]) / columns
            return QTransform(wide, 0.0, 0.0, _BAND / rows, left, middle - 0.5 * _BAND)
        step = [(high - low) / n for low, high, n in zip(reply.low, reply.high, (columns, rows), strict=True)]
        (a, b), (c, d) = projection.across, projection.up
        corner = projection.to_plane((reply.low[0], reply.high[1]))
        left, top = camera.to_pixel(*corner)
        return QTransform(s * a * step[0], -s * c * step[0], -s * b * step[1], s * d * step[1], left, top)

    def _box(self, reply: PosteriorReply, camera: Camera, projection: Projection) -> QRectF:
        """Where it is in the view."""
        if reply.points is not None:
            flat = projection.project(reply.points[:_SHOWN])
            (left, bottom), (right, top) = flat.min(0), flat.max(0)
            corners = (QPointF(*camera.to_pixel(left, top)), QPointF(*camera.to_pixel(right, bottom)))
            return QRectF(*corners)
        if self._image is None:
            return QRectF()
        return self._transform(reply, camera, projection).mapRect(QRectF(self._image.rect()))

    def _coloured(self, colour: QColor) -> QImage:
        assert self._image is not None
        if self._filled is not None and self._filled[0] is self._image and self._filled[1] == colour:
            return self._filled[2]
        filled = QImage(self._image.size(), QImage.Format.Format_ARGB32_Premultiplied)
        filled.fill(colour)
        painter = QPainter(filled)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawImage(0, 0, self._image)
        painter.end()
        self._filled = self._image, colour, filled
        return filled

    def _update(self) -> None:
        """Paints again where it was and where it is."""
        reply, camera, projection = self.reply, self._camera(), self._workspace.projection
        box = QRectF()
        if reply is not None and len(reply.mean) == projection.latents:
            box = self._box(reply, camera, projection)
            middle = QPointF(*camera.to_pixel(*projection.to_plane(reply.mean)))
            reach = 2.2 * camera.scale * max(projection.ellipse(reply.sigma)[:2])
            box |= QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)
            # With its label, on either side.
            box.adjust(-200, -20, 200, 20)
        both = (box | self._painted).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        self._painted = box
        self._view.update((both & QRectF(self._view.rect())).toAlignedRect())

    @Slot(object)
    def _told(self, reply: PosteriorReply) -> None:
        self.reply = reply
        self._image = None if reply.log_density is None else _stencil(reply)
        if self._workspace.state.layers.posterior:
            self._update()

    @Slot()
    def _renewed(self) -> None:
        # Another picture of the same plane: the old posterior stays until the new one is there.
        if self._subject.subject is None and self.reply is not None:
            self.reply = self._image = None
            self._view.update()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.layers.posterior != new.layers.posterior:
            self._subject.want("layer", new.layers.posterior)
            if not new.layers.posterior:
                self.reply = self._image = None
                self._painted = QRectF()


def _label(reply: PosteriorReply) -> str:
    if reply.points is not None:
        return f"p(z|x): {reply.effective:,.0f} of {reply.draws:,} draws count"
    return f"p(z|x), KL from q {max(0.0, reply.gap):.2f} nats"


def _stencil(reply: PosteriorReply) -> QImage:
    """The opacity of each cell, the last row on top: the root of the density, for its tails to be seen."""
    assert reply.log_density is not None
    page = np.exp(0.5 * (reply.log_density - reply.log_density.max()))
    alpha = np.ascontiguousarray(np.round(255.0 * _COVER * page).astype(np.uint8)[::-1])
    rows, columns = alpha.shape
    return QImage(alpha.data, columns, rows, columns, QImage.Format.Format_Alpha8).copy()
