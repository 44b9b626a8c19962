"""Two layouts whose height depends on their width.

`FlowLayout` places items one after another and wraps like text; `TileLayout` places equal squares in rows,
all of them in one row where there is room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


@contextmanager
def laid_out_once(widget: QWidget) -> Iterator[None]:
    """Hides a widget while the block changes many of its children.

    Qt lays all of them out again for each one that is shown or hidden: a thousand take seconds.
    """
    hidden = widget.isHidden()
    widget.hide()
    try:
        yield
    finally:
        widget.setVisible(not hidden)


class _Wrapping(QLayout):
    """The part of a wrapping layout that does not depend on where the items go."""

    def __init__(self, parent: QWidget | None = None, gap: int = 4) -> None:
        super().__init__(parent)
        self.gap = gap
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def places(self, items: Sequence[QLayoutItem], width: int) -> list[QRect]:
        """The rectangle of each item, from (0, 0) on."""
        raise NotImplementedError

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        places = self.places(self._shown(), width - margins.left() - margins.right())
        return max((place.bottom() + 1 for place in places), default=0) + margins.top() + margins.bottom()

    def setGeometry(self, box: QRect) -> None:
        super().setGeometry(box)
        inside = box.marginsRemoved(self.contentsMargins())
        shown = self._shown()
        for item, place in zip(shown, self.places(shown, inside.width()), strict=True):
            item.setGeometry(place.translated(inside.topLeft()))

    def minimumSize(self) -> QSize:
        size = QSize(0, 0)
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size.grownBy(self.contentsMargins())

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]


class FlowLayout(_Wrapping):
    """Items at their preferred size, left to right, then on the next line."""

    def places(self, items: Sequence[QLayoutItem], width: int) -> list[QRect]:
        places: list[QRect] = []
        x = y = line = 0
        for item in items:
            size = item.sizeHint()
            if x and x + size.width() > width:
                x, y, line = 0, y + line + self.gap, 0
            places.append(QRect(x, y, min(size.width(), max(width, 1)), size.height()))
            x += size.width() + self.gap
            line = max(line, size.height())
        return places

    def sizeHint(self) -> QSize:
        hints = [item.sizeHint() for item in self._shown()]
        width = sum(hint.width() + self.gap for hint in hints) - (self.gap if hints else 0)
        height = max((hint.height() for hint in hints), default=0)
        return QSize(width, height).grownBy(self.contentsMargins())


class TileLayout(_Wrapping):
    """Squares, all in one row where each may have `least` pixels, else in rows of equal length.

    Squares stop growing at twice `least`. With `highest` they are no higher than that.
    """

    def __init__(
        self, parent: QWidget | None = None, gap: int = 4, least: int = 60, highest: int | None = None
    ) -> None:
        super().__init__(parent, gap)
        self.least, self.highest = least, highest

    def columns(self, count: int, width: int) -> int:
        """The number of columns for `count` squares: halved as long as squares would be too small."""
        fitting = max(1, (width + self.gap) // (self.least + self.gap))
        columns = max(1, count)
        while columns > fitting and columns > 4:
            columns = (columns + 1) // 2
        return min(columns, max(fitting, 2))

    def places(self, items: Sequence[QLayoutItem], width: int) -> list[QRect]:
        columns = self.columns(len(items), width)
        side = max(1, min((width - (columns - 1) * self.gap) // columns, 2 * self.least))
        high = side if self.highest is None else min(side, self.highest)
        across, down = side + self.gap, high + self.gap
        return [
            QRect(number % columns * across, number // columns * down, side, high)
            for number in range(len(items))
        ]

    def sizeHint(self) -> QSize:
        side = 4 * self.least + 3 * self.gap
        return QSize(side, self.heightForWidth(side))
