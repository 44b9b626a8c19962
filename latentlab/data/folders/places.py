"""A folder of pictures, while the meaning of the folders around it is worked out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from latentlab.data.natural import in_natural_order
from latentlab.data.report import some_shown

_LISTED = 4


@dataclass
class Place:
    """A folder that contains files.

    Attributes:
        path: the folders that lead to it, as far as not understood yet.
        files: their names without the folder.
        part: which part of the set it belongs to, or None.
        of_part: the name of that part's folder, or "".
    """

    path: tuple[str, ...]
    files: list[str]
    part: str | None = None
    of_part: str = ""

    @property
    def top(self) -> str:
        return self.path[0] if self.path else ""


def unwrap(places: list[Place]) -> None:
    """Removes the folders that all share; files beside such a folder stay outside."""
    while len({place.top for place in places} - {""}) == 1:
        for place in places:
            place.path = place.path[1:]


def listed_folders(names: Collection[str]) -> str:
    return some_shown(in_natural_order(set(names)), _LISTED)
