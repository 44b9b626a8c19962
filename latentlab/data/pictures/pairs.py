"""Pairs of pictures, side by side in one: each picture is two of them, or two folders hold one half each.

For models that learn to make the right picture of the left one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from latentlab.data.pictures.white import AnyPicture, Deep
from latentlab.data.report import shown
from latentlab.data.source import Found, PictureError, Pictures
from latentlab.errors import LabError

_FOLDERS = ("a", "b")


class PairedPictures:
    """The pictures of two folders, each beside the one of its name in the other.

    Args:
        pictures: of both folders.
        left, right: the number of each picture in `pictures`.
    """

    def __init__(self, pictures: Pictures, left: Sequence[int], right: Sequence[int]) -> None:
        self._pictures, self._left, self._right = pictures, left, right

    def __len__(self) -> int:
        return len(self._left)

    def name(self, index: int) -> str:
        return self._pictures.name(self._left[index])

    def image(self, index: int, enough: int) -> AnyPicture:
        left = self._pictures.image(self._left[index], enough)
        right = self._pictures.image(self._right[index], enough)
        if isinstance(left, Deep) or isinstance(right, Deep):
            raise PictureError("has more than 8 bits; pairs are read of 8 bits")
        if left.size != right.size:
            sizes = " and ".join(f"{one.width} x {one.height}" for one in (left, right))
            raise PictureError(f"belongs to a pair of unequal sizes, {sizes}")
        if left.mode != right.mode:
            left, right = left.convert("RGB"), right.convert("RGB")
        return Image.fromarray(np.concatenate([np.asarray(left), np.asarray(right)], 1))

    def watch(self) -> Callable[[], bool]:
        return self._pictures.watch()

    def close(self) -> None:
        self._pictures.close()


def as_pairs(found: Found, path: Path) -> Found:
    """A source of pairs: two folders A and B become one picture for each name; others stay as they are.

    Raises:
        LabError: naming a picture of one folder that the other does not have.
    """
    names = [found.pictures.name(index) for index in range(len(found.pictures))]
    halves: dict[str, dict[str, int]] = {folder: {} for folder in _FOLDERS}
    for index, name in enumerate(names):
        folder, slash, rest = name.partition("/")
        if not slash or folder.casefold() not in halves:
            return found  # each picture is a pair by itself
        halves[folder.casefold()][rest.rpartition(".")[0] or rest] = index
    left, right = (halves[folder] for folder in _FOLDERS)
    alone = sorted(left.keys() ^ right.keys())
    if alone:
        only = left if alone[0] in left else right
        more = f" (and {len(alone) - 1:,} more)" if len(alone) > 1 else ""
        raise LabError(
            f"{shown(names[only[alone[0]]])}{more} has no picture of its name in the other folder",
            shown(path),
            "The folders A and B hold one picture of each name",
        )
    both = sorted(left)
    pairs = PairedPictures(found.pictures, [left[name] for name in both], [right[name] for name in both])
    found.book.note(f"{len(both):,} pairs: a picture of A at the left, that of its name in B at the right")
    return replace(
        found,
        pictures=pairs,
        labels=None,
        classes=(),
        attributes=None,
        attributes_known=None,
        attribute_names=(),
        held_out=None,
        sorted_by_class=False,
        columns=(),
        table=None,
    )
