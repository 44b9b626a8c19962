"""Paints the density of encoded pictures, and describes it in texts.

Shaded is where 99 of 100 pictures are, the stronger the denser. Hatched is a hole: there are less than a
tenth of the pictures that the prior expects, within its three standard deviations. Beyond both, where no
pictures are, nothing is painted.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter, QPalette

from latentlab.engine.rendering.requests.grids import DensityMapReply
from latentlab.qt.views.latent_plane.camera import Camera

# The opacity of the shade at 99 %, 90 % and half of the pictures, and where they are densest.
_COVER = (0.1, 0.19, 0.3, 0.42)
# Beyond the edge the shade fades out within so many nats.
_EDGE = 0.3
# How many times fewer pictures than the prior expects: a hole begins at the first, and is complete at the
# last.
_FEWER = (5.0, 20.0)
_HOLE = 10.0
_SIGMAS = 3.0
_GROUND = 0.28
_SWATCH, _NARROW = 26, 420
_PICTURES, _HOLES = "pictures", "holes"


def cover_of(found: DensityMapReply) -> NDArray[np.float32]:
    """The opacity of the shade of each cell, 0 to 1."""
    half, most, nearly_all = found.levels
    densest = max(float(found.log_density.max()), half + 1e-3)
    steps = np.maximum.accumulate([nearly_all - _EDGE, nearly_all, most, half, densest])
    return np.interp(found.log_density, steps, (0.0, *_COVER)).astype(np.float32)


def holes_of(found: DensityMapReply) -> NDArray[np.float32]:
    """How much each cell is a hole, 0 to 1; none where no prior expects anything."""
    if found.log_prior is None:
        return np.zeros_like(found.log_density)
    edge = found.edge
    if edge is None:
        dimensions = 1 if found.projection.flat else 2
        edge = -0.5 * (dimensions * math.log(2.0 * math.pi) + _SIGMAS**2)
    fewer = np.interp(found.log_prior - found.log_density, np.log(_FEWER), (0.0, 1.0))
    return np.where(found.log_prior >= edge, fewer, 0.0).astype(np.float32)


class Stencils:
    """A map prepared for repeated painting."""

    def __init__(self, found: DensityMapReply) -> None:
        self.found = found
        self._shade, self._holes = _stencil(cover_of(found)), _stencil(holes_of(found))

    def paint(self, painter: QPainter, camera: Camera, palette: QPalette) -> None:
        """Paints the map at its region in the view."""
        left, right, bottom, top = self.found.region
        box = QRectF(QPointF(*camera.to_pixel(left, top)), QPointF(*camera.to_pixel(right, bottom)))
        # Without a hue: the points over it keep their own.
        _fill(painter, camera, box, self._shade, QBrush(palette.text().color()))
        if self.found.log_prior is not None:
            for brush in _hatching(palette):
                _fill(painter, camera, box, self._holes, brush)


def legend(painter: QPainter, camera: Camera, palette: QPalette, found: DensityMapReply | None) -> QRectF:
    """Paints the legend, in the upper right corner; returns its box."""
    rows = _rows(found, short=camera.width < _NARROW)
    metrics = painter.fontMetrics()
    height = metrics.height() + 4
    swatch = _SWATCH + 8 if found is not None else 0
    room = max(20, camera.width - 32 - swatch)
    texts = [metrics.elidedText(text, Qt.TextElideMode.ElideRight, room) for _, text in rows]
    width = swatch + max(metrics.horizontalAdvance(text) for text in texts) + 16
    plate = QRectF(camera.width - width - 8, 8, width, height * len(rows) + 8)
    ground = palette.base().color()
    ground.setAlphaF(0.86)
    painter.setPen(palette.mid().color())
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, 4, 4)
    for number, ((kind, _), text) in enumerate(zip(rows, texts, strict=True)):
        top = plate.top() + 4 + number * height
        box = QRectF(plate.left() + 8, top + 3, _SWATCH, height - 6)
        if kind == _PICTURES:
            painter.fillRect(box, _ramp(box, palette))
        elif kind == _HOLES:
            for brush in _hatching(palette):
                painter.fillRect(box, brush)
        painter.setPen(palette.text().color())
        words = QRectF(plate.left() + 8 + swatch, top, width, height)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
    return plate


def _rows(found: DensityMapReply | None, short: bool) -> list[tuple[str, str]]:
    if found is None:
        return [("", "Estimating the density …")]
    rows = [(_PICTURES, "pictures" if short else "99 of 100 encoded pictures lie here")]
    if found.log_prior is not None:
        rows.append((_HOLES, "hole" if short else "hole: the prior expects ten times as many"))
    return rows


def at_length(found: DensityMapReply) -> str:
    """The explanation of the whole map; in paragraphs, which a tooltip breaks into lines."""
    words = [
        f"Shaded: the density of {found.pictures:,} encoded pictures, each as wide as its "
        "posterior. 99 of 100 held-out pictures are inside the edge; darker is denser."
    ]
    if found.projection.latents > 2:
        words.append(
            "All dimensions are projected onto this plane: a point can be shaded here although "
            "the other dimensions of the probe lie far from any encoded picture."
        )
    if found.log_prior is None:
        words.append(
            "There is no prior to compare with in this plane, so holes cannot be shown. A model that "
            "encodes to points, without posteriors, is shown by a kernel density estimate."
        )
    else:
        words.append(
            f"Hatched: a hole. The prior expects pictures here, within {_SIGMAS:g}σ of N(0, I) or as much of "
            "another prior, but there are "
            "fewer than a tenth as many. The model was never trained to decode this region."
        )
    return "".join(f"<p>{paragraph}</p>" for paragraph in words)


def of_a_place(found: DensityMapReply, u: float, v: float) -> str:
    """The map's text for a point of the plane; "" outside the map."""
    left, right, bottom, top = found.region
    rows, columns = found.log_density.shape
    column = math.floor((u - left) / (right - left) * columns)
    row = math.floor((top - v) / (top - bottom) * rows)
    if not (0 <= column < columns and 0 <= row < rows):
        return ""
    log_density = float(found.log_density[row, column])
    figures = f"log q = {log_density:.1f}"
    among = log_density >= found.levels[-1]
    words = "Encoded pictures lie here" if among else "Fewer than 1 in 100 encoded pictures lie this far out"
    if found.log_prior is not None:
        log_prior = float(found.log_prior[row, column])
        figures += f", log p = {log_prior:.1f}"
        if holes_of(found)[row, column] > 0.0 and log_prior - log_density >= math.log(_HOLE):
            words = "A hole: the prior expects more than ten times as many pictures here"
    return f"{words} ({figures} nats).".replace("-", "\N{MINUS SIGN}")


def _hatching(palette: QPalette) -> tuple[QBrush, QBrush]:
    """Lines on a pale background: they mark a hole without its colour, too."""
    pale = QColor(palette.brightText().color())
    pale.setAlphaF(_GROUND)
    return QBrush(pale), QBrush(palette.brightText().color(), Qt.BrushStyle.BDiagPattern)


def _ramp(box: QRectF, palette: QPalette) -> QBrush:
    ramp = QLinearGradient(box.topLeft(), box.topRight())
    for place, cover in enumerate(_COVER):
        colour = QColor(palette.text().color())
        colour.setAlphaF(cover)
        ramp.setColorAt(place / (len(_COVER) - 1), colour)
    return QBrush(ramp)


def _stencil(cover: NDArray[np.float32]) -> QImage:
    """The opacity of each cell, as an alpha-only image."""
    alpha = np.round(255.0 * cover).astype(np.uint8)
    rows, columns = alpha.shape
    image = QImage(alpha.data, columns, rows, columns, QImage.Format.Format_Alpha8)
    # Of its own memory, in the format that Qt scales fastest.
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _fill(painter: QPainter, camera: Camera, box: QRectF, stencil: QImage, brush: QBrush) -> None:
    """Fills the view with a brush through the stencil, laid over `box`."""
    ratio = painter.device().devicePixelRatioF()
    size = (round(camera.width * ratio), round(camera.height * ratio))
    sheet = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    sheet.setDevicePixelRatio(ratio)
    sheet.fill(Qt.GlobalColor.transparent)
    inner = QPainter(sheet)
    inner.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    # A pattern scaled with the stencil would change its grain with every zoom.
    inner.drawImage(box, stencil)
    inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    inner.fillRect(QRectF(0, 0, camera.width, camera.height), brush)
    inner.end()
    painter.drawImage(QPointF(0, 0), sheet)
