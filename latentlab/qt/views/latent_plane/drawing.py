"""Draws the plane for a file: on white, with a legend of the colours beside it, and at any size.

What is taken away is for paper and slides, and the same whatever the theme of the window.

As a drawing (SVG) points are circles, one group for each colour; very many are one picture in it, which no
program takes long to open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette

from latentlab.core.columns import Numbers, Words
from latentlab.core.ramps import ramp
from latentlab.plain import minus
from latentlab.qt.controllers.points.facts import PointFacts, facts_of
from latentlab.qt.controllers.points.look import coloured_as, extent_of, inks_by
from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.background import paint_legends
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud, diameter_for
from latentlab.qt.views.latent_plane.scatter import Placed, dress, rendered
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.widgets.colours import Theme, palette_for, word_colour
from latentlab.qt.widgets.images import argb_image
from latentlab.session.plane import axis_names

MOST_CIRCLES = 20_000
# Of many points in a drawing: enough for print.
_DRAWN_RATIO = 2.0
_LEGEND, _ROW, _SWATCH = 150, 18, 10


class PlaneDrawing:
    """The plane as it is now, as a `Drawable`."""

    def __init__(self, plane: LatentPlane) -> None:
        self._plane, self._workspace = plane, plane.workspace
        self._facts = facts_of(plane.workspace)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "plane"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        if self._workspace.model is None:
            return QSize()
        return self._plane.size() + QSize(self._legend_width(), 0)

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        plane, state = self._plane, self._workspace.state
        layers, camera, palette = state.layers, plane.camera, palette_for(Theme.LIGHT)
        names = axis_names(self._workspace.projection)
        contours = plane.prior_lines.lines
        painter.setFont(plane.font())
        painter.fillRect(plane.rect(), palette.base())
        manifold = plane.manifold.image_on(dark=False)
        if layers.manifold and manifold is not None:
            paint.manifold(painter, camera, *manifold)
        for layer in plane.maps:
            if layer.shown:
                layer.paint(painter, camera, palette)
        if layers.density:
            plane.density.paint(painter, camera, palette)
        if layers.contours:
            paint.contours(painter, camera, palette, contours)
        placed = self._on_white(plane.scatter.placed)
        if layers.points and placed is not None:
            draw_points(painter, placed, camera, ratio, layers.density)
            plane.thumbnails.paint(painter, camera, palette, placed.look.inks)
        if layers.contours:
            paint.contour_names(painter, camera, palette, contours)
        paint.axes(painter, camera, palette, names)
        paint_legends(painter, camera, palette, plane.density if layers.density else None, plane.maps)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plane.marks.paint(painter, camera, palette, state)
        if self._legend_width():
            draw_legend(painter, self._facts, state.hidden, palette, self.drawn_size())

    def table(self) -> dict[str, Sequence[object]]:
        """The shown points: number, file and class where known, place in the plane, and what colours them."""
        placed, model, column = self._plane.scatter.placed, self._workspace.model, self._facts.column
        if placed is None or model is None or not self._workspace.state.layers.points:
            return {}
        cloud = placed.shown
        rows: list[int] = cloud.row.tolist()
        columns: dict[str, Sequence[object]] = {"number": rows}
        if model.keys is not None:
            columns["file"] = [model.file_of(row) for row in rows]
        if model.classes:
            columns["class"] = [model.class_of(row) for row in rows]
        for name, values in zip(axis_names(self._workspace.projection), (cloud.x, cloud.y), strict=True):
            if name:
                columns[name] = _exact(values)
        if isinstance(column, Numbers) and len(column) > max(rows, default=-1):
            columns[column.name] = _exact(column.values[cloud.row])
        elif isinstance(column, Words) and "class" not in columns:
            codes = column.codes[cloud.row].tolist()
            columns[column.name] = ["" if code < 0 else column.words[code] for code in codes]
        return columns

    def _on_white(self, placed: Placed | None) -> Placed | None:
        """The points in the colours that they have in the light theme."""
        if placed is None or not self._facts.dark:
            return placed
        inks = inks_by(self._facts.column, len(placed.look.inks), dark=False)
        return dress(placed, replace(placed.look, inks=inks[: len(placed.look.inks)]))

    def _legend_width(self) -> int:
        """0 where the colours mean nothing."""
        shown = self._workspace.state.layers.points and self._plane.scatter.placed is not None
        return _LEGEND if shown and isinstance(self._facts.column, Numbers | Words) else 0


def _exact(values: NDArray[np.float32]) -> list[str]:
    """The shortest texts that read back as the same float32; "" for NaN."""
    texts: list[str] = np.where(np.isnan(values), "", values.astype(np.str_)).tolist()
    return texts


def draw_points(painter: QPainter, placed: Placed, camera: Camera, ratio: float, small: bool) -> None:
    """Draws the points of a view at `ratio` device pixels to a logical one; at 0 as circles, if they are not
    too many.
    """
    if ratio == 0 and len(placed.everything) <= MOST_CIRCLES:
        if placed.dimmed is not None:
            _circles(painter, placed.dimmed, camera, diameter_for(len(placed.everything), 1.0))
        _circles(painter, placed.shown, camera, diameter_for(len(placed.shown), 1.0))
        return
    ratio = ratio or _DRAWN_RATIO
    pixels = rendered(placed, camera, ratio, small)
    # It shares the memory of the array, which must outlive it.
    painter.drawImage(QPointF(0, 0), argb_image(pixels, ratio).copy())


def _circles(painter: QPainter, cloud: Cloud, camera: Camera, diameter: float) -> None:
    left, right, bottom, top = camera.region
    seen = (cloud.x >= left) & (cloud.x <= right) & (cloud.y >= bottom) & (cloud.y <= top)
    x, y, inks = cloud.x[seen], cloud.y[seen], cloud.ink[seen]
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    radius = 0.5 * diameter
    for ink in np.unique(inks).tolist():
        painter.setBrush(_colour(ink))
        same = inks == ink
        for place in zip(x[same].tolist(), y[same].tolist(), strict=True):
            painter.drawEllipse(QPointF(*camera.to_pixel(*place)), radius, radius)
    painter.restore()


def _colour(ink: int) -> QColor:
    """Of premultiplied ARGB."""
    alpha = ink >> 24
    red, green, blue = (min(255, (ink >> shift & 255) * 255 // max(1, alpha)) for shift in (16, 8, 0))
    return QColor(red, green, blue, alpha)


def draw_legend(
    painter: QPainter, facts: PointFacts, hidden: frozenset[int], palette: QPalette, size: QSize
) -> None:
    """Draws what the colours mean, at the right of a drawing of this size."""
    column = facts.column
    box = QRectF(size.width() - _LEGEND, 0, _LEGEND, size.height())
    painter.fillRect(box, palette.base())
    inside = box.adjusted(12, 10, -8, -10)
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(palette.text().color())
    _words(painter, inside.left(), inside.top(), inside.width(), column.name if column else "")
    font.setBold(False)
    painter.setFont(font)
    below = inside.adjusted(0, _ROW + 4, 0, 0)
    if isinstance(column, Numbers):
        _draw_ramp(painter, column, palette, below)
    elif isinstance(column, Words):
        rows = [
            (name, word_colour(colour, False))
            for code, (name, colour) in enumerate(zip(column.words, coloured_as(column), strict=True))
            if colour is not None and code not in hidden
        ]
        _draw_rows(painter, rows, palette, below)


def _draw_rows(painter: QPainter, rows: Sequence[tuple[str, str]], palette: QPalette, box: QRectF) -> None:
    room = max(1, int(box.height() // _ROW))
    shown = rows if len(rows) <= room else rows[: room - 1]
    top = box.top()
    for name, colour in shown:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QRectF(box.left(), top + (_ROW - _SWATCH) / 2, _SWATCH, _SWATCH))
        painter.setPen(palette.text().color())
        _words(painter, box.left() + _ROW, top, box.width() - _ROW, name)
        top += _ROW
    if len(shown) < len(rows):
        _words(painter, box.left() + _ROW, top, box.width() - _ROW, f"and {len(rows) - len(shown)} more")


def _draw_ramp(painter: QPainter, column: Numbers, palette: QPalette, box: QRectF) -> None:
    low, high = extent_of(column.values)
    inks = ramp(False).tolist()
    bar = QRectF(box.left(), box.top(), 16, min(box.height(), 220.0))
    step = bar.height() / len(inks)
    for place, ink in enumerate(inks):
        top = bar.bottom() - (place + 1) * step
        painter.fillRect(QRectF(bar.left(), top, bar.width(), step + 0.5), QColor.fromRgb(ink & 0xFFFFFF))
    painter.setPen(palette.text().color())
    beside, room = bar.right() + 6, box.width() - bar.width() - 6
    unit = f" {column.unit}" if column.unit else ""
    _words(painter, beside, bar.top() - 4, room, minus(f"{high:.4g}") + unit)
    _words(painter, beside, bar.bottom() - _ROW + 4, room, minus(f"{low:.4g}"))


def _words(painter: QPainter, left: float, top: float, width: float, words: str) -> None:
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(width))
    painter.drawText(QRectF(left, top, width, _ROW), Qt.AlignmentFlag.AlignVCenter, shown)
