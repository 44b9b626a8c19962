"""Combines the pictures of a folder or a zip with their classes, attributes and split.

These come from folder names, lists and tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentlab.data.columns import Columns
from latentlab.data.folders.companions import companions_of
from latentlab.data.folders.sorting import sort_by_folder
from latentlab.data.folders.tree import Tree
from latentlab.data.limits import MAX_TABLE_BYTES
from latentlab.data.report import Notebook, shown
from latentlab.data.source import Found, PictureError
from latentlab.data.table_facts import TableFacts, TableSeen
from latentlab.data.tables.label_lists import FILE, read_label_list
from latentlab.data.tables.one_table import read_one, spread
from latentlab.data.tables.several_tables import told_by
from latentlab.data.tables.tables_beside import TableFile
from latentlab.errors import LabError


def find_pictures(
    tree: Tree,
    book: Notebook,
    columns: Columns,
    tables: Sequence[TableFile],
    *,
    required: TableFile | None = None,
) -> Found:
    """The pictures of a tree with what is known of them.

    Classes come from a table's column if somebody chose it, else from a dataset.json, else from the folders,
    else from a table.

    Args:
        tree: the files, with at least one picture.
        book: the notebook that the tree was read with.
        columns: the columns that the user chose.
        tables: the tables that may be about the pictures.
        required: a table that must be about them; then the others are ignored.

    Raises:
        LabError: if the required table is none, or tells of no picture.
    """
    names = _without_companions(tree, book)
    by_folder = sort_by_folder(names)
    told: TableFacts | None
    if required is None:
        told, watched = told_by(tables, names, columns, book, divided=by_folder.held_out is not None)
    else:
        told, watched = read_one(required, names, columns, book), required.watched
        book.note(told.taken)
    listed = _listed(tree, names, book)
    for note in by_folder.notes:
        book.note(note)
    labels, classes = by_folder.labels, by_folder.classes
    if columns.label and told is not None:
        labels, classes = told.labels, told.classes
    elif listed is not None and listed.classes:
        labels, classes = listed.labels, listed.classes
        if by_folder.classes:
            book.note(f"The classes come from {FILE}, not from the folders")
    elif not classes and told is not None and told.classes:
        labels, classes = told.labels, told.classes
    elif told is not None and told.classes and labels is not None:
        labels, filled = _filled(labels, classes, told)
        if filled:
            book.note(f"Of {filled:,} pictures outside the class folders the class comes from the table")
        book.note(
            "The class of a picture is its folder; to use the classes of the table, choose their column"
        )
    if not classes:
        book.note(by_folder.why_none or "There are no classes")
    attributed = next((one for one in (told, listed) if one is not None and one.attributes is not None), None)
    held_out = by_folder.held_out
    if told is not None and told.held_out is not None and (held_out is None or columns.split):
        held_out = told.held_out
    divided = held_out is not None and held_out is by_folder.held_out
    kind = {"folder": "folder of pictures", "zip": "zip of pictures"}[tree.kind]
    found = Found(
        kind if told is None else f"{kind} with a table of attributes",
        tree.name,
        tree.chosen(names),
        book,
        labels=labels if classes else None,
        classes=classes,
        held_out=held_out,
        sorted_by_class=bool(by_folder.classes) or held_out is by_folder.held_out,
        watched=(*tree.watched, *watched),
        table=None if told is None else _seen(told, classes, divided=divided),
        columns=() if told is None else told.columns,
    )
    if attributed is None:
        return found
    return replace(
        found,
        attributes=attributed.attributes,
        attributes_known=attributed.attributes_known,
        attribute_names=attributed.attribute_names,
    )


def _without_companions(tree: Tree, book: Notebook) -> Sequence[str]:
    """The names of the pictures, without masks and the like, which belong to others."""
    companions = companions_of(tree.pictures)
    passed_over = [name for name, one in zip(tree.pictures, companions, strict=True) if one]
    if not passed_over:
        return tree.pictures
    count = "1 picture belongs" if len(passed_over) == 1 else f"{len(passed_over):,} pictures belong"
    book.note(f"{count} to others as masks or labels, and were skipped ({shown(passed_over[0])})")
    return [name for name, one in zip(tree.pictures, companions, strict=True) if not one]


def _seen(told: TableFacts, classes: tuple[str, ...], *, divided: bool) -> TableSeen | None:
    """The table, with the columns that are actually used; `divided` if folders give the split."""
    seen = told.seen
    if seen is None:
        return None
    if told.classes and classes != told.classes:
        words = (
            f'{seen.words}; "{shown(seen.taken.label or "")}" is not used as the class, because the '
            "folders are"
        )
        seen = replace(seen, taken=replace(seen.taken, label=""), words=words)
    if divided:
        split = f'"{shown(seen.taken.split)}" does not define' if seen.taken.split else "no column defines"
        words = f"{seen.words}; {split} what is held out, because the folders do"
        seen = replace(seen, taken=replace(seen.taken, split=""), words=words)
    return seen


def _filled(
    labels: NDArray[np.int64], classes: tuple[str, ...], told: TableFacts
) -> tuple[NDArray[np.int64], int]:
    """Labels from folders, completed by a table for pictures outside, if it has the same classes."""
    number = {name.casefold(): index for index, name in enumerate(classes)}
    of_each = np.array([number.get(name.casefold(), -1) for name in told.classes] + [-1], dtype=np.int64)
    if told.labels is None:
        return labels, 0
    whole = np.where(labels >= 0, labels, of_each[told.labels])
    return whole, int((whole != labels).sum())


def _listed(tree: Tree, pictures: Sequence[str], book: Notebook) -> TableFacts | None:
    """The contents of a dataset.json, the one nearest to the root."""
    files = [name for name in tree.others if name.rpartition("/")[2].lower() == FILE]
    if not files:
        return None
    name = min(files, key=lambda one: (one.count("/"), one))
    folder = name[: -len(FILE)]
    inside = [index for index, picture in enumerate(pictures) if picture.startswith(folder)]
    try:
        content = tree.read(name, MAX_TABLE_BYTES)
        told = read_label_list(content, name, [pictures[i].removeprefix(folder) for i in inside], book)
    except PictureError as error:
        book.note(f"{shown(name)} could not be read: {error}")
        return None
    except LabError as error:
        book.note(f"{shown(name)} was skipped: it {error.what}")
        return None
    if told is None:
        book.note(f"{shown(name)} says that there are no labels")
        return None
    book.note(told.taken)
    if len(inside) == len(pictures):
        return told
    return spread(told, np.array(inside, dtype=np.intp), len(pictures))
