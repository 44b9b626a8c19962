"""Pictures with a table beside them: CelebA's layout, and a folder with a CSV.

faces/list_attr_celeba.txt          or faces/anything.csv
faces/list_eval_partition.txt       if there is one
faces/img_align_celeba/*.jpg        or faces/img_align_celeba.zip
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.data.archive import ZipPictures, zip_pictures
from latentlab.data.folder import FilePictures, list_pictures
from latentlab.data.report import Notebook, shown
from latentlab.data.source import Found
from latentlab.data.table import Table, read_partition, read_table
from latentlab.errors import LabError

_CELEBA = "list_attr*"
_PARTITION = "list_eval_partition*"


def celeba_table(folder: Path) -> Path | None:
    """CelebA's table of attributes in a folder, if it has one."""
    found = sorted(path for path in folder.glob(_CELEBA) if path.suffix.lower() in (".txt", ".csv"))
    return found[0] if found else None


def plain_tables(folder: Path) -> list[Path]:
    """The CSV files in a folder, and one of the folder's own name beside it; not CelebA's other tables."""
    inside = sorted(path for path in folder.glob("*.csv") if not path.name.startswith("list_"))
    beside = folder.parent / f"{folder.name}.csv"
    return [*inside, beside] if beside.is_file() else inside


def find_by_table(path: Path) -> Found:
    """The pictures that a table lies beside.

    Raises:
        LabError: if the table cannot be read, or no picture it names is there.
    """
    book = Notebook()
    table = read_table(path, book)
    pictures, watched = _pictures_beside(path, table, book)
    return with_table(
        Found("pictures with a table of attributes", path.parent.name, pictures, book, watched=watched), table
    )


def with_table(found: Found, table: Table) -> Found:
    """What was found, with what a table says of it; pictures it does not name are left out.

    Raises:
        LabError: if it names none of them.
    """
    rows, indices = _matched(found, table)
    if not len(rows):
        raise LabError(f"names none of the {len(found.pictures):,} pictures beside it", table.path)
    partition = next(iter(sorted(table.path.parent.glob(_PARTITION))), None)
    held_out = None
    if partition is not None:
        told = read_partition(partition, found.book)
        held_out = np.array([told.get(table.files[row], False) for row in rows], dtype=bool)
    return replace(
        found,
        pictures=found.pictures.chosen(indices),
        labels=None if found.labels is None else found.labels[indices],
        attributes=table.values[rows],
        attribute_names=table.names,
        held_out=held_out if held_out is not None or found.held_out is None else found.held_out[indices],
        watched=(*found.watched, table.path, *([] if partition is None else [partition])),
    )


def _matched(found: Found, table: Table) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the table and the pictures they mean; the book says what has no counterpart."""
    names = [found.pictures.name(index) for index in range(len(found.pictures))]
    whole = {name: index for index, name in enumerate(names)}
    base = _unique(name.rpartition("/")[2] for name in names)
    # Tables also name files without their suffix, or with that of before they were converted.
    stem = _unique(map(_stem, names))
    row_of: dict[int, int] = {}
    for row, file in enumerate(table.files):
        index = whole.get(file, base.get(file, stem.get(_stem(file), -1)))
        if index < 0 or index in row_of:
            reason = "no such picture" if index < 0 else "its picture has a line already"
            found.book.skip(file, f"line {table.lines[row]} of {table.path.name}: {reason}")
        else:
            row_of[index] = row
    rows, indices = list(row_of.values()), list(row_of)
    for index in sorted(set(range(len(names))) - set(indices)):
        found.book.skip(names[index], f"not in {table.path.name}")
    return np.array(rows, dtype=np.intp), np.array(indices, dtype=np.intp)


def _unique(names: Iterable[str]) -> dict[str, int]:
    """Name -> index, of the names that occur once."""
    found: dict[str, int] = {}
    for index, name in enumerate(names):
        found[name] = -1 if name in found else index
    return found


def _stem(name: str) -> str:
    base = name.replace("\\", "/").rpartition("/")[2]
    return base.rpartition(".")[0] or base


def _pictures_beside(
    path: Path, table: Table, book: Notebook
) -> tuple[FilePictures | ZipPictures, tuple[Path, ...]]:
    """Picture files around a table; if there are none, those in the zip that holds most of its names."""
    folder = path.parent
    # A table beside a folder of its own name belongs to that one, whatever else lies around.
    own = folder / path.stem
    root = own if own.is_dir() else folder
    names, folders = list_pictures(root, book)
    if names:
        return FilePictures(root, names), folders
    stems = {_stem(file) for file in table.files}
    best: tuple[int, Path] | None = None
    for archive in sorted(folder.glob("*.zip")):
        pictures = zip_pictures(archive)
        hits = len(stems & {_stem(member.filename) for member in pictures.members})
        pictures.close()
        if best is None or hits > best[0]:
            best = hits, archive
    if best is None:
        raise LabError(f"no pictures and no zip of pictures beside {shown(path.name)}", folder)
    return zip_pictures(best[1]), (best[1],)
