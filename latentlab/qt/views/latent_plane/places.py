"""Paints the named places of the plane: a small flag, and its name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPalette, QPen, QPolygonF

from latentlab.engine.types import Flat
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.widgets.plain_text import listed

_POLE, _FLAG = 14.0, 7.0
_LONGEST = 24


def paint_places(
    painter: QPainter, camera: Camera, palette: QPalette, places: Iterable[tuple[str, Flat]]
) -> None:
    """Paints those that lie in the part that is being painted: a moving probe repaints only a few pixels."""
    text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
    accent = palette.color(QPalette.ColorRole.Highlight)
    metrics = painter.fontMetrics()
    part = painter.clipBoundingRect() if painter.hasClipping() else QRectF(painter.viewport())
    for name, flat in places:
        foot = QPointF(*camera.to_pixel(*flat))
        words = listed(name, _LONGEST)
        width = metrics.horizontalAdvance(words)
        room = QRectF(foot.x() - 2, foot.y() - _POLE - metrics.height(), width + _FLAG + 12, _POLE + 24)
        if not part.intersects(room):
            continue
        top = foot - QPointF(0, _POLE)
        painter.setPen(QPen(text, 1.5))
        painter.drawLine(foot, top)
        painter.setBrush(accent)
        painter.drawPolygon(QPolygonF([top, top + QPointF(_FLAG, _FLAG / 2), top + QPointF(0, _FLAG)]))
        box = QRectF(top.x() + _FLAG + 3, top.y() - 4, width + 6, metrics.height())
        shade = base
        shade.setAlpha(200)
        painter.fillRect(box, shade)
        painter.drawText(box.adjusted(3, 0, 0, 0), words)
