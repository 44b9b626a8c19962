"""Which picture a name in a table means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def match(files: Sequence[str], pictures: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs that mean the same: the indices of the files, and those of the pictures."""
    whole = {name: index for index, name in enumerate(pictures)}
    base = _unique(name.rpartition("/")[2] for name in pictures)
    stem = _unique(map(_stem, pictures))
    row_of: dict[int, int] = {}
    for row, file in enumerate(files):
        index = whole.get(file, base.get(file, stem.get(_stem(file), -1)))
        if index >= 0:
            row_of.setdefault(index, row)
    return np.array(list(row_of.values()), dtype=np.intp), np.array(list(row_of), dtype=np.intp)


def _unique(names: Iterable[str]) -> dict[str, int]:
    """Name -> index, of the names that occur once."""
    found: dict[str, int] = {}
    for index, name in enumerate(names):
        found[name] = -1 if name in found else index
    return found


def _stem(name: str) -> str:
    base = name.replace("\\", "/").rpartition("/")[2]
    return base.rpartition(".")[0] or base
