"""Facts about the data sets that ship. Torch-free, because menus need them before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShippedSet:
    """A data set that ships: its description, (C, H, W) of each picture, and the number of pictures."""

    title: str
    shape: tuple[int, int, int]
    count: int


SHIPPED_SETS = {
    "mnist": ShippedSet("70,000 handwritten digits, 28 x 28 grey", (1, 28, 28), 70_000),
    "faces": ShippedSet("20,000 pixel-art faces with six attributes, 32 x 32 in colour", (3, 32, 32), 20_000),
}
