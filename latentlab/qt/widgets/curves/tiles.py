"""Equal tiles that fill a rectangle: in as many columns as make them largest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

_GAP = 6
# How much wider than high a tile is best.
_ASPECT = 1.5


def columns_for(count: int, width: int, height: int) -> int:
    """The number of columns in which `count` tiles of a rectangle are largest."""

    def size(columns: int) -> tuple[float, int]:
        rows = -(-count // columns)
        return min(width / columns / _ASPECT, height / rows), -abs(columns - rows)

    return max(range(1, max(1, count) + 1), key=size)


class Tiles(QWidget):
    """Shows its visible tiles in order, row by row; those of the last row are wider if it is not full."""

    def __init__(self) -> None:
        super().__init__()
        self._tiles: list[QWidget] = []

    @property
    def tiles(self) -> tuple[QWidget, ...]:
        """All tiles in their order."""
        return tuple(self._tiles)

    def set_tiles(self, tiles: list[QWidget]) -> None:
        """Shows these tiles in place of all others, which are hidden."""
        for gone in self._tiles:
            if gone not in tiles:
                gone.removeEventFilter(self)
                gone.hide()
        known, self._tiles = self._tiles, tiles
        for tile in tiles:
            if tile not in known:
                tile.setParent(self)
                tile.installEventFilter(self)
                tile.show()
        self.arrange()

    def arrange(self) -> None:
        """Places the tiles that are to be seen."""
        shown = [tile for tile in self._tiles if not tile.isHidden()]
        if not shown or self.width() < 2 or self.height() < 2:
            return
        columns = columns_for(len(shown), self.width(), self.height())
        rows = -(-len(shown) // columns)
        for number, tile in enumerate(shown):
            row, column = divmod(number, columns)
            across = columns if row < rows - 1 else len(shown) - columns * (rows - 1)
            tile.setGeometry(_cell(self.rect(), column, across, row, rows))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.arrange()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()


def _cell(box: QRect, column: int, columns: int, row: int, rows: int) -> QRect:
    def part(number: int, count: int, length: int) -> tuple[int, int]:
        room = length - (count - 1) * _GAP
        first = round(number * room / count) + number * _GAP
        return first, round((number + 1) * room / count) + number * _GAP - first

    (x, width), (y, height) = part(column, columns, box.width()), part(row, rows, box.height())
    return QRect(box.x() + x, box.y() + y, width, height)
