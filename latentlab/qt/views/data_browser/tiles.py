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
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPixmap

from latentlab.plain import one_line
from latentlab.qt.views.data_browser.cells import PAD, Cells
from latentlab.session.picture_columns import Fact
from latentlab.session.picture_rows import PictureRows

# Of the pixmaps of rows; a screen of 2560 x 1440 has 15.
_MOST_BYTES = 64 * 2**20
# The height of the coloured line under a picture.
_LINE = 3
# Captions that are kept, and the letters of one that are looked at.
_MOST_WORDS, _LETTERS = 2000, 80


@dataclass(frozen=True, eq=False)
class Inks:
    """The colour of each of N pictures, ARGB (N,), as that of its point in the plane."""

    of_each: NDArray[np.uint32]


@dataclass(frozen=True)
class Look:
    """How cells look: everything, besides the pictures themselves, that a row's pixmap depends on.

    Attributes:
        cells: where they lie.
        ratio: device pixels a pixel.
        ground, ink: ARGB of the background and the colour of the captions.
        font: of the captions.
        caption: the column that is written under the pictures; None for none.
        inks: the colour of the line under each picture; None for no lines.
    """

    cells: Cells
    ratio: float
    ground: int
    ink: int
    font: QFont
    caption: Fact | None
    inks: Inks | None = None


class Tiles:
    """Pixmaps of the grid's rows."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._bytes = 0
        self._look: Look | None = None
        self._words: dict[str, NDArray[np.uint32]] = {}
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
        page = _pixels(image)
        inset = lefts + round((cells.across - cells.picture[0]) // 2 * ratio)
        top = round(PAD * ratio)
        page[top : top + height, inset[:, None] + np.arange(width)] = strip
        if look.inks is not None:
            line = np.arange(round(_LINE * ratio))
            inks = look.inks.of_each[numbers]
            across = inset[None, :, None] + np.arange(width)
            page[(top + height + round(ratio) + line)[:, None, None], across] = inks[None, :, None]
        if look.caption is not None and not look.caption.unique:
            self._copy_captions(page, lefts, numbers, look, look.caption)
        del page
        if look.caption is not None and look.caption.unique:
            self._write_captions(image, numbers, look, look.caption)
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _copy_captions(
        self,
        page: NDArray[np.uint32],
        lefts: NDArray[np.intp],
        numbers: NDArray[np.int32],
        look: Look,
        fact: Fact,
    ) -> None:
        """Puts captions of few different texts under the pictures; each is drawn once."""
        top = round(look.cells.caption_top * look.ratio)
        for left, number in zip(lefts.tolist(), numbers.tolist(), strict=True):
            words = fact.text(number)
            drawn = self._words.get(words)
            if drawn is None:
                if len(self._words) >= _MOST_WORDS:
                    self._words.clear()
                drawn = self._words[words] = _drawn(words, look)
            target = page[top : top + drawn.shape[0], left : left + drawn.shape[1]]
            target[...] = drawn[: target.shape[0], : target.shape[1]]

    @staticmethod
    def _write_captions(image: QImage, numbers: NDArray[np.int32], look: Look, fact: Fact) -> None:
        """Draws captions that all differ under the pictures."""
        cells = look.cells
        image.setDevicePixelRatio(look.ratio)
        painter = _pen(image, look)
        for place, number in enumerate(numbers.tolist()):
            box = QRectF(place * cells.across, cells.caption_top, cells.across, cells.caption)
            _write(painter, box, fact.text(number))
        painter.end()
        image.setDevicePixelRatio(1.0)


def _pen(image: QImage, look: Look) -> QPainter:
    painter = QPainter(image)
    painter.setFont(look.font)
    painter.setPen(QColor.fromRgba(look.ink))
    return painter


def _write(painter: QPainter, box: QRectF, words: str) -> None:
    """Writes words into a box, elided in the middle where there is no room: a path's end says most."""
    room, metrics = box.adjusted(2, 0, -2, 0), painter.fontMetrics()
    words = one_line(words[-_LETTERS:])
    if len(words) * metrics.maxWidth() > room.width():
        words = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


def _drawn(words: str, look: Look) -> NDArray[np.uint32]:
    """A caption as RGB32, (H, W)."""
    cells, ratio = look.cells, look.ratio
    image = QImage(int(cells.across * ratio), int(cells.caption * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(look.ground)
    painter = _pen(image, look)
    _write(painter, QRectF(0, 0, cells.across, cells.caption), words)
    painter.end()
    return _pixels(image).copy()


def _pixels(image: QImage) -> NDArray[np.uint32]:
    """The pixels of an image in RGB32, (H, W), in its own memory."""
    whole = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return whole[:, : image.width()]


def _halved(pictures: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Pictures (n, C, H, W) at half the size, or a quarter, as long as they stay this large: the mean of each
    four pixels, in a fraction of the time that scaling takes.
    """
    while pictures.shape[2] >= 2 * height and pictures.shape[3] >= 2 * width:
        if pictures.shape[2] % 2 or pictures.shape[3] % 2:
            break
        across = pictures[..., 0::2].astype(np.uint16) + pictures[..., 1::2]
        pictures = ((across[..., 0::2, :] + across[..., 1::2, :] + 2) >> 2).astype(np.uint8)
    return pictures


def _strip(pictures: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint32]:
    """Pictures uint8 (n, C, H, W) in RGB32 of another size, side by side: (height, n, width)."""
    pictures = _halved(pictures, width, height)
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
        wide = _pixels(scaled).copy()
    return wide.reshape(height, count, width)
