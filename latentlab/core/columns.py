"""Columns: what is known of each picture of a data set, by name. Without torch.

Numbers   age, elbo          NaN where unknown
Words     class, species     a code for each picture, -1 where unknown; yes and no for an attribute
Texts     name               a text of its own for each picture
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_YES = ("no", "yes")
_MOST_COMPARED = 2000


@dataclass(frozen=True, eq=False)
class Numbers:
    """A number for each picture: `values` float32 (N,), NaN where unknown. `unit` is "" or such as "nats"."""

    name: str
    values: NDArray[np.float32]
    unit: str = ""

    def __len__(self) -> int:
        return len(self.values)

    def taken(self, which: NDArray[Any] | slice) -> Numbers:
        """The same for some pictures: their numbers, a mask or a slice."""
        return replace(self, values=self.values[which])


@dataclass(frozen=True, eq=False)
class Words:
    """One of a few words for each picture.

    Attributes:
        name: the column's name.
        codes: whole numbers (N,), indices into `words`, -1 where unknown.
        words: the different words.
        truth: whether it is an attribute, whose words are no and yes.
    """

    name: str
    codes: NDArray[np.integer[Any]]
    words: tuple[str, ...]
    truth: bool = False

    def __len__(self) -> int:
        return len(self.codes)

    def taken(self, which: NDArray[Any] | slice) -> Words:
        """The same for some pictures: their numbers, a mask or a slice."""
        return replace(self, codes=self.codes[which])

    def counts(self) -> NDArray[np.intp]:
        """How many pictures have each word, (len(words),)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.words))

    def as_numbers(self) -> Numbers | None:
        """The same as numbers, where every word is one."""
        try:
            values = np.array([float(word) for word in self.words] + [np.nan], dtype=np.float32)
        except ValueError:
            return None
        return Numbers(self.name, values[self.codes])


@dataclass(frozen=True, eq=False)
class Texts:
    """A text of its own for each picture."""

    name: str
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.texts)


Column = Numbers | Words | Texts
# What is kept of a table's columns: texts too are words there.
Kept = Numbers | Words


def attribute(name: str, values: NDArray[np.bool_], known: NDArray[np.bool_] | None = None) -> Words:
    """An attribute as a column: (N,) which pictures have it, and of which that is known (None: all)."""
    codes = values.astype(np.int8)
    if known is not None:
        codes[~known] = -1
    return Words(name, codes, NO_YES, truth=True)


def joined(first: Sequence[Kept], second: Sequence[Kept]) -> tuple[Kept, ...]:
    """The columns of two sets of pictures, one after the other; those that both have, of one kind."""
    others = {column.name: column for column in second}
    found: list[Kept] = []
    for column in first:
        other = others.get(column.name)
        if isinstance(column, Numbers) and isinstance(other, Numbers):
            found.append(replace(column, values=np.concatenate([column.values, other.values])))
        elif isinstance(column, Words) and isinstance(other, Words):
            words = tuple(dict.fromkeys((*column.words, *other.words)))
            number = {word: code for code, word in enumerate(words)}
            of_each = np.array([number[word] for word in other.words] + [-1], dtype=np.int32)
            codes = np.concatenate([column.codes.astype(np.int32), of_each[other.codes]])
            found.append(replace(column, codes=codes, words=words))
    return tuple(found)


def unknown_in(column: Column) -> int:
    """Of how many pictures nothing is known."""
    if isinstance(column, Numbers):
        return int(np.isnan(column.values).sum())
    return int((column.codes < 0).sum()) if isinstance(column, Words) else 0


def united(first: Sequence[Kept], second: Sequence[Kept]) -> tuple[Kept, ...]:
    """The columns of two tables about the same pictures; where both know something, the first counts."""
    others = {column.name: column for column in second}
    found = [_filled(column, others.pop(column.name, None)) for column in first]
    return (*found, *others.values())


def _filled(column: Kept, other: Kept | None) -> Kept:
    """A column, with what another of its kind knows where it does not."""
    if isinstance(column, Numbers) and isinstance(other, Numbers):
        return replace(column, values=np.where(np.isnan(column.values), other.values, column.values))
    if isinstance(column, Words) and isinstance(other, Words):
        both = joined([column], [other])[0]
        assert isinstance(both, Words)
        mine, theirs = both.codes[: len(column)], both.codes[len(column) :]
        codes: NDArray[np.integer[Any]] = np.where(mine < 0, theirs, mine)
        return replace(both, codes=codes)
    return column


def say_the_same(one: Words, other: Words) -> bool:
    """Whether two columns have the same word for each picture."""
    code_of = {word: code for code, word in enumerate(other.words)}
    of_each = np.array([code_of.get(word, -2) for word in one.words] + [-1])
    return len(one) == len(other) and bool(np.array_equal(of_each[one.codes], other.codes))


def find(columns: Mapping[str, Column], name: str) -> Column | None:
    """The column of a name: as written, else whatever its letter case, else with "_" for blanks."""
    if name in columns:
        return columns[name]
    for key in (str.casefold, _plain):
        wanted = key(name)
        found = next((column for one, column in columns.items() if key(one) == wanted), None)
        if found is not None:
            return found
    return None


def nearest(names: Iterable[str], name: str) -> str:
    """The name most like a misspelt one; "" if none is."""
    # Comparing takes long; a table may have hundreds of thousands of words.
    plain = {_plain(one): one for one in islice(names, _MOST_COMPARED)}
    close = get_close_matches(_plain(name), plain, n=1, cutoff=0.6)
    return plain[close[0]] if close else ""


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
