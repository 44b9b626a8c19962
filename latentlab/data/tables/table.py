"""Reads tables with facts about each picture, one on each line: CelebA's own text, or CSV.

    20000                               image,species,Hat,age,split
    Hat Smiling                         000001.png,cat,0,3.5,train
    000001.png -1  1                    000002.png,dog,1,7.0,test
    000002.png  1 -1

The column that names the files is the one whose values match the pictures' names best, wherever it stands.
The roles of the others follow from their values (see `column_roles`): yes and no, classes, a split;
numbers and text are kept to colour and find by. One odd or empty cell leaves one thing unknown, and costs no
more. The report says what was taken for what; a person may choose otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Numbers
from latentlab.data.columns import AS_FOUND, Columns
from latentlab.data.folders.name_forms import clean, has_picture_suffix
from latentlab.data.limits import MAX_CLASSES
from latentlab.data.report import Notebook, shown
from latentlab.data.table_facts import TableFacts
from latentlab.data.tables.column_kinds import splits
from latentlab.data.tables.column_roles import Asked, Roles
from latentlab.data.tables.naming import ABSENT, AMBIGUOUS, REPEATED, WITH_SUFFIX, Matched, Naming
from latentlab.data.tables.sheet import FILE_WORDS, Column, Sheet, plain_name
from latentlab.data.tables.sheet_reading import read_sheet
from latentlab.data.tables.table_text import text_of
from latentlab.errors import LabError


def read_told(
    content: bytes,
    name: str,
    pictures: Sequence[str],
    book: Notebook,
    columns: Columns | None = None,
    partition: bytes | None = None,
    *,
    bare: bool = False,
) -> TableFacts:
    """What a table says of pictures.

    Args:
        content: the table's bytes.
        name: its name, such as "labels.csv".
        pictures: the pictures' names, "/" between folders.
        book: records the roles of columns, and what could not be understood.
        columns: the columns that the user chose.
        partition: CelebA's list_eval_partition, where it lies beside the table.
        bare: whether it may have no facts about the pictures that it names.

    Raises:
        LabError: naming the table, if it is none, names none of the pictures, or lacks a chosen column.
    """
    chosen = columns or AS_FOUND
    naming = Naming(pictures)
    text, note = text_of(content, name, pictures)
    if note:
        book.note(note)
    sheet, file, matched = _understood(read_sheet(text, name, book), naming, chosen)
    if not len(sheet):
        raise LabError("is empty: expected a line of column names and one line per picture", name)
    row_of = _rows(sheet, file, matched, naming, book)
    rows = np.flatnonzero(row_of >= 0)
    roles = Roles(sheet, file, chosen, row_of[rows], book)
    told = roles.told(rows, len(pictures))
    held_out = told.held_out
    if partition is not None and chosen.split is None:
        held_out = _partition(partition, naming, book, len(pictures))
    elif held_out is not None and (held_out.all() or not held_out.any()):
        held_out = None
    # A user who switches a column off wants the pictures without it.
    off = chosen.label == "" or chosen.split == "" or chosen.attributes == ()
    measured = any(isinstance(column, Numbers) for column in told.columns)
    nothing = told.labels is None and told.attributes is None and held_out is None and not measured
    if nothing and not (off or bare):
        raise LabError(
            "no column holds 1/0 or 1/-1, yes/no, or classes that several pictures have "
            f"({roles.unused_in_words() or 'there is no other column'})",
            name,
        )
    book.note(told.taken)
    return TableFacts(**{**vars(told), "held_out": held_out})


def _understood(sheet: Sheet, naming: Naming, chosen: Columns) -> tuple[Sheet, int, Matched]:
    """The table with its columns named, its file column, and the matched pictures."""
    if sheet.first is None:
        file, matched = _file_column(sheet, naming, chosen.file)
        return sheet, file, matched
    # Names are looked up only in possible name columns; a table without a header numbers its columns.
    asked = Asked(sheet.first)
    try:
        file, matched = _file_column(sheet, naming, chosen.file, asked)
    except LabError:
        joined = None if chosen.file is not None else _with_folders(sheet, naming)
        if joined is None:
            raise
        sheet = joined
        file, matched = _file_column(sheet, naming, None)
        assert sheet.first is not None
    if _begins_with_data(sheet, file, matched):
        return sheet.without_header(), file, matched
    column = sheet.columns[file]
    named = sheet.with_header()
    left = {value: place for place, value in enumerate(column.values)}
    places = [left[value] for value in named.columns[file].values]
    return named, file, Matched(matched.pictures[places], matched.worth[places])


def _file_column(
    sheet: Sheet, naming: Naming, chosen: str | None, asked: Asked | None = None
) -> tuple[int, Matched]:
    """The column whose values match the pictures' names best.

    Raises:
        LabError: if none matches any, or the one that was chosen.
    """
    if chosen is not None:
        file = (asked or Asked([column.name for column in sheet.columns])).find(chosen, sheet.name)
        matched = naming.match(sheet.columns[file].values)
        if not matched.count:
            raise _no_match(f"the column {shown(chosen)!r} names", sheet.columns[file], naming, sheet.name)
        return file, matched
    enough = 0.5 * min(len(sheet), len(naming.names))
    exact = {place: naming.exact(column.values) for place, column in enumerate(sheet.columns)}
    likely = [place for place, hits in exact.items() if hits > 0 and hits >= enough]
    if likely:
        file = max(likely, key=lambda place: (exact[place], *_rank(sheet, place)))
        return file, naming.match(sheet.columns[file].values)
    best: tuple[tuple[float, int, int], Matched] | None = None
    # Columns with most possible names first: those that cannot do better are not tried.
    most = {place: sum(map(naming.maybe, column.values)) for place, column in enumerate(sheet.columns)}
    for place in sorted(most, key=lambda place: -most[place]):
        column = sheet.columns[place]
        if most[place] == 0 or (best is not None and most[place] < best[0][0]):
            break
        matched = naming.match(column.values)
        strict = matched.worth >= WITH_SUFFIX
        # A few repeated numbers are not names without a suffix.
        often = len(column.values) < 0.5 * len(sheet)
        score = float(matched.worth[strict].sum() if often else matched.worth.sum())
        if score > 0 and (best is None or (score, *_rank(sheet, place)) > best[0]):
            best = (score, *_rank(sheet, place)), matched
    if best is None:
        longest = max(sheet.columns, key=lambda column: len(column.values))
        raise _no_match("names", longest, naming, sheet.name)
    return -best[0][2], best[1]


def _with_folders(sheet: Sheet, naming: Naming) -> Sheet | None:
    """The table with file names completed by another column's folders.

    As for cats/1.png and dogs/1.png in a table with "cats" in one column and "1.png" in another. None if
    there are no such columns.
    """
    assert sheet.first is not None
    folders = {part for name in naming.names for part in clean(name).split("/")[:-1]}
    for file, column in enumerate(sheet.columns):
        if not (naming.match(column.values).pictures == AMBIGUOUS).any():
            continue
        for place, other in enumerate(sheet.columns):
            if place == file or sum(value in folders for value in other.values) * 2 < len(other.values):
                continue
            pairs = other.codes.astype(np.int64) * len(column.values) + column.codes
            distinct, codes = np.unique(pairs, return_inverse=True)
            values = [
                f"{other.values[pair // len(column.values)]}/{column.values[pair % len(column.values)]}"
                for pair in distinct.tolist()
            ]
            if naming.match(values).count * 2 < len(values):
                continue
            columns, first = list(sheet.columns), list(sheet.first)
            first[file] = f"{first[place]}/{first[file]}"
            columns[file] = Column(first[file], values, codes.reshape(-1).astype(np.int32))
            return replace(sheet, columns=tuple(columns), first=first)
    return None


def _rank(sheet: Sheet, place: int) -> tuple[int, int]:
    """Of columns that match equally, the one named like a file's wins, then the first."""
    name = plain_name(sheet.first[place] if sheet.first is not None else sheet.columns[place].name)
    return -FILE_WORDS.index(name) if name in FILE_WORDS else -len(FILE_WORDS), -place


def _no_match(what: str, column: Column, naming: Naming, table: str) -> LabError:
    matched = naming.match(column.values)
    twice = np.flatnonzero(matched.pictures == AMBIGUOUS)
    if len(twice):
        what = "does not identify the pictures: more than one is called"
        return LabError(
            f"{what} {shown(column.values[twice[0]])[:60]!r}", table, "Give their names with folders"
        )
    some = shown(column.values[min(1, len(column.values) - 1)])[:60]
    there = f"; it has {some!r}" + (
        f", the pictures are like {shown(naming.names[0])!r}" if naming.names else ""
    )
    return LabError(f"{what} none of the {len(naming.names):,} pictures{there}", table)


def _begins_with_data(sheet: Sheet, file: int, matched: Matched) -> bool:
    """Whether the first row is about a picture, so that the table has no header."""
    assert sheet.first is not None
    column = sheet.columns[file]
    code = int(column.codes[0])
    if has_picture_suffix(sheet.first[file]):
        return True
    with_suffix = bool((matched.worth >= WITH_SUFFIX).sum() * 2 >= matched.count)
    if (
        matched.pictures[code] != ABSENT
        and not with_suffix
        and plain_name(sheet.first[file]) not in FILE_WORDS
    ):
        return True
    if matched.worth[code] >= WITH_SUFFIX:
        return True
    # A column's name is not one of its values.
    for place, other in enumerate(sheet.columns):
        again = other.codes == other.codes[0]
        if place != file and sheet.first[place] and len(other.values) <= MAX_CLASSES and again.sum() > 1:
            repeated = again & (column.codes == code)
            if again.sum() > repeated.sum():
                return True
    return False


def _rows(sheet: Sheet, file: int, matched: Matched, naming: Naming, book: Notebook) -> NDArray[np.intp]:
    """The row of each picture, -1 for none; the book records unmatched ones."""
    table, column = shown(sheet.name), sheet.columns[file]
    row_of = np.full(len(naming.names), -1, dtype=np.intp)
    picture = matched.pictures[column.codes]
    # The first of several: assigned last.
    here = np.flatnonzero(picture >= 0)[::-1]
    row_of[picture[here]] = here
    again = np.flatnonzero((picture >= 0) & (row_of[np.maximum(picture, 0)] != np.arange(len(picture))))
    if len(again):
        differ = next((int(row) for row in again if not _same(sheet, row, row_of[picture[row]])), None)
        first = row_of[picture[again[0]]] if differ is None else row_of[picture[differ]]
        where = f"line {sheet.lines[again[0] if differ is None else differ]}"
        says = "" if differ is None else f", and {where} says otherwise than line {sheet.lines[first]}"
        where = f" ({where})" if differ is None else ""
        book.note(f"{table} lists some pictures twice{where}{says}; the first line of each is used")
    for code, words in (
        (ABSENT, "pictures that are not here"),
        (AMBIGUOUS, "pictures that it does not identify uniquely, and were ignored"),
        (REPEATED, "pictures that another line names more exactly"),
    ):
        lines = np.flatnonzero(picture == code)
        if len(lines):
            name = shown(column.values[column.codes[lines[0]]])[:80] or "nothing"
            count = "1 line" if len(lines) == 1 else f"{len(lines):,} lines"
            names = "names" if len(lines) == 1 else "name"
            book.note(f"{count} of {table} {names} {words} ({name}, line {sheet.lines[lines[0]]})")
    without = np.flatnonzero(row_of < 0)
    if len(without):
        first_name = shown(naming.names[without[0]])
        count = "1 picture is" if len(without) == 1 else f"{len(without):,} pictures are"
        most = "; that is most of them" if len(without) * 2 > len(row_of) else ""
        book.note(f"{count} not in {table}, so nothing is known about them ({first_name}){most}")
    return row_of


def _same(sheet: Sheet, row: np.intp, other: np.intp) -> bool:
    return all(column.codes[row] == column.codes[other] for column in sheet.columns)


def _partition(content: bytes, naming: Naming, book: Notebook, count: int) -> NDArray[np.bool_] | None:
    """CelebA's split: which pictures are held out; None if it does not contain them."""
    name = "list_eval_partition"
    try:
        sheet, file, matched = _understood(
            read_sheet(text_of(content, name, naming.names)[0], name, book), naming, AS_FOUND
        )
    except LabError as error:
        book.note(f"The split in {name} was not used: {error.what}")
        return None
    for place, column in enumerate(sheet.columns):
        held_out = None if place == file else splits(column, asked=True)
        if held_out is not None:
            of_picture = np.zeros(count, dtype=bool)
            picture = matched.pictures[sheet.columns[file].codes]
            here = picture >= 0
            of_picture[picture[here]] = held_out[column.codes[here]]
            if of_picture.any() and not of_picture.all():
                return of_picture
    book.note(f"The split in {name} was not used: it assigns none of these pictures to the test split")
    return None
