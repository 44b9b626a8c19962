"""What the folders that pictures lie in say about them: splits and classes.

    cats/1.png, dogs/2.png                          two classes
    train/cats/1.png, test/cats/2.png               two splits, of one class each
    img_align/1.png, img_align/2.png                one folder around everything says nothing

Names are relative, with "/" between, as in a zip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.data.limits import MAX_CLASSES

_TRAIN = frozenset(("train", "training"))
_VALID = frozenset(("val", "valid", "validation"))
_TEST = frozenset(("test", "testing"))
# So few pictures beside the folders of classes are a cover or a contact sheet, not a part of the set.
_LOOSE_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Sorted:
    """What names say.

    Attributes:
        kept: the indices of the names that belong.
        loose: the indices of those that lie outside the folders of classes, and are to be left out.
        labels: the class of each kept one, or None.
        classes: the names of the classes.
        held_out: which of the kept are for testing, or None.
    """

    kept: NDArray[np.intp]
    loose: NDArray[np.intp]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    held_out: NDArray[np.bool_] | None


def sort_by_folder(names: Sequence[str]) -> Sorted:
    """The classes and splits of pictures, by the folders they lie in."""
    paths = _without_wrapping([tuple(name.split("/")[:-1]) for name in names])
    held_out = _splits([path[0].lower() if path else "" for path in paths])
    if held_out is not None:
        paths = _without_wrapping([path[1:] for path in paths])
    tops = [path[0] if path else "" for path in paths]
    every = np.arange(len(tops))
    in_folder = np.array([bool(top) for top in tops], dtype=bool)
    classes = tuple(sorted(set(tops) - {""}))
    loose = int((~in_folder).sum())
    if not 2 <= len(classes) <= MAX_CLASSES or loose > _LOOSE_SHARE * len(tops):
        return Sorted(every, every[:0], None, (), held_out)
    number = {name: index for index, name in enumerate(classes)}
    labels = np.array([number[top] for top in tops if top], dtype=np.int64)
    kept = every[in_folder]
    return Sorted(kept, every[~in_folder], labels, classes, None if held_out is None else held_out[kept])


def _without_wrapping(paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The paths without the folders that all of them share."""
    if not paths:
        return paths
    first, last = min(paths), max(paths)
    shared = 0
    while shared < min(len(first), len(last)) and first[shared] == last[shared]:
        shared += 1
    return [path[shared:] for path in paths]


def _splits(tops: list[str]) -> NDArray[np.bool_] | None:
    """Which are held out, if the folders on top are splits; "val" is, where there is no "test"."""
    found = set(tops)
    if not found & _TRAIN or not found & (_TEST | _VALID) or found - _TRAIN - _TEST - _VALID:
        return None
    testing = _TEST if found & _TEST else _VALID
    return np.array([top in testing for top in tops], dtype=bool)
