"""Reads tables that hold the pixels themselves, one picture on each line, such as MNIST in CSV.

label,pixel0,pixel1, ...      the label, then as many numbers as there are pixels; with a header or without
5,0,0, ...                    without labels where the table is for testing a model
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.arrays.idx_files import folders_of, name_of, numbered
from latentlab.data.arrays.levels import joined, shaped
from latentlab.data.folders.parts import TEST, VALIDATION, part_name
from latentlab.data.folders.tree import Tree
from latentlab.data.known_sets import classes_of, classes_of_words, lies_on_its_side, mapping_in
from latentlab.data.limits import MAX_CLASSES
from latentlab.data.report import Notebook, shown, some_shown
from latentlab.data.source import ArrayPictures, Found, PictureError
from latentlab.errors import LabError

_SUFFIXES = (".csv", ".tsv", ".txt")
_MAX_BYTES = 2**30
_HEAD_BYTES = 2**18
_LEAST_SIDE = 8
_LISTED = 8
_LABELS = frozenset(("label", "labels", "class", "target", "y", "digit", "letter", "category", "emotion"))
_NUMBERS = frozenset(("id", "index", "imageid", "image_id", "unnamed: 0", "no", "number", ""))
_MAX_MAPPING_BYTES = 2**16


@dataclass(frozen=True)
class Layout:
    """The layout of a table of pixels.

    Attributes:
        mark: the separator of its columns.
        header: whether its first line names them.
        before: the number of columns before the pixels.
        after: the number of columns after them.
        label: which of those columns, counted without the pixels, is the label; None if none is.
        shape: rows, columns and colours of a picture.
    """

    mark: str
    header: bool
    before: int
    after: int
    label: int | None
    shape: tuple[int, int, int]


def layout_of(head: bytes) -> Layout | None:
    """The layout of a table, from its first lines; None if it holds no pixels."""
    lines = head.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) < 2:
        return None
    mark = max(",;\t", key=lines[0].count)
    first, second = (
        [cell.strip().strip('"').lower() for cell in line.split(mark)]
        for line in (lines[0], lines[1] or lines[0])
    )
    count = len(first)
    if count < _LEAST_SIDE**2:
        return None
    named_so = not all(map(_is_number, first[1:-1]))
    header = named_so or _counts(first[1:]) or _are_made_different(first, second)
    row = second if header else first
    if len(row) != count or not all(map(_is_number, row[2:-2])):
        return None
    for before, after in ((1, 0), (0, 0), (0, 1), (2, 0)):
        shape = _shape(count - before - after)
        named = [*first[:before], *(first[-after:] if after else [])]
        bare = not named_so and all(map(_is_number, named))
        if shape is None or not (bare or not header or all(name in _LABELS | _NUMBERS for name in named)):
            continue
        if not named_so and (before, after) not in ((1, 0), (0, 0)):
            continue
        labels = [place for place, name in enumerate(named) if name in _LABELS or bare or not header]
        return Layout(mark, header, before, after, labels[0] if labels else None, shape)
    return None


def pixel_tables(tree: Tree, names: Sequence[str] | None = None) -> dict[str, Layout]:
    """The tables of pixels in a tree, or those of some files."""
    found = {}
    for name in tree.others if names is None else names:
        if name.lower().endswith(_SUFFIXES):
            try:
                with tree.open(name) as stream:
                    layout = layout_of(stream.read(_HEAD_BYTES))
            except (PictureError, OSError, ValueError, RuntimeError):
                continue
            if layout is not None:
                found[name] = layout
    return found


def find_pixels(tree: Tree, tables: dict[str, Layout]) -> Found:
    """The pictures in tables of pixels: one, or one for each part of a set.

    Raises:
        LabError: if they are of several sets, or nothing can be read of them.
    """
    sets: dict[str, dict[str, str]] = {}
    for name in sorted(tables):
        folder, _, file = name.rpartition("/")
        part = part_name(file.rpartition(".")[0])
        which = "test" if part is not None and part.part in (TEST, VALIDATION) else "train"
        files = sets.setdefault(f"{folder}/{file if part is None else part.rest}", {})
        if which in files:
            sets[name] = {which: name}
        else:
            files[which] = name
    if len(sets) > 1:
        listed = some_shown([next(iter(files.values())) for files in sets.values()], _LISTED)
        raise LabError(f"holds several data sets ({listed})", tree.path, "Choose one of them")
    (files,) = sets.values()
    book = Notebook()
    order = [part for part in ("test", "train") if part in files]
    images, words = [], []
    for which in order:
        of_part, labels_of_part = _read(tree, files[which], tables[files[which]], book)
        images.append(of_part)
        words.append(labels_of_part)
    if len({part.shape[1:] for part in images}) > 1:
        raise LabError("has pictures of another size than the training file", tree.path / files["test"])
    folder = next(iter(files.values())).rpartition("/")[0]
    bases = " ".join(name.rpartition("/")[2] for name in files.values())
    called = " ".join((bases, *folders_of(tree, folder)))
    if lies_on_its_side(bases):
        book.note("EMNIST stores its pictures transposed: they were turned upright")
        images = [part.swapaxes(1, 2) for part in images]
    listed = " and ".join(shown(name) for name in files.values())
    height, width = images[0].shape[1:3]
    book.note(f"The numbers in {listed} were read as the pixels of pictures of {width} x {height}")
    labels, classes = _classes(words, called, _mapping(tree, list(files.values())))
    every = np.ascontiguousarray(joined(images))
    counts = [len(part) for part in images]
    return Found(
        "table of pixels",
        name_of(tree, folder),
        ArrayPictures(every, numbered(order, counts)),
        book,
        labels=labels,
        classes=classes,
        held_out=np.arange(len(every)) < counts[0] if len(order) == 2 else None,
        watched=tree.watched if tree.kind != "folder" else tuple(tree.path / name for name in files.values()),
    )


def _counts(cells: Sequence[str]) -> bool:
    """Whether these are column numbers: 0, 1, 2, or 1, 2, 3."""
    return cells[0] in ("0", "1") and list(cells) == [str(int(cells[0]) + n) for n in range(len(cells))]


def _are_made_different(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether a row of numbers was taken for names, and repeated ones were numbered: 0, 0.1, 0.2, 7, 0.3."""
    return (
        len(set(first)) == len(first)
        and any("." in cell for cell in first)
        and not any("." in cell for cell in second)
        and all(cell.partition(".")[0] in first for cell in first)
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _shape(count: int) -> tuple[int, int, int] | None:
    for colours in (1, 3):
        side = math.isqrt(count // colours)
        if side >= _LEAST_SIDE and side * side * colours == count:
            return side, side, colours
    return None


def _read(tree: Tree, name: str, layout: Layout, book: Notebook) -> tuple[NDArray[Any], list[str]]:
    """The pictures of a table, and the text of each label, "" for none."""
    path = tree.path / name
    try:
        text = tree.read(name, _MAX_BYTES).decode("utf-8-sig", "replace")
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", path) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    del text
    kept, labels = [], []
    width = math.prod(layout.shape)
    for number, line in enumerate(lines, 1):
        if not line.strip() or (layout.header and number == 1):
            continue
        if line.count(layout.mark) != width + layout.before + layout.after - 1:
            book.skip(
                f"{name}, line {number}",
                f"holds {line.count(layout.mark) + 1:,} values, unlike the other lines",
            )
            continue
        start = line.split(layout.mark, layout.before)
        end = start[-1].rsplit(layout.mark, layout.after)
        around = [*start[: layout.before], *end[1:]]
        labels.append("" if layout.label is None else around[layout.label].strip().strip('"'))
        kept.append(end[0])
    if not kept:
        raise LabError("holds no lines of pixels", path)
    try:
        values = np.loadtxt(kept, dtype=np.float32, delimiter=layout.mark, comments=None, ndmin=2)
    except ValueError as error:
        raise LabError(f"holds a pixel that is not a number ({str(error)[:80]})", path) from None
    except MemoryError:
        raise LabError("needs more memory than is free", path) from None
    height, across, colours = layout.shape
    array = values.reshape(-1, height, across, colours) if colours > 1 else values.reshape(-1, height, across)
    return shaped(array, "it", path), labels


def _mapping(tree: Tree, names: Sequence[str]) -> dict[int, str] | None:
    """The names of the labels, if a file beside the tables has them."""
    for name in tree.others:
        if name.lower().endswith("mapping.txt"):
            stem = name[: -len("mapping.txt")].lower()
            if stem and all(table.lower().startswith(stem) for table in names):
                try:
                    return mapping_in(tree.read(name, _MAX_MAPPING_BYTES).decode("utf-8", "replace")) or None
                except PictureError:
                    return None
    return None


def _classes(
    words: list[list[str]], called: str, mapping: dict[int, str] | None
) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Label texts as classes."""
    every = {word for part in words for word in part} - {""}
    if every and all(word.isdecimal() and len(word) < 10 for word in every):
        parts = [np.array([int(word) if word else -1 for word in part], dtype=np.int64) for part in words]
        return classes_of(parts, called, mapping)
    if not 1 < len(every) <= MAX_CLASSES:
        return None, ()
    return classes_of_words([word for part in words for word in part])
