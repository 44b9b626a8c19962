"""Painting functions of the latent plane, one for each kind of thing, with a ready painter."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPalette, QPen, QPolygonF

from latentlab.engine.types import Flat, Region
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.ticks import label, spaced_ticks, ticks

# Polylines in the plane.
Lines = Sequence[Sequence[Flat]]

REACH = 26
_HANDLE = 11.0
_MANIFOLD_OPACITY = 0.38
_TICK_SPACING = 90


def is_dark(palette: QPalette) -> bool:
    """Whether a palette is that of a dark theme."""
    return palette.base().color().lightnessF() < 0.5


def _pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(colour, width, style)
    pen.setCosmetic(True)
    return pen


def _small(painter: QPainter) -> QFont:
    font = QFont(painter.font())
    font.setPointSizeF(max(7.5, font.pointSizeF() * 0.85))
    return font


def _label(painter: QPainter, palette: QPalette, place: QPointF, text: str) -> None:
    """Text on a plate of the background's colour, readable over points. `place` is where its line begins."""
    metrics = painter.fontMetrics()
    plate = QRectF(place.x() - 2, place.y() - metrics.ascent(), 0, metrics.height())
    plate.setWidth(metrics.horizontalAdvance(text) + 4)
    ground = palette.base().color()
    ground.setAlphaF(0.75)
    painter.fillRect(plate, ground)
    painter.setPen(palette.text().color())
    painter.drawText(place, text)


def name_beside(painter: QPainter, camera: Camera, palette: QPalette, box: QRectF, name: str) -> None:
    """The label of a box of the view: to its right, or left where there is no room."""
    painter.save()
    painter.setFont(_small(painter))
    metrics = painter.fontMetrics()
    wide, gap = metrics.horizontalAdvance(name), 6.0
    x = box.right() + gap
    if x + wide + gap > camera.width:
        x = box.left() - gap - wide
    y = box.center().y() + 0.5 * (metrics.ascent() - metrics.descent())
    _label(painter, palette, QPointF(x, y), name)
    painter.restore()


def manifold(painter: QPainter, camera: Camera, region: Region, image: QImage) -> None:
    """The decoded pictures of a region, at that region in the view."""
    left, right, bottom, top = region
    box = QRectF(QPointF(*camera.to_pixel(left, top)), QPointF(*camera.to_pixel(right, bottom)))
    painter.save()
    painter.setOpacity(_MANIFOLD_OPACITY)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, image)
    painter.restore()


def contours(painter: QPainter, camera: Camera, palette: QPalette, lines: Lines | None = None) -> None:
    """Circles at 1, 2 and 3 standard deviations of the prior N(0, I), or the `lines` of another prior."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = palette.text().color()
    if lines is not None:
        colour.setAlphaF(0.6)
        painter.setPen(_pen(colour, 1))
        for line in lines:
            painter.drawPolyline([QPointF(*camera.to_pixel(x, y)) for x, y in line])
        painter.restore()
        return
    middle = QPointF(*camera.to_pixel(0.0, 0.0))
    for sigmas in (1, 2, 3):
        radius = sigmas * camera.scale
        if radius > 50_000:  # too far out to be visibly curved, too large for the painter
            continue
        colour.setAlphaF(0.6)
        painter.setPen(_pen(colour, 1))  # wider or dashed, Qt takes twenty times as long
        painter.drawEllipse(middle, radius, radius)
    painter.restore()


def contour_names(painter: QPainter, camera: Camera, palette: QPalette, lines: Lines | None = None) -> None:
    """1σ, 2σ and 3σ at their circles, at the upper right."""
    if lines is not None:
        return
    painter.save()
    painter.setFont(_small(painter))
    middle = QPointF(*camera.to_pixel(0.0, 0.0))
    for sigmas in (1, 2, 3):
        diagonal = sigmas * camera.scale * math.sqrt(0.5)
        if diagonal < 50_000:
            _label(painter, palette, middle + QPointF(diagonal + 3, -diagonal - 3), f"{sigmas}σ")
    painter.restore()


def axes(painter: QPainter, camera: Camera, palette: QPalette, names: tuple[str, str]) -> None:
    """Ticks with numbers along the bottom and the left edge, and the labels of the two axes.

    An axis without a label does not exist: it has no ticks.
    """
    painter.save()
    painter.setFont(_small(painter))
    left, right, bottom, top = camera.region
    colour = palette.text().color()
    metrics = painter.fontMetrics()
    across = spaced_ticks(left, right, camera.width, metrics.horizontalAdvance)
    up = ticks(bottom, top, max(2, camera.height // _TICK_SPACING)) if names[1] else []
    step = across[1] - across[0] if len(across) > 1 else 1.0
    colour.setAlphaF(0.7)
    bold = QFont(painter.font())
    bold.setBold(True)
    name = f"{names[0]} →"
    wide = QFontMetricsF(bold).horizontalAdvance(name)
    for value in across:
        x, _ = camera.to_pixel(value, 0.0)
        text = label(value, step)
        half = metrics.horizontalAdvance(text) / 2
        # The name of the axis stands in the corner.
        if 30 + half < x < camera.width - wide - 20 - half:
            painter.setPen(_pen(colour, 1))
            painter.drawLine(QPointF(x, camera.height), QPointF(x, camera.height - 5))
            _label(painter, palette, QPointF(x - half, camera.height - 8), text)
    step = up[1] - up[0] if len(up) > 1 else 1.0
    for value in up:
        _, y = camera.to_pixel(0.0, value)
        if 30 < y < camera.height - 24:
            painter.setPen(_pen(colour, 1))
            painter.drawLine(QPointF(0, y), QPointF(5, y))
            _label(painter, palette, QPointF(12, y + metrics.ascent() / 2 - 1), label(value, step))
    painter.setFont(bold)
    _label(painter, palette, QPointF(camera.width - wide - 8, camera.height - 8), name)
    if names[1]:
        _label(painter, palette, QPointF(8, 18), f"{names[1]} ↑")
    painter.restore()


def probe(painter: QPainter, camera: Camera, palette: QPalette, place: Flat) -> None:
    """The handle: a ring with a hair cross, readable on any ground."""
    middle = QPointF(*camera.to_pixel(*place))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor("black"), 5.0), (QColor("white"), 2.4)):
        painter.setPen(_pen(colour, width))
        painter.drawEllipse(middle, _HANDLE, _HANDLE)
        for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            way = QPointF(across, down)
            painter.drawLine(middle + way * (_HANDLE - 3), middle + way * (_HANDLE + 5))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.highlight())
    painter.drawEllipse(middle, 3.2, 3.2)


def pointed(painter: QPainter, camera: Camera, palette: QPalette, place: Flat) -> None:
    """The point that a view hovers over."""
    middle = QPointF(*camera.to_pixel(*place))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((palette.base().color(), 5.0), (palette.text().color(), 2.0)):
        painter.setPen(_pen(colour, width))
        painter.drawEllipse(middle, 7.0, 7.0)


def posterior(
    painter: QPainter, camera: Camera, palette: QPalette, mean: Flat, shape: tuple[float, float, float]
) -> None:
    """Ellipses at 1 and 2 standard deviations of q(z|x), and a cross at its mean.

    `shape` is as returned by `Projection.ellipse`.
    """
    painter.save()
    painter.translate(QPointF(*camera.to_pixel(*mean)))
    painter.rotate(-math.degrees(shape[2]))  # the screen's y axis points down
    middle = QPointF(0.0, 0.0)
    fill = palette.highlight().color()
    for sigmas, alpha in ((2, 0.18), (1, 0.35)):
        across, up = (sigmas * value * camera.scale for value in shape[:2])
        fill.setAlphaF(alpha)
        painter.setBrush(fill)
        for colour, width in ((palette.base().color(), 3.0), (palette.text().color(), 1.4)):
            painter.setPen(_pen(colour, width))
            painter.drawEllipse(middle, across, up)
            painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(middle - QPointF(4, 0), middle + QPointF(4, 0))
    painter.drawLine(middle - QPointF(0, 4), middle + QPointF(0, 4))
    painter.restore()


def walk(
    painter: QPainter,
    camera: Camera,
    palette: QPalette,
    points: Sequence[Flat],
    frame: int | None,
) -> None:
    """The path of a walk, and the point of the picture being shown."""
    line = QPolygonF([QPointF(*camera.to_pixel(*place)) for place in points])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((palette.base().color(), 5.0), (palette.text().color(), 2.0)):
        painter.setPen(_pen(colour, width))
        painter.drawPolyline(line)
    if frame is not None and frame < len(points):
        painter.setPen(_pen(palette.base().color(), 2))
        painter.setBrush(palette.text())
        painter.drawEllipse(line.at(frame), 6.5, 6.5)


def pins(painter: QPainter, camera: Camera, palette: QPalette, points: Sequence[Flat]) -> None:
    """Numbered discs, in the order of the tray."""
    painter.save()
    font = _small(painter)
    font.setBold(True)
    painter.setFont(font)
    for number, place in enumerate(points, 1):
        middle = QPointF(*camera.to_pixel(*place))
        painter.setPen(_pen(palette.base().color(), 2))
        painter.setBrush(palette.text())
        painter.drawEllipse(middle, 9, 9)
        painter.setPen(palette.base().color())
        box = QRectF(middle - QPointF(10, 10), middle + QPointF(10, 10))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
    painter.restore()


def card(
    painter: QPainter,
    view: QRect,
    palette: QPalette,
    mouse: QPointF,
    picture: QImage,
    name: str,
    index: int,
) -> None:
    """The picture of the hovered point, with its class and number, kept inside the view."""
    side = 84.0
    title = f"{name}  ·  no. {index:,}" if name else f"no. {index:,}"
    width = max(side, painter.fontMetrics().horizontalAdvance(title)) + 16
    box = QRectF(mouse.x() + 16, mouse.y() + 16, width, side + 34)
    if box.right() > view.right():
        box.moveRight(mouse.x() - 16)
    if box.bottom() > view.bottom():
        box.moveBottom(mouse.y() - 16)
    painter.setPen(_pen(palette.mid().color(), 1))
    painter.setBrush(palette.toolTipBase())
    painter.drawRoundedRect(box, 5, 5)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    place = QRectF(0, 0, side, side)
    place.moveCenter(QPointF(box.center().x(), box.top() + 8 + side / 2))
    painter.drawImage(place, picture)
    painter.setPen(palette.toolTipText().color())
    words = QRectF(box.left(), box.bottom() - 24, box.width(), 22)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, title)
