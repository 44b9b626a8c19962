"""What a path holds, by what lies there rather than by what it is called, and who reads it."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from pathlib import Path

from latentlab.data.archive import zip_pictures
from latentlab.data.decoding import looks_like_a_picture
from latentlab.data.folder import FilePictures, list_pictures
from latentlab.data.idx_files import find_idx_file, find_idx_folder
from latentlab.data.npz import find_npz
from latentlab.data.report import Notebook, shown
from latentlab.data.sorting import sort_by_folder
from latentlab.data.source import Found
from latentlab.data.table import read_table
from latentlab.data.tabled import celeba_table, find_by_table, plain_tables, with_table
from latentlab.errors import LabError

_EXPECTED = (
    "Expected a folder or a zip of pictures, a table of attributes (list_attr.txt, .csv), "
    "an .npz or an IDX images file"
)
_ZIP_MAGIC = b"PK"
_GZIP_MAGIC = b"\x1f\x8b"
_IDX_MAGIC = b"\0\0\x08"


def find(path: Path) -> Found:
    """What a path holds, before any picture is decoded.

    Raises:
        LabError: naming the path, with what was expected.
    """
    try:
        if path.is_dir():
            return _find_in_folder(path)
        if path.is_file():
            return _find_in_file(path)
        if path.exists():
            raise LabError("is neither a file nor a folder", shown(path))
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror or error})", shown(path)) from None
    raise LabError("there is no such file or folder", shown(path))


def _find_in_file(path: Path) -> Found:
    suffix = path.suffix.lower()
    if suffix in (".csv", ".txt"):
        return find_by_table(path)
    if looks_like_a_picture(path.name):
        raise LabError("is a single picture", shown(path), "Choose the folder it lies in")
    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] == _ZIP_MAGIC and suffix != ".npz":
        return _find_in_zip(path)
    if suffix == ".npz":
        return find_npz(path)
    if head[:3] == _IDX_MAGIC or (head[:2] == _GZIP_MAGIC and _unzipped_head(path) == _IDX_MAGIC):
        return find_idx_file(path)
    if "idx" in path.name.lower():
        return find_idx_file(path)
    raise LabError("is no data set that can be read", shown(path), _EXPECTED)


def _unzipped_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as stream:
            return stream.read(3)
    except (OSError, EOFError, zlib.error):
        return b""


def _find_in_folder(folder: Path) -> Found:
    idx = find_idx_folder(folder)
    if idx is not None:
        return idx
    # The name of "." and of "..": the folder they stand for.
    name = folder.resolve().name if folder.name in ("", "..") else folder.name
    table = celeba_table(folder)
    if table is not None:
        return replace(find_by_table(table), name=name)
    book = Notebook()
    names, folders = list_pictures(folder, book)
    if names:
        found = _sorted(
            Found("folder of pictures", name, FilePictures(folder, names), book, watched=folders), names
        )
        return _with_any_table(found, folder)
    archives = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".npz", ".zip"))
    if len(archives) == 1:
        return _find_in_file(archives[0])
    if archives:
        listed = ", ".join(shown(path.name) for path in archives[:8])
        raise LabError("holds several data sets", shown(folder), f"Choose one: {listed}")
    reasons = "".join(f"; {file}: {reason}" for file, reason in book.skipped[:3])
    raise LabError(f"holds no pictures{reasons}", shown(folder), _EXPECTED)


def _with_any_table(found: Found, folder: Path) -> Found:
    """The pictures of a folder, with what its CSV says of them. It may be about something else altogether."""
    tables = plain_tables(folder)
    if len(tables) > 1:
        listed = ", ".join(shown(path.name) for path in tables[:8])
        found.book.note(
            f"There are several tables ({listed}), so none was read: choose the one that is meant"
        )
    if len(tables) != 1:
        return found
    book = Notebook()
    try:
        told = with_table(replace(found, book=book), read_table(tables[0], book))
    except LabError as error:
        found.book.note(f"{shown(tables[0].name)} is no table of attributes: {error.what}")
        return found
    book.skipped[:0], book.notes[:0] = found.book.skipped, found.book.notes
    book.skipped_count += found.book.skipped_count
    return replace(told, kind="folder of pictures with a table of attributes")


def _find_in_zip(path: Path) -> Found:
    table = celeba_table(path.parent)
    pictures = zip_pictures(path)
    if not pictures.members:
        names = pictures.archive.namelist()
        pictures.close()
        if any(name.endswith(".npy") for name in names):
            return find_npz(path)
        raise LabError("holds no pictures", shown(path), _EXPECTED)
    book = Notebook()
    names = [member.filename for member in pictures.members]
    found = Found("zip of pictures", path.stem, pictures, book, watched=(path,))
    if table is None:
        return _sorted(found, names)
    try:
        return with_table(
            replace(found, kind="zip of pictures with a table of attributes"), read_table(table, book)
        )
    except LabError:
        pictures.close()
        raise


def _sorted(found: Found, names: list[str]) -> Found:
    """With the classes and splits that its folders say."""
    by_folder = sort_by_folder(names)
    for index in by_folder.loose:
        found.book.skip(names[index], "lies outside the folders of classes")
    if not by_folder.classes:
        found.book.note("There are no folders of classes, so there are no classes")
    return replace(
        found,
        pictures=found.pictures.chosen(by_folder.kept),
        labels=by_folder.labels,
        classes=by_folder.classes,
        held_out=by_folder.held_out,
        sorted_by_class=True,
    )
