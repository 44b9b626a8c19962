"""What the tables that lie with pictures tell together.

train.csv, test.csv            each of its own part: of the pictures in train/, or of those that it names
labels.csv, metadata.csv       of the same pictures: the columns of both, unless they contradict each other
labels_train.csv, ..._val.csv  with the same columns: taken for the same as in the table that names most

Tables may be about something else; then the report says why they were passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.columns import AS_FOUND, Columns
from latentlab.data.folders.parts import TEST, VALIDATION, part_name
from latentlab.data.natural import in_natural_order
from latentlab.data.report import Notebook, shown, some_shown
from latentlab.data.source import PictureError
from latentlab.data.tables import json_table
from latentlab.data.tables.column_kinds import CLASS_WORDS
from latentlab.data.tables.sheet import plain_name
from latentlab.data.tables.table import read_told
from latentlab.data.tables.tables_beside import TableFile
from latentlab.data.told import Told
from latentlab.errors import LabError

_MOST, _LISTED = 12, 8


@dataclass(frozen=True)
class _Read:
    """A table that has been read: what it tells, and what its reading has to say."""

    table: TableFile
    told: Told
    book: Notebook


def told_by(
    tables: Sequence[TableFile],
    pictures: Sequence[str],
    columns: Columns,
    book: Notebook,
    *,
    divided: bool = False,
) -> tuple[Told | None, tuple[Path, ...]]:
    """What the tables tell of pictures, and the files that this hangs on.

    Args:
        tables: those that may be about them.
        pictures: their names.
        columns: those that a person chose.
        book: is told what was taken for what.
        divided: whether it is known which pictures are for testing, so that no table has to say it.

    Raises:
        LabError: if columns were chosen that no table has, or that cannot be what they were chosen for.
    """
    if len(tables) > _MOST:
        book.note(f"Of {len(tables):,} tables the first {_MOST} were looked at")
    celeba = [table for table in tables if table.is_celeba]
    read: list[_Read] = []
    refused: list[tuple[TableFile, LabError]] = []
    looked_at = celeba[:1] or tables[:_MOST]
    for table in looked_at:
        if "submission" in table.name.lower():
            book.note(f"{shown(table.name)} is an example of what to hand in, so it was passed over")
            continue
        try:
            read.append(_read(table, pictures, columns, bare=table.part is not None))
        except LabError as error:
            refused.append((table, error))
    read.sort(key=lambda one: (one.table.quiet, -one.told.matched))
    if read and not columns:
        read, refused = _with_like_columns(read, refused, pictures)
    for table, why in refused:
        if not table.quiet:
            book.note(f"{shown(table.name)} is no table of attributes: {why.what}")
    if columns and not read and refused:
        raise refused[0][1]
    watched = tuple(path for table in looked_at for path in table.watched)
    return _together(read, pictures, columns, book, divided=divided), watched


def read_one(table: TableFile, pictures: Sequence[str], columns: Columns, book: Notebook) -> Told:
    """What one table tells of pictures: of those in its own folder or of its part first.

    Raises:
        LabError: if it is no table, or names none of them.
    """
    read = _read(table, pictures, columns)
    book.take_over(read.book)
    return read.told


def _read(table: TableFile, pictures: Sequence[str], columns: Columns, *, bare: bool = False) -> _Read:
    """What a table tells: in its own folder, whose names it may give without it; of its part; of all.

    Raises:
        LabError: if it is no table, or names none of them.
    """
    try:
        content = table.read()
        partition = None if table.partition is None else table.partition()
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", table.path) from None
    if table.name.lower().endswith(json_table.SUFFIXES):
        content = json_table.as_csv(content, table.name)

    def of(indices: Sequence[int], prefix: str) -> _Read:
        own = Notebook()
        names = [pictures[index].removeprefix(prefix) for index in indices]
        told = read_told(content, table.name, names, own, columns, partition, bare=bare)
        if len(names) < len(pictures):
            told = spread(told, np.array(indices, dtype=np.intp), len(pictures))
        return _Read(table, told, own)

    every = range(len(pictures))
    prefix = f"{table.folder}/" if table.folder else ""
    inside = [index for index, name in enumerate(pictures) if name.startswith(prefix)] if prefix else []
    best: _Read | None = None
    refused: LabError | None = None
    for some, start in ((_of_its_part(table, pictures, inside or every), ""), (inside, prefix)):
        if not 0 < len(some) < len(pictures):
            continue
        try:
            found = of(some, start)
        except LabError as error:
            # What is wrong with it among its own pictures tells more than that it is not about all others.
            refused = refused or error
            continue
        if start or found.told.matched == len(some):
            return found
        best = found
    try:
        whole = of(every, "")
    except LabError as error:
        if best is not None:
            return best
        refused = refused or error
        raise LabError(refused.what, table.path, refused.hint) from None
    return best if best is not None and best.told.matched >= whole.told.matched else whole


def _of_its_part(table: TableFile, pictures: Sequence[str], inside: Sequence[int]) -> list[int]:
    """The pictures that lie in folders of the part that a table is about by its name."""
    part = table.part
    if part is None:
        return []
    known: dict[str, bool] = {}
    chosen = []
    for index in inside:
        folder = pictures[index].rpartition("/")[0]
        if folder not in known:
            parts = [found for name in folder.split("/") if (found := part_name(name)) is not None]
            known[folder] = bool(parts) and parts[0].part == part.part
        if known[folder]:
            chosen.append(index)
    return chosen


def _with_like_columns(
    read: Sequence[_Read], refused: Sequence[tuple[TableFile, LabError]], pictures: Sequence[str]
) -> tuple[list[_Read], list[tuple[TableFile, LabError]]]:
    """Tables with the same columns as the one that names most, understood as that one was."""
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
                again = _read(table, pictures, seen.taken, bare=table.part is not None)
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
    read: Sequence[_Read], pictures: Sequence[str], columns: Columns, book: Notebook, *, divided: bool
) -> Told | None:
    """What several tables tell, the one that names most of the pictures before the others."""
    count = len(pictures)
    read = sorted(read, key=lambda one: (one.table.quiet, -one.told.matched, not _is_called(one.told)))
    whole: Told | None = None
    used: list[_Read] = []
    for one in read:
        fitting, told = one, one.told
        if whole is not None and _contradict(whole, told):
            alone = columns or one.table.quiet or _is_called(told)
            again = None if alone else _without_class(one, pictures)
            if again is None or _contradict(whole, again.told):
                if told.matched == read[0].told.matched and one.table.quiet == read[0].table.quiet:
                    listed = some_shown([other.table.name for other in read], _LISTED)
                    book.note(
                        f"There are several tables ({listed}) that contradict each other, so none was read: "
                        "choose the one that is meant"
                    )
                    return None
                book.note(
                    f"{shown(one.table.name)} was passed over: it contradicts {shown(read[0].table.name)}"
                )
                continue
            fitting = again
        whole = fitting.told if whole is None else _merged(whole, fitting.told, count)
        used.append(fitting)
    if whole is None:
        return None
    held_out = None if divided else _held_out(used, whole, book)
    if held_out is not None:
        whole = replace(whole, held_out=held_out)
    if whole.labels is None and whole.attributes is None and whole.held_out is None:
        listed = ", ".join(shown(one.table.name) for one in used)
        book.note(
            f"{listed} only {'names' if len(used) == 1 else 'name'} pictures, and tells nothing of them"
        )
        return None
    for one in used:
        book.take_over(one.book)
        book.note(one.told.taken)
    return whole


def _label(told: Told) -> str:
    """What the column of its classes is called."""
    return "" if told.seen is None else plain_name(told.seen.taken.label or "")


def _is_called(told: Told) -> bool:
    """Whether its classes are in a column that is called like one of classes."""
    return bool(told.classes) and _label(told) in CLASS_WORDS


def _without_class(one: _Read, pictures: Sequence[str]) -> _Read | None:
    """The same table where another one has the classes: its own may be attributes."""
    try:
        return _read(one.table, pictures, replace(AS_FOUND, label=""))
    except LabError:
        return None


def _contradict(first: Told, second: Told) -> bool:
    """Whether two tables say different things of a picture, or have their classes from different things."""
    if first.labels is not None and second.labels is not None:
        both = (first.labels >= 0) & (second.labels >= 0)
        classes, others = np.array(first.classes), np.array(second.classes)
        if (classes[first.labels[both]] != others[second.labels[both]]).any():
            return True
        if not set(first.classes) & set(second.classes) and _label(first) != _label(second):
            return True
    if first.attributes is None or second.attributes is None:
        return False
    for name in set(first.attribute_names) & set(second.attribute_names):
        one, sure = _column(first, name)
        other, sure_too = _column(second, name)
        if (sure & sure_too & (one != other)).any():
            return True
    return False


def _column(told: Told, name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """An attribute, and of which pictures it is known."""
    place = told.attribute_names.index(name)
    assert told.attributes is not None
    values = told.attributes[:, place]
    known = told.attributes_known
    return values, np.ones_like(values) if known is None else known[:, place]


def _held_out(used: Sequence[_Read], whole: Told, book: Notebook) -> NDArray[np.bool_] | None:
    """The pictures that tables for testing name, if a table is; those for validation where none is."""
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


def spread(told: Told, indices: NDArray[np.intp], count: int) -> Told:
    """What is told of some pictures, among all: nothing is known of the others."""

    def among(values: NDArray[Any], nothing: int) -> NDArray[Any]:
        whole = np.full((count, *values.shape[1:]), nothing, dtype=values.dtype)
        whole[indices] = values
        return whole

    known = told.attributes_known
    if told.attributes is not None and known is None:
        known = np.ones_like(told.attributes)
    return replace(
        told,
        labels=None if told.labels is None else among(told.labels, -1),
        attributes=None if told.attributes is None else among(told.attributes, 0),
        attributes_known=None if known is None else among(known, 0),
        held_out=None if told.held_out is None else among(told.held_out, 0),
        named=None if told.named is None else among(told.named, 0),
    )


def _merged(first: Told, second: Told, count: int) -> Told:
    """What two tables tell that do not contradict each other."""
    classes = tuple(in_natural_order({*first.classes, *second.classes}))
    number = {name: index for index, name in enumerate(classes)}
    names = tuple(dict.fromkeys((*first.attribute_names, *second.attribute_names)))
    column = {name: index for index, name in enumerate(names)}
    labels = np.full(count, -1, dtype=np.int64)
    attributes = np.zeros((count, len(names)), dtype=bool)
    known = np.zeros((count, len(names)), dtype=bool)
    held_out = np.zeros(count, dtype=bool)
    for told in (first, second):
        if told.labels is not None:
            of_each = np.array([number[name] for name in told.classes] + [-1], dtype=np.int64)[told.labels]
            labels = np.where(of_each >= 0, of_each, labels)
        if told.attributes is not None:
            these = [column[name] for name in told.attribute_names]
            sure = np.ones_like(told.attributes) if told.attributes_known is None else told.attributes_known
            attributes[:, these] |= told.attributes & sure
            known[:, these] |= sure
        if told.held_out is not None:
            held_out |= told.held_out
    named = first.named if second.named is None else second.named
    if first.named is not None and second.named is not None:
        named = first.named | second.named
    return replace(
        first,
        labels=labels if classes else None,
        classes=classes,
        attributes=attributes if names else None,
        attributes_known=None if known.all() else known,
        attribute_names=names,
        held_out=held_out if first.held_out is not None or second.held_out is not None else None,
        matched=count if named is None else int(named.sum()),
        named=named,
    )
