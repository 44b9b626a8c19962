"""Which pictures are chosen: by a click, Shift, Ctrl or the keys. Without Qt.

Places count in the order shown, numbers are those of the pictures. Chosen pictures stay chosen when the order
changes, or when a filter hides them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Choice:
    """The chosen ones of `count` pictures.

    Attributes:
        current: the number of the picture that the keys go from; None for none.
        order: the numbers of the pictures shown, in order.
    """

    def __init__(self, count: int = 0, order: NDArray[np.int32] | None = None) -> None:
        self.order = np.arange(count, dtype=np.int32) if order is None else order
        self.current: int | None = None
        self._chosen = np.zeros(count, dtype=np.bool_)
        self._anchor: int | None = None
        self._places: NDArray[np.int32] | None = None
        self._count: int | None = 0

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Which pictures are chosen, (N,)."""
        return self._chosen

    @property
    def count(self) -> int:
        """How many are chosen."""
        if self._count is None:
            self._count = int(np.count_nonzero(self._chosen))
        return self._count

    def numbers(self) -> NDArray[np.int32]:
        """The chosen ones: those shown in their order, then the others."""
        shown = self.order[self._chosen[self.order]]
        if len(shown) == self.count:
            return shown
        rest = self._chosen.copy()
        rest[shown] = False
        return np.concatenate([shown, np.flatnonzero(rest).astype(np.int32)])

    def arrange(self, order: NDArray[np.int32]) -> None:
        """Shows these pictures, in this order."""
        self.order, self._places = order, None

    def place_of(self, number: int | None) -> int | None:
        """The place of a picture; None if it is not shown."""
        if number is None or number >= len(self._chosen):
            return None
        if self._places is None:
            self._places = np.full(len(self._chosen), -1, dtype=np.int32)
            self._places[self.order] = np.arange(len(self.order), dtype=np.int32)
        place = int(self._places[number])
        return place if place >= 0 else None

    def only(self, number: int | None) -> None:
        """Chooses one picture, or none."""
        self._chosen[:] = False
        if number is not None:
            self._chosen[number] = True
        self.current = self._anchor = number
        self._count = None

    def toggle(self, number: int) -> None:
        """Adds a picture, or removes it; ranges start there."""
        self._chosen[number] = not self._chosen[number]
        self.current = self._anchor = number
        self._count = None

    def extend(self, number: int) -> None:
        """Chooses all from where the last click was to this picture."""
        first, last = self.place_of(self._anchor), self.place_of(number)
        if first is None or last is None:
            self.only(number)
            return
        self._chosen[:] = False
        low, high = sorted((first, last))
        self._chosen[self.order[low : high + 1]] = True
        self.current, self._count = number, None

    def frame(self, first: int, last: int, columns: int, besides: NDArray[np.bool_] | None = None) -> None:
        """Chooses the pictures in the rectangle between two places, of so many in a row, besides others."""
        (top, left), (bottom, right) = divmod(first, columns), divmod(last, columns)
        rows = np.arange(min(top, bottom), max(top, bottom) + 1)
        places = rows[:, None] * columns + np.arange(min(left, right), max(left, right) + 1)
        self._chosen[:] = False if besides is None else besides
        self._chosen[self.order[places[places < len(self.order)]]] = True
        self.current, self._count = int(self.order[last]), None

    def all_shown(self) -> None:
        """Chooses all pictures shown."""
        self._chosen[:] = False
        self._chosen[self.order] = True
        self._count = None

    def take(self, numbers: NDArray[np.integer] | tuple[int, ...]) -> None:
        """Chooses these pictures."""
        self._chosen[:] = False
        self._chosen[np.asarray(numbers, dtype=np.intp)] = True
        self._count = None
