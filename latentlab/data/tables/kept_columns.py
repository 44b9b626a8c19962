"""Keeps the columns of a table that are neither file, class, split nor attribute: to colour and find by.

age        3.5, 7, ?              numbers, NaN where a cell is empty or is none
town       Ulm, Rome, Ulm         words, -1 where a cell is empty
married    yes, no                an attribute that was not chosen as one
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Kept, Numbers, Words, attribute
from latentlab.data.limits import MAX_KEPT_BYTES, MAX_KEPT_COLUMNS
from latentlab.data.natural import natural
from latentlab.data.report import Notebook, shown
from latentlab.data.tables.column_kinds import UNKNOWN, YES, Holds, Known
from latentlab.data.tables.sheet import Column, Sheet

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
# A column of numbers may have so many other cells, which then are unknown.
_STRAY_SHARE = 0.1
# Letters of a text that are kept.
_LONGEST = 500
_UNUSED = (Holds.EMPTY, Holds.CONSTANT, Holds.SPLIT)


def kept_columns(
    sheet: Sheet,
    known: Mapping[int, Known],
    used: Iterable[int],
    rows: NDArray[np.intp],
    pictures: NDArray[np.intp],
    count: int,
    book: Notebook,
) -> tuple[Kept, ...]:
    """The columns of a table for `count` pictures.

    Args:
        sheet: the table.
        known: what its columns hold, by their place.
        used: the places of those that have another role.
        rows: the rows that tell of pictures.
        pictures: the picture that each of these rows tells of.
        count: how many pictures there are; of the others nothing is known.
        book: told what there was no room for.
    """
    found: list[Kept] = []
    room, taken, left = MAX_KEPT_BYTES, set(used), 0
    for place, one in known.items():
        if place in taken or one.holds in _UNUSED:
            continue
        column = sheet.columns[place].of_rows(rows)
        size = 4 * count + sum(map(len, column.values))
        if size > room or len(found) == MAX_KEPT_COLUMNS:
            left += 1
            continue
        room -= size
        found.append(_column(column, one, sheet.columns[place], rows, pictures, count))
    if left:
        book.note(
            f"Of the columns of {shown(sheet.name)}, {left:,} did not fit into memory and were left out"
        )
    return tuple(found)


def number_in(text: str) -> float:
    """The number in a cell, NaN if it is none or not finite: "3.5", "3,5", "1,200", "12 %"."""
    plain = text.strip().rstrip("%").strip()
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        return math.nan
    # Beyond float32, or one of its infinities.
    return value if abs(value) < 3e38 else math.nan


def _column(
    column: Column,
    known: Known,
    whole: Column,
    rows: NDArray[np.intp],
    pictures: NDArray[np.intp],
    count: int,
) -> Kept:
    if known.holds is Holds.TRUTH:
        truth = known.truth[whole.codes[rows]]
        yes, sure = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        yes[pictures], sure[pictures] = truth == YES, truth < UNKNOWN
        return attribute(shown(column.name), yes, sure)
    values = np.array([number_in(text) for text in column.values], dtype=np.float32)
    if known.holds is not Holds.CLASSES and _mostly(values, column):
        numbers = np.full(count, np.nan, dtype=np.float32)
        numbers[pictures] = values[column.codes]
        return Numbers(shown(column.name), numbers)
    names = {text: " ".join(text.split())[:_LONGEST] for text in column.values}
    words = tuple(sorted({name for name in names.values() if name}, key=natural))
    code_of = {word: code for code, word in enumerate(words)} | {"": -1}
    of_each = np.array([code_of[names[text]] for text in column.values], dtype=np.int32)
    small = len(words) < 2**15
    codes: NDArray[np.integer[Any]] = np.full(count, -1, np.int16) if small else np.full(count, -1, np.int32)
    codes[pictures] = of_each[column.codes]
    return Words(shown(column.name), codes, tuple(map(shown, words)))


def _mostly(values: NDArray[np.float32], column: Column) -> bool:
    """Whether nearly all cells that are not empty are numbers."""
    filled = np.array([bool(text.strip()) for text in column.values], dtype=bool)
    counts = column.counts()
    numbers = int(counts[~np.isnan(values)].sum())
    return numbers > 0 and numbers >= (1.0 - _STRAY_SHARE) * int(counts[filled].sum())
