"""The geometry of a grid's cells, in the plane and on the screen. No widgets, no painting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from latentlab.engine.types import Flat

Cell = tuple[int, int]


@dataclass(frozen=True)
class Cells:
    """Cells by their centres in the plane, and in a box on the screen. Cell (0, 0) is top left.

    `across` runs left to right and `up` bottom to top; neither need be evenly spaced.
    """

    across: tuple[float, ...]
    up: tuple[float, ...]
    box: QRectF

    def at(self, place: QPointF) -> Cell | None:
        """The cell at a pixel."""
        return self.closest(place) if self.box.contains(place) else None

    def closest(self, place: QPointF) -> Cell:
        """The cell at a pixel, or the nearest one for a pixel beside the grid."""
        column = int((place.x() - self.box.left()) / self.box.width() * len(self.across) // 1)
        row = int((place.y() - self.box.top()) / self.box.height() * len(self.up) // 1)
        return self.clamped(column, row)

    def clamped(self, column: int, row: int) -> Cell:
        """The cell nearest to a column and row outside the grid."""
        return min(max(column, 0), len(self.across) - 1), min(max(row, 0), len(self.up) - 1)

    def box_of(self, cell: Cell) -> QRectF:
        """The box of a cell on the screen."""
        width, height = self.box.width() / len(self.across), self.box.height() / len(self.up)
        return QRectF(self.box.left() + cell[0] * width, self.box.top() + cell[1] * height, width, height)

    def place_of(self, cell: Cell) -> Flat:
        """The centre of a cell in the plane."""
        return self.across[cell[0]], self.up[len(self.up) - 1 - cell[1]]

    def nearest(self, place: Flat) -> Cell:
        """The cell whose centre is nearest to a point of the plane."""
        return _nearest(self.across, place[0]), len(self.up) - 1 - _nearest(self.up, place[1])

    def holding(self, place: Flat) -> Cell | None:
        """The cell nearest to a point of the plane, if the grid extends that far."""
        there = _reaches(self.across, place[0]) and _reaches(self.up, place[1])
        return self.nearest(place) if there else None


def _nearest(axis: Sequence[float], value: float) -> int:
    return min(range(len(axis)), key=lambda index: abs(axis[index] - value))


def _reaches(axis: Sequence[float], value: float) -> bool:
    """Whether a value lies on an axis or within half a cell of its ends; a single cell has no width."""
    if len(axis) == 1:
        return True
    below, above = 0.5 * (axis[1] - axis[0]), 0.5 * (axis[-1] - axis[-2])
    return axis[0] - below <= value <= axis[-1] + above
