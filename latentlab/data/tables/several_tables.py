"""Combines several tables beside pictures.

train.csv, test.csv            each of its own part: of the pictures in train/, or of those that it names
labels.csv, metadata.csv       of the same pictures: the columns of both, unless they contradict each other
labels_train.csv, ..._val.csv  with the same columns: taken for the same as in the table that names most

Tables may be about something else; then the report says why they were passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.data.columns import AS_FOUND, Columns
from latentlab.data.folders.parts import TEST, VALIDATION
from latentlab.data.report import Notebook, shown, some_shown
from latentlab.data.table_facts import TableFacts
from latentlab.data.tables.merging import contradict, is_called, merged
from latentlab.data.tables.one_table import TableRead, read_table
from latentlab.data.tables.tables_beside import TableFile
from latentlab.errors import LabError

_MOST, _LISTED = 12, 8


def told_by(
    tables: Sequence[TableFile],
    pictures: Sequence[str],
    columns: Columns,
    book: Notebook,
    *,
    divided: bool = False,
) -> tuple[TableFacts | None, tuple[Path, ...]]:
    """What the tables say of pictures, and the files that this depends on.

    Args:
        tables: the tables that may be about them.
        pictures: their names.
        columns: the columns that the user chose.
        book: records the roles of columns.
        divided: whether it is known which pictures are for testing, so that no table has to say it.

    Raises:
        LabError: if columns were chosen that no table has, or that cannot be what they were chosen for.
    """
    if len(tables) > _MOST:
        book.note(f"Of {len(tables):,} tables only the first {_MOST} were read")
    celeba = [table for table in tables if table.is_celeba]
    read: list[TableRead] = []
    refused: list[tuple[TableFile, LabError]] = []
    looked_at = celeba[:1] or tables[:_MOST]
    for table in looked_at:
        if "submission" in table.name.lower():
            book.note(f"{shown(table.name)} is a sample submission, so it was skipped")
            continue
        try:
            read.append(read_table(table, pictures, columns, bare=table.part is not None))
        except LabError as error:
            refused.append((table, error))
    read.sort(key=lambda one: (one.table.quiet, -one.told.matched))
    if read and not columns:
        read, refused = _with_like_columns(read, refused, pictures)
    for table, why in refused:
        if not table.quiet:
            book.note(f"{shown(table.name)} is not a table of attributes: {why.what}")
    if columns and not read and refused:
        raise refused[0][1]
    watched = tuple(path for table in looked_at for path in table.watched)
    return _together(read, pictures, columns, book, divided=divided), watched


def _with_like_columns(
    read: Sequence[TableRead], refused: Sequence[tuple[TableFile, LabError]], pictures: Sequence[str]
) -> tuple[list[TableRead], list[tuple[TableFile, LabError]]]:
    """Tables with the same columns as the one that names most, with the same roles."""
    first = read[0]
    seen = first.told.seen
    if seen is None or len(seen.header) < 2:
        return list(read), list(refused)
    found, still_refused = [first], []
    for table, before, error in [
        *((one.table, one, None) for one in read[1:]),
        *((table, None, error) for table, error in refused),
    ]:
        again = before
        if before is None or (before.told.seen is not None and before.told.seen.header == seen.header):
            try:
                again = read_table(table, pictures, seen.taken, bare=table.part is not None)
            except LabError:
                again = before
            if again is not None and (again.told.seen is None or again.told.seen.header != seen.header):
                again = before
        if again is not None:
            found.append(again)
        elif error is not None:
            still_refused.append((table, error))
    return found, still_refused


def _together(
    read: Sequence[TableRead], pictures: Sequence[str], columns: Columns, book: Notebook, *, divided: bool
) -> TableFacts | None:
    """The union of several tables, the one that names most of the pictures first."""
    count = len(pictures)
    read = sorted(read, key=lambda one: (one.table.quiet, -one.told.matched, not is_called(one.told)))
    whole: TableFacts | None = None
    used: list[TableRead] = []
    for one in read:
        fitting, told = one, one.told
        if whole is not None and contradict(whole, told):
            alone = columns or one.table.quiet or is_called(told)
            again = None if alone else _without_class(one, pictures)
            if again is None or contradict(whole, again.told):
                if told.matched == read[0].told.matched and one.table.quiet == read[0].table.quiet:
                    listed = some_shown([other.table.name for other in read], _LISTED)
                    book.note(
                        f"There are several tables ({listed}) that contradict each other, so none "
                        "was read: choose one of them"
                    )
                    return None
                book.note(f"{shown(one.table.name)} was skipped: it contradicts {shown(read[0].table.name)}")
                continue
            fitting = again
        whole = fitting.told if whole is None else merged(whole, fitting.told, count)
        used.append(fitting)
    if whole is None:
        return None
    held_out = None if divided else _held_out(used, whole, book)
    if held_out is not None:
        whole = replace(whole, held_out=held_out)
    known = (whole.labels, whole.attributes, whole.held_out)
    if all(one is None for one in known) and not whole.columns:
        listed = ", ".join(shown(one.table.name) for one in used)
        book.note(
            f"{listed} only {'names' if len(used) == 1 else 'name'} pictures, and says nothing about them"
        )
        return None
    for one in used:
        book.take_over(one.book)
        book.note(one.told.taken)
    return whole


def _without_class(one: TableRead, pictures: Sequence[str]) -> TableRead | None:
    """The same table without its class, where another one has the classes: its own may be attributes."""
    try:
        return read_table(one.table, pictures, replace(AS_FOUND, label=""))
    except LabError:
        return None


def _held_out(used: Sequence[TableRead], whole: TableFacts, book: Notebook) -> NDArray[np.bool_] | None:
    """The pictures named by tables for testing, if there is one; else those for validation."""
    if whole.held_out is not None:
        return None
    for wanted in (TEST, VALIDATION):
        named = {
            shown(one.table.name): one.told.named
            for one in used
            if one.table.part is not None and one.table.part.part == wanted and one.told.named is not None
        }
        if named:
            held_out = np.any(list(named.values()), axis=0)
            assert isinstance(held_out, np.ndarray)
            if not held_out.any() or held_out.all():
                return None
            book.note(f"What {' and '.join(named)} {'names' if len(named) == 1 else 'name'} is held out")
            return held_out
    return None
