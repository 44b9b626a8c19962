"""What the data sets of the catalog hold. Without torch: a menu is made before that is there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShippedSet:
    """A data set that ships: what it holds, (C, H, W) of each picture, and how many there are."""

    title: str
    shape: tuple[int, int, int]
    count: int


SHIPPED_SETS = {
    "mnist": ShippedSet("70,000 handwritten digits, 28 x 28 grey", (1, 28, 28), 70_000),
    "faces": ShippedSet("20,000 pixel-art faces with six attributes, 32 x 32 in colour", (3, 32, 32), 20_000),
}
