"""Reads data sets in one .npz: those of MedMNIST, Keras, dSprites, or plain `images` with `labels`.

    MedMNIST    train_images, train_labels, val_images, val_labels, test_images, test_labels
    Keras       x_train, y_train, x_test, y_test
    dSprites    imgs, latents_classes (the second column is the shape)
    others      X_train, y_train, test_images ...: the parts and what they hold in other words and orders
    plain       images (or X, data, arr_0); labels (or y, target, arr_1), classes, attributes,
                attributes_known, attribute_names, names and held_out as far as there are any; other
                arrays with a number or a text for each picture are columns to colour and find by

Pictures may lie there as rows of pixels. Labels may be words; those of several columns of 0 and 1 are classes
if each picture has one 1, else attributes. -1, a blank word and a value that is
no number mean that nothing is known of this picture. Arrays of Python objects are noted and skipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.arrays.levels import joined, shaped
from latentlab.data.arrays.npy import ArrayArchive
from latentlab.data.arrays.npz_columns import columns_in
from latentlab.data.arrays.npz_fields import FIELDS, attributes_in, held_out_in, names_in
from latentlab.data.arrays.npz_labels import classes_named, labels_as_classes, labels_in
from latentlab.data.keys import NumberedNames
from latentlab.data.limits import MAX_PICTURES
from latentlab.data.report import Notebook
from latentlab.data.source import ArrayPictures, Found
from latentlab.data.splits import drawn
from latentlab.errors import LabError

# Kind -> (images, labels) of each part, those for testing first. Validation parts are used for training.
_LAYOUTS: dict[str, tuple[tuple[str, str], ...]] = {
    "MedMNIST arrays": (
        ("test_images", "test_labels"),
        ("train_images", "train_labels"),
        ("val_images", "val_labels"),
    ),
    "arrays of Keras": (("x_test", "y_test"), ("x_train", "y_train")),
    "dSprites arrays": (("imgs", "latents_classes"),),
}
# Other names of images and labels, and of the parts.
_IMAGES = ("images", "imgs", "image", "x", "data", "pictures", "arr_0")
_LABELS = ("labels", "label", "y", "targets", "target", "classes", "arr_1")
_PARTS = (("test", "testing"), ("train", "training"), ("val", "valid", "validation"))
_LEAST_SIDE = 8


def find_npz(path: Path, content: IO[bytes] | None = None) -> Found:
    """The pictures in an .npz, or in the one in `content`, which has this name.

    Raises:
        LabError: naming the file and the array that is missing, damaged or too large.
    """
    book = Notebook()
    with ArrayArchive(path, content) as archive:
        kind, parts = _layout(archive)
        images, rows = [], []
        for name, _ in parts:
            of_part = _rows(archive, name, book)
            array = _as_pictures(archive.read(name, of_part))
            images.append(shaped(array, f"the array {name!r}", path))
            rows.append(of_part)
        if len({part.shape[1:] for part in images}) > 1:
            raise LabError("its parts have pictures of different shapes", path)
        every = joined(images)
        counts = [len(part) for part in images]
        labels = labels_in(archive, kind, parts, rows, counts, book)
        known = {} if labels is None else labels_as_classes(labels, counts, kind, path.stem, book)
        known |= classes_named(archive, labels, book)
        names: Sequence[str] | None = None
        held_out = np.arange(len(every)) < len(images[0]) if len(parts) > 1 else None
        if kind == "arrays":
            known |= attributes_in(archive, rows[0], len(every), book)
            names = names_in(archive, rows[0], len(every), book)
            held_out = held_out_in(archive, rows[0], len(every), book)
            total = archive.header(parts[0][0]).shape[0]
            used = (*parts[0], *FIELDS)
            known["columns"] = columns_in(archive, used, rows[0], total, book)
    if kind == "arrays" and not known.keys() - {"columns"} and not known.get("columns"):
        book.note("It holds no labels and no attributes for its pictures")
    pictures = ArrayPictures(every, names)
    return Found(kind, path.stem, pictures, book, held_out=held_out, watched=(path,), **known)


def _layout(archive: ArrayArchive) -> tuple[str, list[tuple[str, str]]]:
    for kind, parts in _LAYOUTS.items():
        present = [part for part in parts if part[0] in archive.names]
        if present:
            return kind, present
    found = {name.lower(): name for name in archive.names}
    plain = _pair(found, ())
    if plain is not None and plain[0].lower() == _IMAGES[0]:
        return "arrays", [plain]
    others = [part for words in _PARTS if (part := _pair(found, words)) is not None]
    if others:
        return "arrays of parts", others
    if plain is not None:
        return "arrays", [plain]
    listed = ", ".join(archive.names[:8]) or "none"
    known = ", ".join([*(parts[-1][0] for parts in _LAYOUTS.values()), "images"])
    raise LabError(f"holds no array of pictures (its arrays: {listed})", archive.path, f"Expected: {known}")


def _pair(found: dict[str, str], parts: Sequence[str]) -> tuple[str, str] | None:
    """The names of the images and the labels of a part, or of the whole; None if there are no images."""

    def forms(word: str) -> list[str]:
        """The possible names of an array; that of the whole has no part in it."""
        orders = ("{0}_{1}", "{1}_{0}", "{0}{1}", "{1}{0}")
        return [order.format(part, word) for part in parts for order in orders] if parts else [word]

    def first(words: Sequence[str]) -> str:
        return next((found[form] for word in words for form in forms(word) if form in found), "")

    images = first(_IMAGES)
    return (images, first(_LABELS) or "labels") if images else None


def _side(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Rows, columns and colours of pictures that are stored as rows of pixels; None if they are not."""
    if len(shape) == 2:
        for colours in (1, 3):
            side = math.isqrt(shape[1] // colours)
            if side >= _LEAST_SIDE and side * side * colours == shape[1]:
                return (side, side) if colours == 1 else (side, side, colours)
    return None


def _as_pictures(array: NDArray[Any]) -> NDArray[Any]:
    side = _side(array.shape)
    return array if side is None else array.reshape(len(array), *side)


def _rows(archive: ArrayArchive, name: str, book: Notebook) -> NDArray[np.intp] | None:
    """Which pictures to read: all, or as many as the limit allows."""
    shape = archive.header(name).shape
    if (len(shape) not in (3, 4) and _side(shape) is None) or 0 in shape:
        raise LabError(
            f"the array {name!r} has shape {shape}, expected pictures x rows x columns [x colours]",
            archive.path,
        )
    rows = drawn(NumberedNames("", range(shape[0])))
    if rows is not None:
        book.note(f"Of its {shape[0]:,} pictures, {MAX_PICTURES:,} were drawn, the same ones every time")
    return rows
