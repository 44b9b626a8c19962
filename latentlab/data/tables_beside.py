"""Which tables lie with pictures, and what they tell together.

faces/list_attr_celeba.txt          faces/anything.csv          faces.csv beside faces/ or faces.zip
faces/list_eval_partition.txt       faces/train/labels.csv and faces/test/labels.csv
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.columns import Columns
from latentlab.data.files import open_to_read
from latentlab.data.limits import MAX_TABLE_BYTES
from latentlab.data.natural import in_natural_order
from latentlab.data.report import Notebook, shown
from latentlab.data.source import PictureError
from latentlab.data.table import read_told
from latentlab.data.told import Told
from latentlab.data.tree import Tree
from latentlab.errors import LabError

_CELEBA = "list_attr"
_PARTITION = "list_eval_partition"
_SUFFIXES = (".csv", ".tsv", ".txt")
# Texts that lie with pictures are as a rule no tables; these are called like some.
_TEXTS = ("labels", "annotations", "attributes", "classes", "metadata")
_MOST = 12


@dataclass(frozen=True)
class TableFile:
    """A table that may be about the pictures.

    Attributes:
        name: what it is called, with its folders.
        path: the same for errors, with what it lies in.
        folder: the folder of the tree that it lies in; None for one beside the tree.
        read: its bytes; raises PictureError.
        partition: reads CelebA's division beside it; None where there is none.
        watched: files whose change matters.
    """

    name: str
    path: Path
    folder: str | None
    read: Callable[[], bytes]
    partition: Callable[[], bytes] | None = None
    watched: tuple[Path, ...] = ()

    @property
    def is_celeba(self) -> bool:
        return self.name.rpartition("/")[2].startswith(_CELEBA)


def tables_in(tree: Tree) -> list[TableFile]:
    """The tables among a tree's files, those nearest to the root first."""
    chosen = [name for name in tree.others if _is_table(name.rpartition("/")[2])]
    chosen.sort(key=lambda name: (name.count("/"), name))
    return [_of_tree(tree, name) for name in chosen]


def tables_beside(path: Path, name: str) -> list[TableFile]:
    """Tables beside a folder or a zip: one of its own name, and CelebA's beside a zip."""
    folder = path.parent
    found = [folder / f"{name}.csv", folder / f"{name}.tsv"]
    if not path.is_dir():
        found += sorted(one for one in folder.glob(f"{_CELEBA}*") if one.suffix.lower() in _SUFFIXES)
    return [table_at(one) for one in found if one.is_file()]


def table_at(path: Path) -> TableFile:
    """A table by its path, with CelebA's division beside it."""
    partitions = sorted(path.parent.glob(f"{_PARTITION}*"))
    return TableFile(
        path.name,
        path,
        None,
        lambda: _content(path),
        (lambda: _content(partitions[0])) if partitions else None,
        (path, *partitions[:1]),
    )


def told_by(
    tables: Sequence[TableFile], pictures: Sequence[str], columns: Columns, book: Notebook
) -> tuple[Told | None, tuple[Path, ...]]:
    """What the tables tell of pictures, and the files that this hangs on.

    A table may be about something else; then the book says why it was passed over.

    Raises:
        LabError: if columns were chosen that no table has, or that cannot be what they were chosen for.
    """
    if len(tables) > _MOST:
        book.note(f"Of {len(tables):,} tables the first {_MOST} were looked at")
    celeba = [table for table in tables if table.is_celeba]
    read: list[tuple[TableFile, Told, Notebook]] = []
    refused: LabError | None = None
    for table in celeba[:1] or tables[:_MOST]:
        if "submission" in table.name.lower():
            book.note(f"{shown(table.name)} is an example of what to hand in, so it was passed over")
            continue
        own = Notebook()
        try:
            read.append((table, read_one(table, pictures, columns, own), own))
        except LabError as error:
            refused = refused or error
            book.note(f"{shown(table.name)} is no table of attributes: {error.what}")
    if columns and not read and refused is not None:
        raise refused
    read.sort(key=lambda one: -one[1].matched)
    whole: Told | None = None
    watched: tuple[Path, ...] = ()
    covered = np.zeros(len(pictures), dtype=bool)
    for table, told, own in read:
        known = _known(told, len(pictures))
        if whole is not None and (covered & known).any():
            if told.matched == read[0][1].matched:
                listed = ", ".join(shown(other.name) for other, _, _ in read[:8])
                book.note(
                    f"There are several tables ({listed}), so none was read: choose the one that is meant"
                )
                return None, ()
            book.note(
                f"{shown(table.name)} was passed over: {shown(read[0][0].name)} names more of the pictures"
            )
            continue
        whole = told if whole is None else _merged(whole, told, len(pictures))
        covered |= known
        watched += table.watched
        book.take_over(own)
        book.note(told.taken)
    return whole, watched


def read_one(table: TableFile, pictures: Sequence[str], columns: Columns, book: Notebook) -> Told:
    """What one table tells of pictures: of those in its own folder first, whose names it may give without it.

    Raises:
        LabError: if it is no table, or names none of them.
    """
    try:
        content = table.read()
        partition = None if table.partition is None else table.partition()
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", table.path) from None
    prefix = f"{table.folder}/" if table.folder else ""
    inside = [index for index, name in enumerate(pictures) if name.startswith(prefix)] if prefix else []
    if 0 < len(inside) < len(pictures):
        try:
            own = Notebook()
            names = [pictures[index].removeprefix(prefix) for index in inside]
            told = read_told(content, table.name, names, own, columns, partition)
        except LabError:
            pass
        else:
            book.take_over(own)
            return spread(told, np.array(inside, dtype=np.intp), len(pictures))
    try:
        return read_told(content, table.name, pictures, book, columns, partition)
    except LabError as error:
        raise LabError(error.what, table.path, error.hint) from None


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
    )


def _known(told: Told, count: int) -> NDArray[np.bool_]:
    """Of which pictures anything is known."""
    known = np.zeros(count, dtype=bool)
    if told.labels is not None:
        known |= told.labels >= 0
    if told.attributes is not None:
        known |= True if told.attributes_known is None else told.attributes_known.any(axis=1)
    if told.held_out is not None and not known.any():
        known |= told.held_out
    return known


def _merged(first: Told, second: Told, count: int) -> Told:
    """What two tables tell of different pictures."""
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
    return replace(
        first,
        labels=labels if classes else None,
        classes=classes,
        attributes=attributes if names else None,
        attributes_known=None if known.all() else known,
        attribute_names=names,
        held_out=held_out if first.held_out is not None or second.held_out is not None else None,
        matched=first.matched + second.matched,
    )


def _is_table(file: str) -> bool:
    lower = file.lower()
    if not lower.endswith(_SUFFIXES):
        return False
    if lower.startswith("list_"):
        return lower.startswith(_CELEBA)
    return not lower.endswith(".txt") or lower.startswith(_TEXTS)


def _of_tree(tree: Tree, name: str) -> TableFile:
    folder = name.rpartition("/")[0]
    start = f"{folder}/{_PARTITION}" if folder else _PARTITION
    partitions = [other for other in tree.others if other.startswith(start)]
    return TableFile(
        name,
        tree.path / name,
        folder,
        lambda: tree.read(name, MAX_TABLE_BYTES),
        (lambda: tree.read(partitions[0], MAX_TABLE_BYTES)) if partitions else None,
        () if tree.kind != "folder" else tuple(tree.path / one for one in (name, *partitions[:1])),
    )


def _content(path: Path) -> bytes:
    try:
        with open_to_read(path) as stream:
            content = stream.read(MAX_TABLE_BYTES + 1)
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from None
    if len(content) > MAX_TABLE_BYTES:
        raise PictureError(f"is a table of over {MAX_TABLE_BYTES // 2**20} MiB")
    return content
