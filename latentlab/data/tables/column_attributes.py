"""Makes attributes from table columns: one of a yes/no column, one for each word of a column of words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.data.natural import in_natural_order, natural
from latentlab.data.tables.column_kinds import (
    MINUS,
    NO,
    UNKNOWN,
    YES,
    Holds,
    Known,
    pieces_of,
)

# A column of other words than yes and no becomes an attribute for each word, of so many.
_MOST_WORDS = 12


@dataclass(frozen=True, eq=False)
class Attribute:
    """An attribute: its name, what each value of its column means, and the column."""

    name: str
    known: Known
    truth: NDArray[np.int8]


def made_of(known: Known, *, asked: bool) -> list[Attribute]:
    """The attributes of a column: itself, or one for each of its words."""
    if known.holds is Holds.TRUTH or (asked and known.holds in (Holds.UNSURE, Holds.SPLIT)):
        truth = known.truth.copy()
        if known.holds is Holds.UNSURE:
            # -1 and 1 are no and yes; 0 is neither.
            truth[truth == NO] = UNKNOWN
        return [Attribute(known.name, known, truth)] if YES in truth or NO in truth or MINUS in truth else []
    if known.holds is Holds.SEVERAL:
        return _of_several(known)
    if known.holds is not Holds.CLASSES or not 2 <= known.different <= _MOST_WORDS:
        return []
    if known.whole and not asked:
        return []
    values = known.column.values
    words = sorted(
        (value for value, empty in zip(values, known.empty, strict=True) if not empty), key=natural
    )
    # Of two words, one is enough.
    made = []
    for word in words[1:] if len(words) == 2 else words:
        truth = np.array([YES if value == word else NO for value in values], dtype=np.int8)
        truth[known.empty] = UNKNOWN
        made.append(Attribute(f"{known.name}={word}", known, truth))
    return made


def _of_several(known: Known) -> list[Attribute]:
    """An attribute for each word of a column whose cells hold several."""
    cells = pieces_of(known.column)
    made = []
    for word in in_natural_order({piece for pieces in cells.values() for piece in pieces}):
        of_each = [YES if word in cells.get(value, ()) else NO for value in known.column.values]
        truth = np.array(of_each, dtype=np.int8)
        truth[known.empty] = UNKNOWN
        made.append(Attribute(f"{known.name}={word}", known, truth))
    return made
