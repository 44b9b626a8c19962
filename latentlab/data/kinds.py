"""Finds out what a path holds, by its contents rather than its name, and chooses the reader."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from latentlab.data.arrays.idx_files import find_idx_file, find_idx_set, idx_sets
from latentlab.data.arrays.npz import find_npz
from latentlab.data.arrays.npz_parts import find_npz_parts, npz_parts
from latentlab.data.arrays.pixel_tables import find_pixels, layout_of, pixel_tables
from latentlab.data.assembling import find_pictures
from latentlab.data.columns import AS_FOUND, Columns
from latentlab.data.files import open_to_read
from latentlab.data.folders.archive import ZipTree
from latentlab.data.folders.folder import FolderTree
from latentlab.data.folders.tree import Tree
from latentlab.data.limits import MAX_ARRAY_BYTES
from latentlab.data.pictures.formats import (
    HEAD_BYTES,
    listed_by_suffix,
    looks_like_a_picture,
    why_passed_over,
)
from latentlab.data.report import Notebook, shown, some_shown
from latentlab.data.source import Found, PictureError
from latentlab.data.tables.several_tables import told_by
from latentlab.data.tables.tables_beside import table_at, tables_beside, tables_in
from latentlab.errors import LabError

_EXPECTED = (
    "Expected a folder or a zip of pictures, a table of attributes (list_attr.txt, .csv), "
    "an .npz or an IDX images file"
)
_ZIP_MAGIC = b"PK"
_GZIP_MAGIC = b"\x1f\x8b"
_IDX_MAGIC = b"\0\0"
_IDX_TYPES = b"\x08\x09\x0b\x0c\x0d\x0e"
_TAR = ((257, b"ustar"),)
_PACKED = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
_PICKLED = (".pkl", ".pickle", ".pt", ".pth")
_TABLES = (".csv", ".tsv", ".tab", ".txt")
_LISTED = 8
_NAMED = 3
# Files beside pictures that may be about them but are not read, with advice.
_NOT_READ = {
    (
        ".xls",
        ".xlsx",
        ".ods",
        ".parquet",
        ".feather",
        ".arrow",
        ".db",
        ".sqlite",
        ".sqlite3",
    ): "save tables as CSV",
    (
        ".h5",
        ".hdf5",
        ".mat",
        ".tfrecord",
        ".tfrecords",
        ".lmdb",
        ".mdb",
        *_PICKLED,
    ): "files of other programs",
    (".zip", *_PACKED): "archives; unpack what belongs to the pictures",
    (".npz",): "arrays; open them on their own",
    (".npy",): "arrays; pictures and labels can be put into an .npz",
}
_TABLE_HEAD_BYTES = 2**18


def find(path: Path, columns: Columns = AS_FOUND) -> Found:
    """What a path holds, before any picture is decoded.

    Args:
        path: a file or a folder.
        columns: the columns of a table that the user chose.

    Raises:
        LabError: naming the path, with what was expected.
    """
    try:
        if path.is_dir():
            book = Notebook()
            return _find_in_tree(FolderTree(path, book), book, columns)
        if path.is_file():
            return _find_in_file(path, columns)
        if path.exists():
            raise LabError("is neither a file nor a folder", shown(path))
    except OSError as error:
        raise LabError(f"cannot be read ({error.strerror or error})", shown(path)) from None
    raise LabError("there is no such file or folder", shown(path))


def _find_in_file(path: Path, columns: Columns) -> Found:
    suffix = path.suffix.lower()
    with open_to_read(path) as stream:
        head = stream.read(HEAD_BYTES)
        if suffix in _TABLES:
            head += stream.read(_TABLE_HEAD_BYTES)
    if suffix in _TABLES:
        if layout_of(head) is not None:
            tree = _folder_of(path)
            return find_pixels(tree, pixel_tables(tree, [path.name]))
        return _find_by_table(path, columns)
    if looks_like_a_picture(path.name, head[:HEAD_BYTES]):
        raise LabError("is a single picture", shown(path), "Choose the folder that contains it")
    if suffix == ".npz":
        return find_npz(path)
    if head[:2] == _ZIP_MAGIC:
        book = Notebook()
        archive = ZipTree(path, book)
        try:
            return _find_in_tree(archive, book, columns)
        except BaseException:
            archive.close()
            raise
    start = _unzipped_head(path) if head[:2] == _GZIP_MAGIC else head[:3]
    if _starts_idx(start) or "idx" in path.name.lower():
        return find_idx_file(_folder_of(path), path.name)
    _refuse_known(path.name, head, path)
    why = why_passed_over(path.name, head)
    if why is not None:
        raise LabError(f"is {why}", shown(path))
    raise LabError("is not a readable data set", shown(path), _EXPECTED)


def _folder_of(path: Path) -> FolderTree:
    """The folder of a file, without its subfolders."""
    return FolderTree(path.parent, Notebook(), deep=False)


def _starts_idx(head: bytes) -> bool:
    return head[:2] == _IDX_MAGIC and head[2:3] in [_IDX_TYPES[i : i + 1] for i in range(len(_IDX_TYPES))]


def _unzipped_head(path: Path) -> bytes:
    try:
        with open_to_read(path) as packed, gzip.open(packed) as stream:
            return stream.read(3)
    except (OSError, EOFError, zlib.error):
        return b""


def _refuse_known(name: str, head: bytes, path: Path) -> None:
    """Says what to do with files of known kinds that are not read."""
    lower = name.lower()
    if lower.endswith(_PACKED) or any(head[place : place + len(magic)] == magic for place, magic in _TAR):
        what = "is not a readable data set: of archives, only zip files are read"
        raise LabError(what, shown(path), "Unpack it, or pack it as a zip")
    if lower.endswith(_PICKLED) or head[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"):
        raise LabError(
            "is not a readable data set: pickled Python objects are never loaded, because that "
            "could run any code",
            shown(path),
            "Save the pictures as PNG, or their arrays as an .npz",
        )


def _find_in_tree(tree: Tree, book: Notebook, columns: Columns) -> Found:
    """What a folder or a zip holds: at its root first, then deeper."""
    sets = idx_sets(tree.others)
    at_root = [one for one in sets if not one.folder]
    if at_root or (sets and not tree.pictures):
        return _told(find_idx_set(tree, at_root or sets), book)
    if tree.pictures:
        for one in sets:
            book.note(f"IDX files beside the pictures were skipped: {shown(one.called)}")
        _tell_of_data(tree, book)
        tables = [*tables_in(tree), *tables_beside(tree.path, tree.name)]
        # CelebA's own table is about these pictures, or something is wrong.
        own = next((table for table in tables if table.is_celeba and not table.folder), None)
        return find_pictures(tree, book, columns, tables, required=own)
    archives = [name for name in tree.others if name.lower().endswith((".npz", ".zip"))]
    if tree.kind == "zip" and any(name.endswith(".npy") for name in tree.others):
        tree.close()
        return find_npz(tree.path)
    pixels = pixel_tables(tree)
    if pixels:
        return _told(find_pixels(tree, pixels), book)
    zips = [name for name in archives if name.lower().endswith(".zip")]
    tables = [table for table in tables_in(tree) if table.folder == "" and table.is_celeba]
    if tables and tree.kind == "folder":
        if not zips:
            raise LabError(f"no pictures and no zip of pictures beside {shown(tables[0].name)}", tree.path)
        return replace(_find_by_table(tree.path / tables[0].name, columns), name=tree.name)
    parts = npz_parts(archives)
    if parts:
        return _told(find_npz_parts(tree, parts), book)
    if len(archives) == 1:
        return _find_in_archive(tree, archives[0], columns)
    if archives:
        listed = some_shown(archives, _LISTED)
        raise LabError("holds several data sets", shown(tree.path), f"Choose one: {listed}")
    raise _nothing(tree, book)


def _tell_of_data(tree: Tree, book: Notebook) -> None:
    """Notes files beside the pictures that may be about them, but are not read."""
    for suffixes, what in _NOT_READ.items():
        names = [name for name in tree.others if name.lower().endswith(suffixes)]
        if names:
            listed = ", ".join(map(shown, names[:_NAMED]))
            more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
            book.note(f"Not read: {listed}{more} ({what})")


def _told(found: Found, book: Notebook) -> Found:
    """Adds the notes made before the set was understood."""
    found.book.take_over(book)
    return found


def _find_in_archive(tree: Tree, name: str, columns: Columns) -> Found:
    """The only archive in a folder, or the only .npz in a zip."""
    if tree.kind == "folder":
        return _find_in_file(tree.path / name, columns)
    if name.lower().endswith(".zip"):
        raise LabError("holds another zip", shown(tree.path), f"Unpack {shown(name)} from it")
    try:
        content = tree.read(name, MAX_ARRAY_BYTES // 4)
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", shown(tree.path / name)) from None
    tree.close()
    found = find_npz(tree.path / name, io.BytesIO(content))
    return replace(found, watched=tree.watched)


def _nothing(tree: Tree, book: Notebook) -> LabError:
    """An error that there are no pictures, and what there is."""
    for name in tree.others:
        base = name.rpartition("/")[2].lower()
        # CIFAR also exists in another form, in plain bytes.
        of_cifar = base == "batches.meta" or (base.startswith("data_batch_") and not base.endswith(".bin"))
        if of_cifar or base.endswith(_PICKLED):
            return LabError(
                f"holds pickled Python objects ({shown(name)}), which are never loaded, because "
                "that could run any code",
                shown(tree.path),
                "Save the pictures as PNG, or their arrays as an .npz",
            )
    packed = [name for name in tree.others if name.lower().endswith(_PACKED)]
    if packed:
        return LabError(
            f"holds no pictures, but an archive of an unsupported kind ({shown(packed[0])})",
            shown(tree.path),
            "Unpack it, or pack it as a zip",
        )
    held = listed_by_suffix(tree.others)
    reasons = "".join(f"; {reason.in_words(2)}" for reason in book.reasons[:3])
    return LabError(
        f"holds no pictures{f', but {held}' if held else ''}{reasons}", shown(tree.path), _EXPECTED
    )


def _find_by_table(path: Path, columns: Columns) -> Found:
    """The pictures beside a table, or else those in the zip that holds most of its names.

    Raises:
        LabError: if the table cannot be read, or no picture it names is there.
    """
    book = Notebook()
    # A table beside a folder of the same name belongs to that one.
    own = path.parent / path.stem
    tree: Tree = FolderTree(own if own.is_dir() else path.parent, book)
    table = table_at(path)
    if not tree.pictures:
        zips = sorted(one for one in path.parent.iterdir() if one.suffix.lower() == ".zip" and one.is_file())
        tree, book = _fullest(zips, path, columns)
    try:
        found = find_pictures(tree, book, columns, (), required=table)
    except BaseException:
        tree.close()
        raise
    name = path.parent.name if path.parent.name not in ("", "..") else path.parent.resolve().name
    return replace(found, kind="pictures with a table of attributes", name=name)


def _fullest(zips: Sequence[Path], path: Path, columns: Columns) -> tuple[ZipTree, Notebook]:
    """The zip that holds most of the pictures that a table names."""
    best: tuple[int, ZipTree, Notebook] | None = None
    for one in zips:
        book = Notebook()
        tree = ZipTree(one, book)
        told = None
        with suppress(LabError):
            told, _ = told_by([table_at(path)], tree.pictures, columns, Notebook())
        hits = 0 if told is None else told.matched
        if tree.pictures and (best is None or hits > best[0]):
            if best is not None:
                best[1].close()
            best = hits, tree, book
        else:
            tree.close()
    if best is None:
        raise LabError(f"no pictures and no zip of pictures beside {shown(path.name)}", path.parent)
    return best[1], best[2]
