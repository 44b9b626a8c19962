"""Assigns roles to the columns of a table: attributes, the class, the split.

The user's choices count; the rest is decided by what the columns hold (see `column_kinds`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentlab.data.columns import Columns
from latentlab.data.limits import MAX_ATTRIBUTES, MAX_CLASSES
from latentlab.data.report import Notebook, shown
from latentlab.data.table_facts import TableFacts, TableSeen
from latentlab.data.tables.column_attributes import Attribute, made_of
from latentlab.data.tables.column_kinds import (
    Holds,
    Known,
    look_at,
    splits,
)
from latentlab.data.tables.column_text import held, listed, quoted
from latentlab.data.tables.column_values import ColumnValues
from latentlab.data.tables.kept_columns import kept_columns
from latentlab.data.tables.sheet import Sheet, plain_name
from latentlab.errors import LabError


class Asked:
    """Looks columns up by what the user wrote: the name, the name in other case, or the number from 1."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [" ".join(name.split()) for name in names]

    def find(self, name: str, table: str) -> int:
        """The column of this name.

        Raises:
            LabError: if there is none, with those that there are.
        """
        for key in (str, lambda text: " ".join(text.split()), plain_name):
            found = [place for place, one in enumerate(self.names) if key(one) == key(name)]
            if found:
                return found[0]
        number = name.removeprefix("column ")
        if number.isdecimal() and 1 <= int(number[:6]) <= len(self.names):
            return int(number) - 1
        listed = ", ".join(shown(one) or f"column {place}" for place, one in enumerate(self.names[:40], 1))
        more = f" and {len(self.names) - 40:,} more" if len(self.names) > 40 else ""
        raise LabError(f"has no column {shown(name)!r}", table, f"Its columns: {listed}{more}")


class Roles:
    """The roles of a table's columns.

    `rows` are those about pictures. Columns are judged by all rows, so that their kind does not depend on
    which pictures are here; classes are those that occur among the pictures.
    """

    def __init__(
        self, sheet: Sheet, file: int, chosen: Columns, rows: NDArray[np.intp], book: Notebook
    ) -> None:
        self._sheet, self._file, self._book, self._rows = sheet, file, book, rows
        self._asked = Asked([column.name for column in sheet.columns])
        names = {plain_name(column.name) for column in sheet.columns}
        self.known = {
            place: look_at(column, coordinates={"x", "y"} <= names)
            for place, column in enumerate(sheet.columns)
            if place != file
        }
        self.same_as: dict[int, int] = {}
        self.split = self._split(chosen.split)
        self.label = self._label(chosen.label)
        self.attributes = self._attributes(chosen.attributes)

    def told(self, pictures: NDArray[np.intp], count: int) -> TableFacts:
        """What the table says of `count` pictures, of which `pictures` are in it, in the order of the
        rows.
        """
        values = ColumnValues(self._sheet, self._rows, pictures, count, self._book)
        labels, classes = values.labels(self.label)
        attributes, known = values.truth(self.attributes)
        held_out = None
        if self.split is not None:
            held_out = np.zeros(count, dtype=bool)
            held_out[pictures] = self.split[1][self._sheet.columns[self.split[0]].codes[self._rows]]
        sheet, columns = self._sheet, self._sheet.columns
        words = self._in_words(len(pictures), count, classes)
        return TableFacts(
            labels,
            classes,
            attributes,
            known,
            tuple(attribute.name for attribute in self.attributes),
            held_out,
            len(pictures),
            words,
            TableSeen(
                self._sheet.name,
                tuple(column.name for column in columns),
                Columns(
                    columns[self._file].name,
                    "" if self.label is None else columns[self.label].name,
                    "" if self.split is None else columns[self.split[0]].name,
                ),
                words,
            ),
            _among(pictures, count),
            kept_columns(sheet, self.known, self._used(), self._rows, pictures, count, self._book),
        )

    def _used(self) -> set[int]:
        """The columns that are a class, a split or attributes, or say the same as the class."""
        names = {one.known.name for one in self.attributes}
        used = {place for place, known in self.known.items() if known.name in names}
        split = () if self.split is None else (self.split[0],)
        # The class can be found by its column's own name, too.
        return {*used, *split, *self.same_as} - {self.label}

    # Which column is what

    def _split(self, chosen: str | None) -> tuple[int, NDArray[np.bool_]] | None:
        if chosen == "":
            return None
        if chosen is not None:
            place = self._asked.find(chosen, self._sheet.name)
            held_out = splits(self._sheet.columns[place], asked=True)
            if held_out is None:
                raise LabError(
                    f"the column {shown(chosen)!r} does not define a split",
                    self._sheet.name,
                    "Expected values such as train and test, or 0, 1 and 2",
                )
            return place, held_out
        for place, known in self.known.items():
            if known.holds is Holds.SPLIT:
                held_out = splits(known.column)
                assert held_out is not None
                return place, held_out
        return None

    def _label(self, chosen: str | None) -> int | None:
        if chosen == "":
            return None
        if chosen is not None:
            place = self._asked.find(chosen, self._sheet.name)
            different = self._sheet.columns[place].of_rows(self._rows)
            if len(different.values) > MAX_CLASSES:
                raise LabError(
                    f"the column {shown(chosen)!r} has {len(different.values):,} different values, over the "
                    f"limit of {MAX_CLASSES:,} classes",
                    self._sheet.name,
                )
            return place
        classes = {place: known for place, known in self.known.items() if self._may_be_class(place)}
        called = {place: known.called for place, known in classes.items() if known.called is not None}
        if called:
            best = min(called, key=lambda place: (called[place], place))
            return self._in_words_of(best, classes)
        words = [place for place, known in classes.items() if not known.whole]
        if words:
            return words[0]
        numbers = list(classes)
        if not numbers and not any(known.holds is Holds.TRUTH for known in self.known.values()):
            numbers = [place for place, known in self.known.items() if known.holds is Holds.UNSURE]
        return numbers[0] if len(numbers) == 1 else None

    def _may_be_class(self, place: int) -> bool:
        known = self.known[place]
        if known.holds is Holds.CLASSES:
            return True
        if known.holds not in (Holds.TEXT, Holds.NUMBERS) or known.called is None:
            return False
        # Too many in the whole table, but few for the pictures that are here.
        return look_at(known.column.of_rows(self._rows)).holds is Holds.CLASSES

    def _in_words_of(self, best: int, classes: dict[int, Known]) -> int:
        """A column of words equivalent to a column of numbers."""
        if not self.known[best].whole:
            return best
        for place, known in classes.items():
            if place != best and not known.whole and self._says_the_same(best, place):
                self.same_as[best] = place
                return place
        return best

    def _says_the_same(self, one: int, other: int) -> bool:
        first, second = (self._sheet.columns[place] for place in (one, other))
        if len(first.values) != len(second.values):
            return False
        pairs = first.codes.astype(np.int64) * len(second.values) + second.codes
        return len(np.unique(pairs)) == len(first.values)

    def _attributes(self, chosen: tuple[str, ...] | None) -> list[Attribute]:
        places = list(self.known)
        if chosen is not None:
            places = [self._asked.find(name, self._sheet.name) for name in chosen]
        found: list[Attribute] = []
        taken = {self.label, None if self.split is None else self.split[0], *self.same_as}
        for place in places:
            known = self.known.get(place)
            if known is None or (chosen is None and place in taken):
                continue
            if chosen is None and self._names_the_class(place):
                continue
            made = made_of(known, asked=chosen is not None)
            if not made and chosen is not None:
                raise LabError(
                    f"the column {shown(known.name)!r} does not hold yes/no values ({known.holds.value})",
                    self._sheet.name,
                )
            found += made
        if len(found) > MAX_ATTRIBUTES:
            self._book.note(
                f"Of the {len(found):,} attributes of {shown(self._sheet.name)}, the first "
                f"{MAX_ATTRIBUTES} were used; others can be chosen"
            )
        return found[:MAX_ATTRIBUTES]

    def _names_the_class(self, place: int) -> bool:
        """Whether a column of words is equivalent to the class."""
        known = self.known[place]
        if self.label is None or known.holds is not Holds.CLASSES or known.whole:
            return False
        if not self._says_the_same(self.label, place):
            return False
        self.same_as[place] = self.label
        return True

    # In words

    def _in_words(self, matched: int, count: int, classes: tuple[str, ...]) -> str:
        columns = self._sheet.columns
        parts = [
            f"the column {quoted(columns[self._file].name)} names the files ({matched:,} of {count:,} found)"
        ]
        if self.label is not None and classes:
            parts.append(f"{quoted(columns[self.label].name)} is the class ({len(classes):,})")
        for numbers, words in self.same_as.items():
            parts.append(f"{quoted(columns[numbers].name)} says the same as {quoted(columns[words].name)}")
        own = [one.name for one in self.attributes if one.name == one.known.name]
        made = list(dict.fromkeys(one.known.name for one in self.attributes if one.name != one.known.name))
        if own:
            parts.append(f"{listed(own)} {'is' if len(own) == 1 else 'are'} yes/no")
        if made:
            parts.append(f"each word of {listed(made)} is an attribute")
        if self.split is not None:
            parts.append(f"{quoted(columns[self.split[0]].name)} says test split")
        unused = self.unused_in_words()
        return f"{shown(self._sheet.name)}: " + "; ".join(
            [*parts, f"other columns: {unused}"] if unused else parts
        )

    def unused_in_words(self) -> str:
        """A note on the unused columns, and what they hold."""
        used = {one.known.name for one in self.attributes}
        used |= {self._sheet.columns[place].name for place in self.same_as}
        used |= {self._sheet.columns[place].name for place in (self.label,) if place is not None}
        used |= {self._sheet.columns[self.split[0]].name} if self.split is not None else set()
        rest = [
            f"{quoted(known.name)} ({held(known)})"
            for known in self.known.values()
            if known.name not in used
            and not (known.holds is Holds.EMPTY and known.name.startswith("column "))
        ]
        more = f" and {len(rest) - 8:,} more" if len(rest) > 8 else ""
        return ", ".join(rest[:8]) + more


def _among(places: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Of so many, which these are."""
    which = np.zeros(count, dtype=bool)
    which[places] = True
    return which
