"""Lays out pictures with a caption under each, in the number of rows that makes them largest."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label

_GAP, _UNDER = 6, 2
# The minimum size of a picture, where a second row can help.
_LEAST = 84


class CaptionedPictures(QWidget):
    """Takes pictures of one shape with their captions; a hidden picture leaves its place to the others.

    `margin` is left free around each picture.
    """

    def __init__(self, tiles: Sequence[tuple[CrispPicture, str]], margin: int = 0) -> None:
        super().__init__()
        self._margin = margin
        self.pictures = tuple(picture for picture, _ in tiles)
        self._captions = tuple(Label(caption, self) for _, caption in tiles)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        for picture, caption in zip(self.pictures, self._captions, strict=True):
            picture.setParent(self)
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            caption.setToolTip(picture.toolTip())

    def height_at(self, width: int) -> int:
        """The preferred height at a width: beyond it the pictures would not grow."""
        shown = max(1, len(self._shown()))
        columns = shown if width >= shown * (_LEAST + _GAP) - _GAP else -(-shown // 2)
        rows = -(-shown // columns)
        down = self._shape()[0]
        side = self._scale((width - (columns - 1) * _GAP) // columns, 1 << 20) * down
        return rows * (math.ceil(side) + 2 * self._margin + self._line()) + (rows - 1) * _GAP

    def sizeHint(self) -> QSize:
        # What is requested here is kept free even where there is no room to spare.
        return QSize(len(self.pictures) * (_LEAST + _GAP), self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, _LEAST + self._line())

    # Where they go

    def _shown(self) -> list[tuple[CrispPicture, Label]]:
        tiles = zip(self.pictures, self._captions, strict=True)
        return [tile for tile in tiles if not tile[0].isHidden()]

    def _line(self) -> int:
        """The height of a caption, and its distance from the picture."""
        return self.fontMetrics().height() + _UNDER

    def _shape(self) -> tuple[float, float]:
        """The shape of a picture at its own size, in points."""
        ratio = self.devicePixelRatioF()
        down, across = self.pictures[-1].shape
        return down / ratio, across / ratio

    def _scale(self, width: float, height: float) -> float:
        """The scale of a picture in a box; a whole number, if possible."""
        down, across = self._shape()
        free = 2 * self._margin
        scale = max(0.0, min((width - free) / across, (height - free) / down))
        return math.floor(scale) if scale >= 1.0 else scale

    def _arrange(self) -> None:
        tiles, line = self._shown(), self._line()
        for picture, caption in zip(self.pictures, self._captions, strict=True):
            caption.setVisible(not picture.isHidden())
        best, chosen = -1.0, 1
        for columns in range(len(tiles), 0, -1):
            rows = -(-len(tiles) // columns)
            width = (self.width() - (columns - 1) * _GAP) / columns
            scale = self._scale(width, (self.height() - (rows - 1) * _GAP) / rows - line)
            if scale > best:
                best, chosen = scale, columns
        rows = -(-len(tiles) // chosen)
        down, across = (round(side * best) for side in self._shape())
        wide = (self.width() - (chosen - 1) * _GAP) // chosen
        high = down + 2 * self._margin + line
        top = max(0, (self.height() - rows * high - (rows - 1) * _GAP) // 2)
        for place, (picture, caption) in enumerate(tiles):
            x, y = place % chosen * (wide + _GAP), top + place // chosen * (high + _GAP)
            picture.setGeometry(QRect(x + (wide - across) // 2, y + self._margin, across, down))
            caption.setGeometry(QRect(x, y + high - line + _UNDER, wide, line - _UNDER))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        # A picture of another shape, or a picture was shown or hidden.
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.FontChange):
            self._arrange()
            self.updateGeometry()
        return super().event(event)
