"""Reads the other arrays of an .npz that have a number or a text for each picture: to colour and find by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Kept, Numbers, Words, attribute
from latentlab.data.arrays.npy import ArrayArchive
from latentlab.data.arrays.npz_fields import optional
from latentlab.data.known_sets import classes_of_words
from latentlab.data.limits import MAX_KEPT_BYTES, MAX_KEPT_COLUMNS
from latentlab.data.report import Notebook, shown
from latentlab.errors import LabError

# Letters of a text that are kept.
_LONGEST = 500


def columns_in(
    archive: ArrayArchive,
    used: Iterable[str],
    rows: NDArray[np.intp] | None,
    total: int,
    book: Notebook,
) -> tuple[Kept, ...]:
    """The columns for the pictures that are read.

    Args:
        archive: the arrays.
        used: the names of those that have another meaning.
        rows: which pictures are read; None for all.
        total: how many there are in the file.
        book: told what could not be read.
    """
    found: list[Kept] = []
    room, known = MAX_KEPT_BYTES, set(used)
    for name in archive.names:
        if name in known or len(found) == MAX_KEPT_COLUMNS:
            continue
        try:
            header = archive.header(name)
            if header.shape not in ((total,), (total, 1)) or header.nbytes > room:
                continue
            values = optional(archive, name, rows, book)
        except LabError as error:
            book.note(f"The array {shown(name)} was skipped: it {error.what}")
            continue
        if values is not None:
            room -= header.nbytes
            found.append(_column(shown(name), values.reshape(len(values))))
    return tuple(found)


def _column(name: str, values: NDArray[Any]) -> Kept:
    if values.dtype.kind == "b":
        return attribute(name, values.astype(bool))
    if values.dtype.kind == "U":
        codes, words = classes_of_words([" ".join(word.split())[:_LONGEST] for word in values.tolist()])
        return Words(name, codes.astype(np.int32), tuple(map(shown, words)))
    with np.errstate(over="ignore"):
        numbers = values.astype(np.float32)
    return Numbers(name, np.where(np.isfinite(numbers), numbers, np.float32(np.nan)))
