"""A table in memory as columns, each held as distinct values and a code for each row.

So a table of 200,000 lines and 40 columns of yes and no takes little memory, and what follows works on a few
values. `sheet_reading` makes it of a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


def words(text: str) -> tuple[str, ...]:
    """The words in a text."""
    return tuple(text.split())


# Names of the column that names the files, the likeliest first.
FILE_WORDS = words(
    "file filename file_name filepath file_path image image_name imagename image_path imagepath "
    "image_file imagefile img img_name img_path image_id imageid img_id picture photo path name "
    "id"
)


@dataclass(frozen=True, eq=False)
class Column:
    """One column: `values` are distinct, each occurs, and `codes` (rows,) are indices into them."""

    name: str
    values: list[str]
    codes: NDArray[np.int32]

    def counts(self) -> NDArray[np.intp]:
        """How often each value occurs."""
        return np.bincount(self.codes, minlength=len(self.values))

    def of_rows(self, rows: NDArray[np.intp]) -> Column:
        """The same for some rows, with the values that occur there."""
        codes = self.codes[rows]
        occur = np.flatnonzero(np.bincount(codes, minlength=len(self.values)))
        if len(occur) == len(self.values):
            return Column(self.name, self.values, codes)
        new = np.zeros(len(self.values), dtype=np.int32)
        new[occur] = np.arange(len(occur))
        return Column(self.name, [self.values[code] for code in occur], new[codes])


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table.

    Attributes:
        name: its name.
        columns: its columns, of equal length; their names are "column 1" and so on where it has none.
        lines: (rows,) the number of each row's line, from 1.
        first: its first row, which may be the columns' names; None if that has been decided.
        remark: names that a comment before the first row gives, if it does.
    """

    name: str
    columns: tuple[Column, ...]
    lines: NDArray[np.int32]
    first: list[str] | None
    remark: list[str] | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def with_header(self) -> Sheet:
        """The first row taken as names; rows that repeat it are removed."""
        assert self.first is not None
        other = np.zeros(len(self), dtype=bool)
        for column in self.columns:
            other |= column.codes != column.codes[0]
        rows = np.flatnonzero(other)
        return self.named(self.first, rows)

    def without_header(self) -> Sheet:
        """The first row taken as a row like the others."""
        return self.named(self.remark or [""] * len(self.columns), None)

    def named(self, names: list[str], rows: NDArray[np.intp] | None) -> Sheet:
        """Some of its rows, or all, with names for its columns."""
        columns = self.columns if rows is None else [column.of_rows(rows) for column in self.columns]
        return replace(
            self,
            columns=tuple(
                Column(name, column.values, column.codes)
                for name, column in zip(_distinct(names), columns, strict=True)
            ),
            lines=self.lines if rows is None else self.lines[rows],
            first=None,
        )


def plain_name(name: str) -> str:
    """A column's name, in lower case with "_" between words, for comparison with known ones."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _distinct(names: list[str]) -> list[str]:
    """Unique names for the columns: the number for one without a name, numbered where two are equal."""
    # In order of appearance; a file may hold thousands of columns of one name.
    found: dict[str, None] = {}
    copies: dict[str, int] = {}
    for number, written in enumerate(names, 1):
        name = unique = " ".join(written.split()) or f"column {number}"
        while unique in found:
            copies[name] = copies.get(name, 1) + 1
            unique = f"{name} ({copies[name]})"
        found[unique] = None
    return list(found)
