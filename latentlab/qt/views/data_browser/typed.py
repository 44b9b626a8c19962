"""Finds the next picture whose caption begins with what was typed. Without Qt."""

from __future__ import annotations

import numpy as np

from latentlab.qt.views.data_browser.choice import Choice
from latentlab.session.picture_columns import Column, Kinds, Names


def next_match(word: str, column: Column, choice: Choice) -> int | None:
    """The number of the next picture, in the order shown; None if there is none.

    One letter goes on from the current picture; more letters may stay there.
    """
    wanted, order = word.casefold(), choice.order
    if word.strip().isdigit() and not isinstance(column, Kinds | Names):
        number = int(word)
        return number if choice.place_of(number) is not None else None
    start = choice.place_of(choice.current)
    first = 0 if start is None else start + (len(word) == 1)
    if isinstance(column, Kinds):
        codes = [code for code, known in enumerate(column.words) if known.casefold().startswith(wanted)]
        found = np.flatnonzero(np.isin(column.codes[order], codes))
        if not len(found):
            return None
        place = found[np.searchsorted(found, first) % len(found)]
        return int(order[place])
    if isinstance(column, Names):
        for number in (*order[first:].tolist(), *order[:first].tolist()):
            text = column.texts[number].casefold()
            if text.startswith(wanted) or text.rpartition("/")[2].startswith(wanted):
                return int(number)
    return None
