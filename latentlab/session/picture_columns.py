"""Columns of pictures with their titles and texts, and the order of pictures by them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Column, Kept, Numbers, Texts, Words
from latentlab.core.matching import CLASS, NAME
from latentlab.data.keys import Keys
from latentlab.engine.rendering.requests.figures import PICTURE_FIGURES

NUMBER, SPLIT = "number", "split"
_TITLES = {CLASS: "Class", NAME: "File", SPLIT: "Split", NUMBER: "Picture number"} | {
    figure.name: figure.title for figure in PICTURE_FIGURES
}
_DIGITS = re.compile(r"[0-9]+")
# As many digits of a number, and letters of a name, count for the order of names.
_WIDTH, _LETTERS = 12, 120
_AT_ONCE = 10_000


@dataclass(frozen=True, eq=False)
class Fact:
    """A column to be shown. `name` is its name among the others, in every version the same."""

    name: str
    column: Column

    @property
    def title(self) -> str:
        """Its text in the window."""
        return _TITLES.get(self.name, self.name)

    @property
    def unique(self) -> bool:
        """Whether the texts of most pictures differ."""
        return isinstance(self.column, Texts | Numbers)

    @property
    def is_attribute(self) -> bool:
        """Whether pictures have it or lack it."""
        return isinstance(self.column, Words) and self.column.truth

    def text(self, row: int) -> str:
        """What is known of a picture, in words; "" where it is unknown."""
        if not isinstance(self.column, Numbers):
            return self.value(row)
        number = float(self.column.values[row])
        if np.isnan(number):
            return ""
        return f"{number:,.0f}" if self.name == NUMBER else f"{number:.4g}".replace("-", "\N{MINUS SIGN}")

    def value(self, row: int) -> str:
        """The same for a table that programs read."""
        column = self.column
        if isinstance(column, Texts):
            return column.texts[row]
        if isinstance(column, Words):
            code = int(column.codes[row])
            return "" if code < 0 else column.words[code]
        number = column.values[row]
        if np.isnan(number):
            return ""
        return str(int(number)) if number == int(number) else str(number.item())

    def sort_keys(self) -> NDArray[np.generic]:
        """(N,) values whose order is that of the column; what is unknown comes last."""
        column = self.column
        if isinstance(column, Texts):
            return _in_natural_order(column.texts)
        if isinstance(column, Words):
            # Whole numbers of two bytes are sorted by their digits, fifty times as fast as others.
            count = len(column.words)
            return np.where(column.codes < 0, count, column.codes).astype(
                np.int16 if count < 2**15 else np.int32
            )
        return column.values

    def unknown(self) -> NDArray[np.bool_] | None:
        """Of which pictures it is not known, (N,); None where it is known of all."""
        column = self.column
        if isinstance(column, Texts):
            return None
        found = column.codes < 0 if isinstance(column, Words) else np.isnan(column.values)
        return np.asarray(found)


def columns_of(
    count: int,
    labels: NDArray[np.int64] | None,
    classes: tuple[str, ...],
    kept: Sequence[Kept],
    keys: Keys | None,
    split: str,
    testing: int,
) -> dict[str, Column]:
    """The columns of `count` pictures by name: class, attributes, those of a table; name, number, split."""
    found: dict[str, Column] = {}
    if labels is not None:
        found[CLASS] = Words(CLASS, labels, classes)
    for column in kept:
        # An own name for what would hide another column.
        taken = column.name in found or column.name.casefold() in _TITLES
        found[f"{column.name} (table)" if taken else column.name] = column
    if keys is not None and len(keys) == count:
        found[NAME] = Texts(NAME, keys.names)
    if split == "all":
        found[SPLIT] = Words(SPLIT, (np.arange(count) >= testing).astype(np.int8), ("test", "train"))
    found[NUMBER] = Numbers(NUMBER, np.arange(count, dtype=np.float32))
    return found


def shown_facts(columns: Mapping[str, Column]) -> tuple[Fact, ...]:
    """The columns to show and to sort by: the number first, then class, file and split."""
    first = (NUMBER, CLASS, NAME, SPLIT)
    found = [Fact(name, column) for name, column in columns.items()]
    return tuple(sorted(found, key=lambda one: first.index(one.name) if one.name in first else len(first)))


def order_of(fact: Fact, keep: NDArray[np.bool_] | None = None, *, down: bool = False) -> NDArray[np.int32]:
    """The numbers of the pictures to show, in the order of a column; equal ones stay in their own order.

    Args:
        fact: the column to sort by.
        keep: which pictures are shown, (N,); None: all.
        down: from the highest to the lowest; what is unknown stays last.
    """
    keys = fact.sort_keys()
    order: NDArray[Any]
    if fact.name == NUMBER and not down:
        order = np.arange(len(keys))
    elif down:
        # Stable both ways: the ranks from the other end, sorted from the end.
        order = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
        unknown = fact.unknown()
        if unknown is not None and unknown.any():
            order = np.concatenate([order[~unknown[order]], order[unknown[order]]])
    else:
        order = np.argsort(keys, kind="stable")
    if keep is not None:
        order = order[keep[order]]
    return order.astype(np.int32)


def _in_natural_order(texts: Sequence[str]) -> NDArray[np.str_]:
    """Texts whose order is natural: 1, 2, 10. In pieces, so that other threads get their turn."""
    parts = []
    for first in range(0, len(texts), _AT_ONCE):
        last = min(first + _AT_ONCE, len(texts))
        parts.append(np.array([_natural(texts[row]) for row in range(first, last)], dtype=np.str_))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.str_)


def _natural(text: str) -> str:
    """A text whose order is that of numbers by value and of letters without their case."""
    return _DIGITS.sub(lambda found: found[0].zfill(_WIDTH), text.casefold())[:_LETTERS]
