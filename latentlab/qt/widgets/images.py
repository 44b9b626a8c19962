"""Converts pictures (uint8 arrays) to Qt images and draws them with sharp pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from latentlab.engine.types import Picture


def to_qimage(picture: Picture) -> QImage:
    """A uint8 (H, W) or (H, W, 3) array as a QImage with its own memory.

    In the format of the screen: drawing other formats enlarged takes Qt several times as long.
    """
    height, width = picture.shape[:2]
    picture = np.ascontiguousarray(picture)
    kind = QImage.Format.Format_Grayscale8 if picture.ndim == 2 else QImage.Format.Format_RGB888
    shared = QImage(picture.data, width, height, picture.strides[0], kind)
    return shared.convertToFormat(QImage.Format.Format_RGB32)


def argb_image(pixels: NDArray[np.uint32], ratio: float) -> QImage:
    """A premultiplied ARGB (H, W) array as a QImage that shares its memory: keep the array alive."""
    height, width = pixels.shape
    # A view into a wider canvas: Qt gets the stride and the memory from the first pixel on.
    flat = np.lib.stride_tricks.as_strided(
        pixels, (height * pixels.strides[0] // 4 - (pixels.strides[0] // 4 - width),), (4,)
    )
    image = QImage(flat.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    return image


def data_picture(images: NDArray[np.uint8], index: int) -> Picture:
    """Picture `index` of a data set (N, C, H, W), as (H, W) or (H, W, 3)."""
    image = images[index]
    return image[0] if image.shape[0] == 1 else np.ascontiguousarray(np.moveaxis(image[:3], 0, -1))


def draw_crisp(painter: QPainter, box: QRectF, image: QImage) -> QRectF:
    """Draws an image at the largest whole-number scale that fits, centred in `box`; returns its rectangle.

    If the image is larger than the box it is scaled down smoothly.
    """
    ratio = painter.device().devicePixelRatioF()
    room = min(box.width() / image.width(), box.height() / image.height()) * ratio
    scale = (int(room) if room >= 1 else room) / ratio
    size = QRectF(0, 0, image.width() * scale, image.height() * scale)
    size.moveCenter(box.center())
    # On whole device pixels, so that no column is wider than another.
    size.moveTopLeft((size.topLeft() * ratio).toPoint().toPointF() / ratio)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, room < 1)
    painter.drawImage(size, image)
    return size


def from_qimage(image: QImage) -> Picture:
    """A QImage as uint8 (H, W) if it is grey, else (H, W, 3); transparent parts become white."""
    if image.hasAlphaChannel():
        ground = QImage(image.size(), QImage.Format.Format_RGB888)
        ground.fill(Qt.GlobalColor.white)
        painter = QPainter(ground)
        painter.drawImage(0, 0, image)
        painter.end()
        image = ground
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    grey = bool((pixels == pixels[..., :1]).all())
    return pixels[..., 0].copy() if grey else pixels.copy()
