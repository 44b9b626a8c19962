"""What is known of each picture of a data set, as columns to sort by, to show and to save."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_DIGITS = re.compile(r"[0-9]+")
# As many digits of a number, and letters of a name, count for the order of names.
_WIDTH, _LETTERS = 12, 120
_AT_ONCE = 10_000


class Column(Protocol):
    """One fact about each of N pictures."""

    @property
    def name(self) -> str:
        """A word for it, the same in every version: "class"."""
        ...

    @property
    def title(self) -> str:
        """Its text in the window."""
        ...

    def text(self, row: int) -> str:
        """The fact of a picture in words; "" where it is unknown."""
        ...

    def value(self, row: int) -> str:
        """The fact of a picture for a table that programs read; "" where it is unknown."""
        ...

    def sort_keys(self) -> NDArray[np.generic]:
        """(N,) values whose order is that of the column; what is unknown comes last."""
        ...


@dataclass(frozen=True, eq=False)
class Number:
    """The number of each picture in its split."""

    count: int
    name: str = "number"
    title: str = "Number"

    def text(self, row: int) -> str:
        return f"{row:,}"

    def value(self, row: int) -> str:
        return str(row)

    def sort_keys(self) -> NDArray[np.generic]:
        return np.arange(self.count, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Figures:
    """A number of each picture, float (N,), NaN where it is unknown."""

    name: str
    title: str
    values: NDArray[np.floating]

    def text(self, row: int) -> str:
        value = float(self.values[row])
        return "" if np.isnan(value) else f"{value:.4g}".replace("-", "\N{MINUS SIGN}")

    def value(self, row: int) -> str:
        value = self.values[row]
        return "" if np.isnan(value) else str(value.item())

    def sort_keys(self) -> NDArray[np.generic]:
        return self.values


@dataclass(frozen=True, eq=False)
class Kinds:
    """One of a few words for each picture: its class, its split. `codes` is whole numbers (N,), below 0 where
    it is unknown.
    """

    name: str
    title: str
    codes: NDArray[np.integer]
    words: tuple[str, ...]

    def text(self, row: int) -> str:
        code = int(self.codes[row])
        return "" if code < 0 else self.words[code]

    def value(self, row: int) -> str:
        return self.text(row)

    def sort_keys(self) -> NDArray[np.generic]:
        # Whole numbers of two bytes are sorted by their digits, fifty times as fast as others.
        count = len(self.words)
        return np.where(self.codes < 0, count, self.codes).astype(np.int16 if count < 2**15 else np.int32)


@dataclass(frozen=True, eq=False)
class Names:
    """A text of its own for each picture, such as its file."""

    name: str
    title: str
    texts: Sequence[str]

    def text(self, row: int) -> str:
        return self.texts[row]

    def value(self, row: int) -> str:
        return self.texts[row]

    def sort_keys(self) -> NDArray[np.generic]:
        """In natural order: 1, 2, 10. In pieces, so that other threads get their turn."""
        parts = []
        for first in range(0, len(self.texts), _AT_ONCE):
            last = min(first + _AT_ONCE, len(self.texts))
            parts.append(np.array([_natural(self.texts[row]) for row in range(first, last)]))
        return np.concatenate(parts) if parts else np.zeros(0, dtype="U1")


def _natural(text: str) -> str:
    """A text whose order is that of numbers by value and of letters without their case."""
    return _DIGITS.sub(lambda found: found[0].zfill(_WIDTH), text.casefold())[:_LETTERS]


def order_of(
    column: Column, keep: NDArray[np.bool_] | None = None, *, down: bool = False
) -> NDArray[np.int32]:
    """The numbers of the pictures to show, in the order of a column; equal ones stay in their own order.

    Args:
        column: what to sort by.
        keep: which pictures are shown, (N,); None: all.
        down: from the highest to the lowest; what is unknown stays last.
    """
    keys = column.sort_keys()
    if down:
        # Stable both ways: the ranks from the other end, sorted from the end.
        order = np.argsort(keys[::-1], kind="stable")[::-1]
        order = len(keys) - 1 - order
        unknown = _unknown(column, keys)
        if unknown is not None and unknown.any():
            order = np.concatenate([order[~unknown[order]], order[unknown[order]]])
    else:
        order = np.argsort(keys, kind="stable")
    if keep is not None:
        order = order[keep[order]]
    return order.astype(np.int32)


def _unknown(column: Column, keys: NDArray[np.generic]) -> NDArray[np.bool_] | None:
    if isinstance(column, Kinds):
        return np.asarray(column.codes < 0)
    return np.isnan(keys) if np.issubdtype(keys.dtype, np.floating) else None
