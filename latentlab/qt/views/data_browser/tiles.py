"""The rows of the grid as pixmaps, made when they come into view and kept while there is room.

A row is made at once: its pictures are gathered from the data, scaled as one strip, and set apart in numpy;
then the captions are drawn. So a row takes a fraction of a millisecond however many pictures there are.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPixmap

from latentlab.plain import one_line
from latentlab.qt.views.data_browser.cells import PAD, Cells
from latentlab.session.picture_columns import Column
from latentlab.session.picture_rows import PictureRows

# Of the pixmaps of rows; a screen of 2560 x 1440 has 15.
_MOST_BYTES = 64 * 2**20
_LETTERS = 80


@dataclass(frozen=True)
class Look:
    """How cells look: everything, besides the pictures themselves, that a row's pixmap depends on.

    Attributes:
        cells: where they lie.
        ratio: device pixels a pixel.
        ground, ink: ARGB of the background and the colour of the captions.
        font: of the captions.
        caption: the column that is written under the pictures; None for none.
    """

    cells: Cells
    ratio: float
    ground: int
    ink: int
    font: QFont
    caption: Column | None


class Tiles:
    """Pixmaps of the grid's rows."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._bytes = 0
        self._look: Look | None = None
        self._words: dict[str, str] = {}
        self.made = 0

    def forget(self) -> None:
        """Drops all of them: the pictures, their order or their look have changed."""
        self._kept.clear()
        self._words.clear()
        self._bytes = 0

    def row(self, row: int, rows: PictureRows, order: NDArray[np.int32], look: Look) -> QPixmap:
        """The pixmap of a row of the grid."""
        if look != self._look:
            self.forget()
            self._look = look
        found = self._kept.get(row)
        if found is not None:
            self._kept.move_to_end(row)
            return found
        cells = look.cells
        numbers = order[row * cells.columns : (row + 1) * cells.columns]
        made = self._make(numbers, rows, look)
        self.made += 1
        self._kept[row] = made
        size = 4 * made.width() * made.height()
        self._bytes += size
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= 4 * old.width() * old.height()
        return made

    def _make(self, numbers: NDArray[np.int32], rows: PictureRows, look: Look) -> QPixmap:
        cells, ratio, count = look.cells, look.ratio, len(numbers)
        width, height = (round(side * ratio) for side in cells.picture)
        strip = _strip(rows.images[numbers], width, height)
        # Of the cells in device pixels: their corners are rounded, as Qt rounds them.
        lefts = np.round(np.arange(count) * cells.across * ratio).astype(np.intp)
        image = QImage(
            max(1, round(cells.across * count * ratio)), round(cells.down * ratio), QImage.Format.Format_RGB32
        )
        image.fill(look.ground)
        page = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
        inset = lefts + round((cells.across - cells.picture[0]) // 2 * ratio)
        top = round(PAD * ratio)
        page[top : top + height, inset[:, None] + np.arange(width)] = strip
        del page
        if look.caption is not None:
            image.setDevicePixelRatio(ratio)
            self._write(image, numbers, look, look.caption)
            image.setDevicePixelRatio(1.0)
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _write(self, image: QImage, numbers: NDArray[np.int32], look: Look, column: Column) -> None:
        cells = look.cells
        painter = QPainter(image)
        painter.setFont(look.font)
        painter.setPen(QColor.fromRgba(look.ink))
        metrics, room = painter.fontMetrics(), cells.across - 4
        top, height = cells.picture[1] + 2 * PAD - 2, cells.caption
        for place, number in enumerate(numbers.tolist()):
            words = self._fitted(column.text(number), metrics, room)
            box = QRectF(place * cells.across + 2, top, room, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()

    def _fitted(self, words: str, metrics: QFontMetrics, room: int) -> str:
        """The words as far as there is room; elided in the middle, for a path's end says most."""
        fitted = self._words.get(words)
        if fitted is None:
            shown = one_line(words[-_LETTERS:])
            fitted = metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, room)
            if len(self._words) > 10_000:
                self._words.clear()
            self._words[words] = fitted
        return fitted


def _strip(pictures: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint32]:
    """Pictures uint8 (n, C, H, W) in RGB32 of another size, side by side: (height, n, width)."""
    count, channels, rows, columns = pictures.shape
    pixels: NDArray[np.uint32]
    if channels >= 3:
        red, green, blue = (pictures[:, channel].astype(np.uint32) for channel in range(3))
        pixels = (red << np.uint32(16)) | (green << np.uint32(8)) | blue
    else:
        pixels = pictures[:, 0].astype(np.uint32) * np.uint32(0x010101)
    pixels |= np.uint32(0xFF000000)
    wide = np.ascontiguousarray(pixels.swapaxes(0, 1)).reshape(rows, count * columns)
    if (rows, columns) != (height, width):
        image = QImage(wide.data, wide.shape[1], rows, wide.strides[0], QImage.Format.Format_RGB32)
        # Shrinking averages over whole pixels of the result, and each picture becomes whole pixels, so that
        # neighbours do not mix. Enlarging repeats pixels, which keeps them sharp.
        smooth = height < rows or width < columns
        mode = (
            Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
        )
        scaled = image.scaled(count * width, height, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        scaled = scaled.convertToFormat(QImage.Format.Format_RGB32)
        wide = np.frombuffer(scaled.constBits(), np.uint32).reshape(height, scaled.bytesPerLine() // 4)
        wide = wide[:, : count * width].copy()
    return wide.reshape(height, count, width)
