"""Reads one table beside pictures: about those in its own folder, of its part, or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Kept, Numbers
from latentlab.data.columns import Columns
from latentlab.data.folders.parts import part_name
from latentlab.data.report import Notebook
from latentlab.data.source import PictureError
from latentlab.data.table_facts import TableFacts
from latentlab.data.tables import json_table
from latentlab.data.tables.table import read_told
from latentlab.data.tables.tables_beside import TableFile
from latentlab.errors import LabError


@dataclass(frozen=True)
class TableRead:
    """A table that has been read: its facts, and the notes of the reading."""

    table: TableFile
    told: TableFacts
    book: Notebook


def read_one(table: TableFile, pictures: Sequence[str], columns: Columns, book: Notebook) -> TableFacts:
    """What one table says of pictures: of those in its own folder or of its part first.

    Raises:
        LabError: if it is no table, or names none of them.
    """
    read = read_table(table, pictures, columns)
    book.take_over(read.book)
    return read.told


def read_table(
    table: TableFile, pictures: Sequence[str], columns: Columns, *, bare: bool = False
) -> TableRead:
    """What a table says: in its own folder, where names may omit it; of its part; of all.

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

    def of(indices: Sequence[int], prefix: str) -> TableRead:
        own = Notebook()
        names = [pictures[index].removeprefix(prefix) for index in indices]
        told = read_told(content, table.name, names, own, columns, partition, bare=bare)
        if len(names) < len(pictures):
            told = spread(told, np.array(indices, dtype=np.intp), len(pictures))
        return TableRead(table, told, own)

    every = range(len(pictures))
    prefix = f"{table.folder}/" if table.folder else ""
    inside = [index for index, name in enumerate(pictures) if name.startswith(prefix)] if prefix else []
    best: TableRead | None = None
    refused: LabError | None = None
    for some, start in ((_of_its_part(table, pictures, inside or every), ""), (inside, prefix)):
        if not 0 < len(some) < len(pictures):
            continue
        try:
            found = of(some, start)
        except LabError as error:
            # An error among its own pictures is more informative than that it does not match all others.
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
    """The pictures in folders of the part that the table's name gives."""
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


def spread(told: TableFacts, indices: NDArray[np.intp], count: int) -> TableFacts:
    """Facts about some pictures, extended to all: the others are unknown."""

    def among(values: NDArray[Any], nothing: int) -> NDArray[Any]:
        whole = np.full((count, *values.shape[1:]), nothing, dtype=values.dtype)
        whole[indices] = values
        return whole

    def widened(column: Kept) -> Kept:
        if isinstance(column, Numbers):
            whole = np.full(count, np.nan, dtype=np.float32)
            whole[indices] = column.values
            return replace(column, values=whole)
        return replace(column, codes=among(column.codes, -1))

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
        columns=tuple(map(widened, told.columns)),
    )
