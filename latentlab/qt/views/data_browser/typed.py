"""Finds the next picture whose caption begins with what was typed. Without Qt."""

from __future__ import annotations

import numpy as np

from latentlab.core.columns import Numbers, Texts, Words
from latentlab.qt.views.data_browser.choice import Choice
from latentlab.session.picture_columns import Fact


def next_match(word: str, fact: Fact, choice: Choice) -> int | None:
    """The number of the next picture, in the order shown; None if there is none.

    One letter goes on from the current picture; more letters may stay there.
    """
    wanted, order, column = word.casefold(), choice.order, fact.column
    if word.strip().isdigit() and isinstance(column, Numbers):
        number = int(word)
        return number if choice.place_of(number) is not None else None
    start = choice.place_of(choice.current)
    first = 0 if start is None else start + (len(word) == 1)
    if isinstance(column, Words):
        codes = [code for code, known in enumerate(column.words) if known.casefold().startswith(wanted)]
        found = np.flatnonzero(np.isin(column.codes[order], codes))
        if not len(found):
            return None
        place = found[np.searchsorted(found, first) % len(found)]
        return int(order[place])
    if isinstance(column, Texts):
        for number in (*order[first:].tolist(), *order[:first].tolist()):
            text = column.texts[number].casefold()
            if text.startswith(wanted) or text.rpartition("/")[2].startswith(wanted):
                return int(number)
    return None
