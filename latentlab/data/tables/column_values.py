"""Reads the values of table columns: the class and the attributes of each picture.

Invalid cells are noted in the book.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentlab.data.natural import in_natural_order
from latentlab.data.report import Notebook, shown
from latentlab.data.tables.column_attributes import Attribute
from latentlab.data.tables.column_kinds import (
    STRAY,
    UNKNOWN,
    YES,
    Known,
    look_at,
    whole_number,
)
from latentlab.data.tables.column_text import NAMED, are, cells, listed, quoted
from latentlab.data.tables.sheet import Sheet


class ColumnValues:
    """Reads the cells of the columns that have been given a role.

    `rows` are those that tell of pictures, in the order of the indices in `pictures`, of which there are
    `count` in all.
    """

    def __init__(
        self, sheet: Sheet, rows: NDArray[np.intp], pictures: NDArray[np.intp], count: int, book: Notebook
    ) -> None:
        self._sheet, self._rows, self._book = sheet, rows, book
        self._pictures, self._count = pictures, count

    def labels(self, label: int | None) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
        """The class of each picture, -1 for unknown, and the classes; None if there are none."""
        if label is None:
            return None, ()
        known = look_at(self._sheet.columns[label].of_rows(self._rows))
        values = known.column.values
        names: dict[str, str] = {}
        uncounted = False
        if known.whole:
            numbers = {
                value: whole_number(value) for value, no in zip(values, known.empty, strict=True) if not no
            }
            uncounted = {-1, 0, 1, 2} <= set(numbers.values()) and min(numbers.values()) == -1
            if uncounted:
                # Beside classes counted from 0, -1 stands for none.
                numbers = {value: number for value, number in numbers.items() if number != -1}
            written: dict[int, set[str]] = {}
            for value, number in numbers.items():
                written.setdefault(number, set()).add(value)
            for value, number in numbers.items():
                plain = len(written[number]) == 1 and value.isdecimal()
                names[value] = value if plain else str(number)
        else:
            names = self._spelt_alike(known)
        if not names:
            return None, ()
        classes = tuple(in_natural_order(set(names.values())))
        place = {name: number for number, name in enumerate(classes)}
        of_value = np.array(
            [place[names[value]] if value in names else -1 for value in values], dtype=np.int64
        )
        labels = np.full(self._count, -1, dtype=np.int64)
        labels[self._pictures] = of_value[known.column.codes]
        unknown = int((labels[self._pictures] < 0).sum())
        if unknown:
            self._book.note(
                f"{cells(unknown)} of {quoted(known.name)} in {shown(self._sheet.name)} "
                f"{are(unknown)} {'empty or -1' if uncounted else 'empty'}, so the class of these "
                "pictures is unknown"
            )
        return labels, classes

    def _spelt_alike(self, known: Known) -> dict[str, str]:
        """The class name of each word of a column: "Cat" and "cat " are one, "A" and "a" are two."""
        alike: dict[str, dict[str, int]] = {}
        for value, count, no in zip(known.column.values, known.column.counts(), known.empty, strict=True):
            if not no:
                key = " ".join(value.casefold().split())
                alike.setdefault(key if len(key) > 1 else value, {})[value] = int(count)
        names: dict[str, str] = {}
        united = []
        for spellings in alike.values():
            usual = max(spellings, key=lambda value: (spellings[value], value))
            names |= dict.fromkeys(spellings, usual)
            if len(spellings) > 1:
                united.append(usual)
        if united:
            table = shown(self._sheet.name)
            self._book.note(
                f"Some classes are spelled in several ways in {table} and were merged: {listed(united)}"
            )
        return names

    def truth(
        self, attributes: Sequence[Attribute]
    ) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
        """The attributes of each picture, (count, A), and which of them are known; None for all."""
        if not attributes:
            return None, None
        values = np.zeros((self._count, len(attributes)), dtype=bool)
        known = np.zeros_like(values)
        constant, odd = [], []
        for number, attribute in enumerate(attributes):
            truth = attribute.truth[attribute.known.column.codes[self._rows]]
            values[self._pictures, number] = truth == YES
            known[self._pictures, number] = fine = truth < UNKNOWN
            odd += self._odd(attribute, truth)
            if fine.any() and (truth[fine] == truth[fine][0]).all():
                constant.append(attribute.name)
        for sentence in odd[:NAMED]:
            self._book.note(sentence)
        if len(odd) > NAMED:
            self._book.note(f"{len(odd) - NAMED:,} more columns have unknown values")
        if constant:
            self._book.note(f"The same for every picture: {listed(constant)}")
        return values, None if known.all() else known

    def _odd(self, attribute: Attribute, truth: NDArray[np.int8]) -> list[str]:
        """A note on the cells that mean neither yes nor no, if there are any."""
        odd = np.flatnonzero(truth >= UNKNOWN)
        if not len(odd):
            return []
        strays = np.flatnonzero(truth == STRAY)
        # The first in the table, where a user looks for it.
        rows = self._rows[strays if len(strays) else odd]
        row = rows[np.argmin(self._sheet.lines[rows])]
        column = attribute.known.column
        cell = shown(column.values[column.codes[row]])[:40]
        one = len(odd) == 1
        says = f"{are(len(odd))} neither yes nor no" if len(strays) else f"say{'s' if one else ''} nothing"
        return [
            f"{cells(len(odd))} of {quoted(column.name)} in {shown(self._sheet.name)} {says} "
            f"({cell!r} in line {self._sheet.lines[row]}), and {'counts' if one else 'count'} as not known"
        ]
