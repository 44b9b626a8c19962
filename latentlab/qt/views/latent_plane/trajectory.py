"""The path of a diffusion tape through the plane: the encodings of its predicted pictures x̂₀.

It starts at the centre, because from pure noise all pictures are equally likely; it turns where the
prediction becomes definite.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF

from latentlab.engine.types import Flat
from latentlab.qt.views.latent_plane import paint
from latentlab.qt.views.latent_plane.camera import Camera

_LINE, _CASING = 2.0, 5.0
_BEGIN, _END = 3.5, 7.0
# How far a line, and a label, may extend beyond their points and box.
_ROOM, _NAME = (-5, -5, 5, 5), (-200, -20, 200, 20)


def paint_trajectory(
    painter: QPainter, camera: Camera, palette: QPalette, way: Sequence[Flat], reached: int, hand: str
) -> None:
    """Paints the past path as a line, the future one dotted, and a box with a label at the current frame."""
    points = [QPointF(*camera.to_pixel(*place)) for place in way]
    reached = max(0, min(reached, len(points) - 1))
    # White in dark themes, too: points without classes have the colour of the line.
    casing, ink = QColor("white"), palette.highlight().color()
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    to_come, so_far = QPolygonF(points[reached:]), QPolygonF(points[: reached + 1])
    # During a drag little of the plane is repainted, and mostly none of this.
    seen = painter.clipBoundingRect() if painter.hasClipping() else None
    solid, dotted = Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine
    for line, style, opacity in ((to_come, dotted, 0.7), (so_far, solid, 1.0)):
        if seen is not None and not seen.intersects(line.boundingRect().adjusted(*_ROOM)):
            continue
        painter.setOpacity(opacity)
        painter.setPen(QPen(casing, _CASING, solid, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(line)
        painter.setPen(QPen(ink, _LINE, style, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(line)
    painter.setOpacity(1.0)
    painter.setPen(QPen(casing, 2))
    painter.setBrush(ink)
    painter.drawEllipse(points[0], _BEGIN, _BEGIN)
    box = QRectF(points[reached] - QPointF(_END, _END), points[reached] + QPointF(_END, _END))
    # A rounded square, because the probe and the walk are marked by discs.
    painter.drawRoundedRect(box, 3.0, 3.0)
    if hand and (seen is None or seen.intersects(box.adjusted(*_NAME))):
        paint.name_beside(painter, camera, palette, box, hand)
    painter.restore()
