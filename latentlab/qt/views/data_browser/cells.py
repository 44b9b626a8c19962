"""Where the cells of the grid lie: in rows, as many in each as fit, in pixels of the whole content."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Around each picture, for the frame of the chosen ones.
PAD = 5
# Sides of pictures on the screen that are of use, in pixels.
SMALLEST, LARGEST = 24, 320
_SCALES = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)


def sides_for(picture: int) -> tuple[int, ...]:
    """The sides at which pictures of so many pixels a side can be shown: whole multiples, which stay sharp,
    and halves.
    """
    found = tuple(round(picture * scale) for scale in _SCALES)
    fitting = tuple(side for side in found if SMALLEST <= side <= LARGEST)
    return fitting or (picture,)


@dataclass(frozen=True)
class Cells:
    """The cells of `count` pictures in a view of some width.

    Attributes:
        count: how many cells there are.
        width: of the view.
        picture: width and height of a picture on the screen.
        caption: height of the line under it, 0 for none.
    """

    count: int = 0
    width: int = 1
    picture: tuple[int, int] = (28, 28)
    caption: int = 0

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return max(1, self.width // (self.picture[0] + 2 * PAD))

    @property
    def across(self) -> int:
        """Width of a cell: the rows fill the view."""
        return max(self.width // self.columns, 1)

    @property
    def down(self) -> int:
        """Height of a cell."""
        return self.picture[1] + 2 * PAD + self.caption

    @property
    def caption_top(self) -> int:
        """Where the caption begins in a cell."""
        return self.picture[1] + 2 * PAD

    @property
    def rows(self) -> int:
        """Rows of the grid."""
        return math.ceil(self.count / self.columns)

    @property
    def height(self) -> int:
        """Height of the whole content."""
        return self.rows * self.down

    def at(self, x: float, y: float) -> int | None:
        """The cell at a place of the content; None between and beside them."""
        column, row = int(x // self.across), int(y // self.down)
        place = row * self.columns + column
        inside = 0 <= column < self.columns and row >= 0
        return place if inside and place < self.count else None

    def corner(self, place: int) -> tuple[int, int]:
        """Left and top of a cell in the content."""
        row, column = divmod(place, self.columns)
        return column * self.across, row * self.down

    def between(self, top: int, bottom: int) -> range:
        """The rows of the grid that can be seen between two heights of the content."""
        return range(max(0, top // self.down), min(self.rows, math.ceil(bottom / self.down)))
