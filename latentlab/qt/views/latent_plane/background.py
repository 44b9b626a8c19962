"""Paints the background of the plane: manifold, density, contours, points, axes, cached as one image."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QPalette, QPixmap

from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.density import DensityLayer
from latentlab.qt.views.latent_plane.map_layer import MapLayer
from latentlab.qt.views.latent_plane.thumbnails import Thumbnails
from latentlab.session.state import Layers

Manifold = tuple[tuple[float, float, float, float], QImage]


def painted_base(
    rect: QRect,
    ratio: float,
    palette: QPalette,
    camera: Camera,
    layers: Layers,
    points: QImage | None,
    thumbnails: Thumbnails,
    manifold: Manifold | None,
    density: DensityLayer,
    maps: Sequence[MapLayer],
    names: tuple[str, str],
    contours: paint.Lines | None = None,
) -> QPixmap:
    """The visible layers, at `ratio` device pixels to a logical one; the manifold if there is one.

    `points` is their image, None for none; `contours` are those of another prior than N(0, I).
    """
    base = QPixmap(round(rect.width() * ratio), round(rect.height() * ratio))
    base.setDevicePixelRatio(ratio)
    painter = QPainter(base)
    painter.fillRect(rect, palette.base())
    if layers.manifold and manifold is not None:
        paint.manifold(painter, camera, *manifold)
    for layer in filter(_shown, maps):
        layer.paint(painter, camera, palette)
    if layers.density:
        density.paint(painter, camera, palette)
    if layers.contours:
        paint.contours(painter, camera, palette, contours)
    if points is not None:
        painter.drawImage(QPointF(0, 0), points)
        thumbnails.paint(painter, camera, palette)
    if layers.contours:
        paint.contour_names(painter, camera, palette, contours)
    paint.axes(painter, camera, palette, names)
    paint_legends(painter, camera, palette, density if layers.density else None, maps)
    painter.end()
    return base


def paint_legends(
    painter: QPainter,
    camera: Camera,
    palette: QPalette,
    density: DensityLayer | None,
    maps: Sequence[MapLayer],
) -> None:
    """The legends of the layers that are shown; those of several maps one above the other."""
    if density is not None:
        density.paint_legend(painter, camera, palette)
    above = 0.0
    for layer in filter(_shown, maps):
        above += layer.paint_legend(painter, camera, palette, above)


def _shown(layer: MapLayer) -> bool:
    return layer.shown


def draw_part(painter: QPainter, base: QPixmap, box: QRect, ratio: float) -> None:
    """The part of a cached background that has to be painted again."""
    source = QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)
    painter.drawPixmap(QRectF(box), base, source)
