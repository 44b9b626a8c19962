"""Paints the background of the plane: manifold, density, contours, points, axes, cached as one image."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QPalette, QPixmap

from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.density import DensityLayer
from latentlab.qt.views.latent_plane.scatter import Scatter
from latentlab.session.state import Layers

# Opaque points would hide the density.
_POINTS_OVER_DENSITY = 0.4

Manifold = tuple[tuple[float, float, float, float], QImage]


def painted_base(
    rect: QRect,
    ratio: float,
    palette: QPalette,
    camera: Camera,
    layers: Layers,
    scatter: Scatter,
    manifold: Manifold | None,
    density: DensityLayer,
    names: tuple[str, str],
    contours: paint.Lines | None = None,
) -> QPixmap:
    """The visible layers, at `ratio` device pixels to a logical one; the manifold if there is one.

    `contours` are those of another prior than N(0, I).
    """
    base = QPixmap(round(rect.width() * ratio), round(rect.height() * ratio))
    base.setDevicePixelRatio(ratio)
    painter = QPainter(base)
    painter.fillRect(rect, palette.base())
    if layers.manifold and manifold is not None:
        paint.manifold(painter, camera, *manifold)
    if layers.density:
        density.paint(painter, camera, palette)
    if layers.contours:
        paint.contours(painter, camera, palette, contours)
    if layers.points and scatter.cloud is not None:
        painter.setOpacity(_POINTS_OVER_DENSITY if layers.density else 1.0)
        painter.drawImage(QPointF(0, 0), scatter.image(scatter.cloud, camera, ratio))
        painter.setOpacity(1.0)
    if layers.contours:
        paint.contour_names(painter, camera, palette, contours)
    paint.axes(painter, camera, palette, names)
    if layers.density:
        density.paint_legend(painter, camera, palette)
    painter.end()
    return base


def draw_part(painter: QPainter, base: QPixmap, box: QRect, ratio: float) -> None:
    """The part of a cached background that has to be painted again."""
    source = QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)
    painter.drawPixmap(QRectF(box), base, source)
