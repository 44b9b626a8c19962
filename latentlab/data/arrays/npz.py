"""Data sets that travel as one .npz: those of MedMNIST, dSprites, or plain `images` with `labels`.

    MedMNIST    train_images, train_labels, val_images, val_labels, test_images, test_labels
    Keras       x_train, y_train, x_test, y_test
    dSprites    imgs, latents_classes (the second column is the shape)
    others      X_train, y_train, test_images ...: the parts and what they hold in other words and orders
    plain       images (or X, data, arr_0); labels (or y, target, arr_1), classes, attributes,
                attributes_known, attribute_names, names and held_out as far as there are any

Pictures may lie there as rows of pixels. Labels may be words; those of several columns of 0 and 1 are classes
if each picture has one 1, else attributes. -1, a blank word and a value that is
no number mean that nothing is known of this picture. Arrays of Python objects are told and passed over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.arrays.levels import joined, shaped
from latentlab.data.arrays.npy import ArrayArchive, ObjectsError
from latentlab.data.folders.member_names import clean
from latentlab.data.folders.parts import TEST, VALIDATION, part_name
from latentlab.data.keys import NumberedNames
from latentlab.data.known_sets import classes_of, classes_of_words
from latentlab.data.limits import MAX_ATTRIBUTES, MAX_CLASSES, MAX_PICTURES
from latentlab.data.report import Notebook
from latentlab.data.source import ArrayPictures, Found
from latentlab.data.splits import drawn
from latentlab.errors import LabError

# Kind -> (images, labels) of each part, those for testing first. What is for validation is learnt from.
_LAYOUTS: dict[str, tuple[tuple[str, str], ...]] = {
    "MedMNIST arrays": (
        ("test_images", "test_labels"),
        ("train_images", "train_labels"),
        ("val_images", "val_labels"),
    ),
    "arrays of Keras": (("x_test", "y_test"), ("x_train", "y_train")),
    "dSprites arrays": (("imgs", "latents_classes"),),
}
# What images and labels are called elsewhere, and the parts.
_IMAGES = ("images", "imgs", "image", "x", "data", "pictures", "arr_0")
_LABELS = ("labels", "label", "y", "targets", "target", "classes", "arr_1")
_PARTS = (("test", "testing"), ("train", "training"), ("val", "valid", "validation"))
_LEAST_SIDE = 8
_SHAPES = ("square", "ellipse", "heart")
_CLASS_NAMES = ("classes", "class_names", "label_names", "target_names")
_PICTURE_NAMES = ("names", "filenames", "file_names", "files", "paths")
_SPLITS = ("held_out", "split", "splits")
# Beyond it a float does not tell one whole number from the next.
_LARGEST = 2**53


def find_npz(path: Path, content: IO[bytes] | None = None) -> Found:
    """The pictures in an .npz, or in the one that `content` is, which is called so.

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
        labels = _labels(archive, kind, parts, rows, counts, book)
        known = {} if labels is None else _known(labels, counts, kind, path.stem, book)
        known |= _classes_named(archive, labels, book)
        names: Sequence[str] | None = None
        held_out = np.arange(len(every)) < len(images[0]) if len(parts) > 1 else None
        if kind == "arrays":
            known |= _attributes(archive, rows[0], len(every), book)
            names = _names(archive, rows[0], len(every), book)
            held_out = _held_out(archive, rows[0], len(every), book)
    if kind == "arrays" and not known:
        book.note("It holds no labels and no attributes of its pictures")
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
        """How an array may be called; the whole has no part in its name."""
        orders = ("{0}_{1}", "{1}_{0}", "{0}{1}", "{1}{0}")
        return [order.format(part, word) for part in parts for order in orders] if parts else [word]

    def first(words: Sequence[str]) -> str:
        return next((found[form] for word in words for form in forms(word) if form in found), "")

    images = first(_IMAGES)
    return (images, first(_LABELS) or "labels") if images else None


def _side(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Rows, columns and colours of pictures that lie there as rows of pixels; None if they are none."""
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
    """Which pictures to unpack: all, or as many as the limit allows."""
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


def _optional(
    archive: ArrayArchive, name: str, rows: NDArray[np.intp] | None, book: Notebook
) -> NDArray[Any] | None:
    """An array that may be absent; None if it is, or is of Python objects."""
    if name not in archive.names:
        return None
    try:
        return archive.read(name, rows, text=True)
    except ObjectsError as error:
        book.note(f"{error.what[0].upper()}{error.what[1:]}: it was passed over")
        return None


def _labels(
    archive: ArrayArchive,
    kind: str,
    parts: list[tuple[str, str]],
    rows: list[NDArray[np.intp] | None],
    counts: list[int],
    book: Notebook,
) -> NDArray[Any] | None:
    """(N,) or (N, columns); None if no part has them. Of a part without them nothing is known."""
    found: list[NDArray[Any] | None] = []
    for (_, name), of_part, count in zip(parts, rows, counts, strict=True):
        labels = _optional(archive, name, of_part, book)
        if labels is None:
            if len(parts) > 1:
                book.note(f"There are no labels {name!r}, so of these pictures no class is known")
            found.append(None)
            continue
        if len(labels.shape) not in (1, 2) or len(labels) != count:
            shape = labels.shape
            raise LabError(f"the array {name!r} has shape {shape}, expected {count:,} labels", archive.path)
        if kind == "dSprites arrays" and labels.ndim == 2:
            labels = labels[:, 1]
        found.append(labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels)
    there = [labels for labels in found if labels is not None]
    if not there:
        return None
    if len({labels.shape[1:] for labels in there}) > 1:
        raise LabError("the labels of its parts have different shapes", archive.path)
    if len(there) < len(found) and there[0].ndim == 2:
        book.note("Its labels of several columns are there for some parts alone, so they were passed over")
        return None
    words = any(labels.dtype.kind == "U" for labels in there)
    nothing = "" if words else -1
    return np.concatenate(
        [
            np.full(count, nothing) if labels is None else labels.astype("U") if words else labels
            for labels, count in zip(found, counts, strict=True)
        ]
    )


def _known(labels: NDArray[Any], counts: list[int], kind: str, called: str, book: Notebook) -> dict[str, Any]:
    """Labels as classes, or as attributes if there are several of each picture."""
    if labels.ndim == 2:
        if labels.dtype.kind != "U" and _one_each(labels):
            return _known(labels.argmax(axis=1).astype(np.int64), counts, kind, called, book)
        if labels.shape[1] > MAX_ATTRIBUTES or labels.dtype.kind == "U" or not np.isin(labels, (0, 1)).all():
            book.note("Its labels of several columns are no attributes: they hold more than 0 and 1")
            return {}
        names = tuple(f"label {column}" for column in range(labels.shape[1]))
        return {"attributes": labels.astype(bool), "attribute_names": names}
    if labels.dtype.kind == "U":
        return _words(labels, book)
    if labels.dtype.kind == "f" and not (labels[np.isfinite(labels)] % 1 == 0).all():
        book.note("Its labels are no classes: they are numbers with a fraction")
        return {}
    values = np.unique(labels[np.isfinite(labels)])
    if len(values) > MAX_CLASSES:
        book.note(f"Its labels are no classes: {len(values):,} different values of type {labels.dtype}")
        return {}
    if not len(values) or abs(float(values[0])) > _LARGEST or abs(float(values[-1])) > _LARGEST:
        return {}
    whole = np.where(np.isfinite(labels), labels, -1).astype(np.int64)
    if kind != "dSprites arrays" and (whole.min() >= 0 or _means_unknown(whole)):
        numbers, classes = classes_of(np.split(whole, np.cumsum(counts)[:-1]), called)
        return {} if numbers is None else {"labels": numbers, "classes": classes}
    values, places = np.unique(whole, return_inverse=True)
    classes = tuple(map(str, values.tolist()))
    if kind == "dSprites arrays" and set(classes) <= set("012"):
        classes = tuple(_SHAPES[int(value)] for value in classes)
    return {"labels": places.reshape(-1).astype(np.int64), "classes": classes}


def _one_each(labels: NDArray[Any]) -> bool:
    """Whether each picture has one 1 and else 0: its class."""
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all())


def _means_unknown(labels: NDArray[np.int64]) -> bool:
    """Whether -1 among labels is none: beside 0 and 1, and not beside 1 alone."""
    return int(labels.min()) == -1 and len(np.unique(labels)) > 2


def _words(labels: NDArray[Any], book: Notebook) -> dict[str, Any]:
    numbers, classes = classes_of_words([word.strip() for word in labels.tolist()])
    if not 0 < len(classes) <= MAX_CLASSES:
        book.note(f"Its labels are no classes: {len(classes):,} different words")
        return {}
    return {"labels": numbers, "classes": classes}


def _classes_named(archive: ArrayArchive, labels: NDArray[Any] | None, book: Notebook) -> dict[str, Any]:
    """The classes as the file names them, where its labels are the numbers of these names."""
    if labels is None or labels.dtype.kind not in "ui" or labels.ndim != 1:
        return {}
    name = next((name for name in _CLASS_NAMES if name in archive.names), "")
    classes = _optional(archive, name, None, book)
    if classes is None:
        return {}
    _require(archive, name, classes, (None,))
    if len(classes) > MAX_CLASSES or int(labels.min()) < -1 or int(labels.max()) >= len(classes):
        book.note(
            f"Its {len(classes):,} classes are not those of its labels, so their names were passed over"
        )
        return {}
    return {"labels": labels.astype(np.int64), "classes": tuple(map(str, classes.tolist()))}


def _attributes(
    archive: ArrayArchive, rows: NDArray[np.intp] | None, count: int, book: Notebook
) -> dict[str, Any]:
    """What a plain .npz may say besides: attributes with their names."""
    attributes = _optional(archive, "attributes", rows, book)
    if attributes is None:
        return {}
    _require(archive, "attributes", attributes, (count, None))
    columns = attributes.shape[1]
    if columns > MAX_ATTRIBUTES:
        raise LabError(f"has {columns} attributes, over the limit of {MAX_ATTRIBUTES}", archive.path)
    if attributes.dtype.kind == "U":
        book.note("Its attributes are words, so they were passed over")
        return {}
    names = _optional(archive, "attribute_names", None, book)
    if names is None:
        names = np.array([f"attribute {column}" for column in range(columns)])
    _require(archive, "attribute_names", names, (columns,))
    known = _optional(archive, "attributes_known", rows, book)
    if known is not None:
        _require(archive, "attributes_known", known, (count, columns))
        known = known.astype(bool)
    elif attributes.dtype.kind == "f" and not np.isfinite(attributes).all():
        known = np.isfinite(attributes)
    yes = (attributes > 0) if known is None else (attributes > 0) & known
    return {
        "attributes": yes,
        "attributes_known": known,
        "attribute_names": tuple(map(str, names.tolist())),
    }


def _names(
    archive: ArrayArchive, rows: NDArray[np.intp] | None, count: int, book: Notebook
) -> Sequence[str] | None:
    """What the pictures are called, if an array says so."""
    name = next((name for name in _PICTURE_NAMES if name in archive.names), "")
    names = _optional(archive, name, rows, book)
    if names is None or names.dtype.kind != "U" or names.shape != (count,):
        return None
    cleaned = [clean(one) for one in names.tolist()]
    return cleaned if len(set(cleaned)) == count and all(cleaned) else None


def _held_out(
    archive: ArrayArchive, rows: NDArray[np.intp] | None, count: int, book: Notebook
) -> NDArray[np.bool_] | None:
    """Which pictures are for testing, if an array says so: yes and no, or words such as "train"."""
    for name in _SPLITS:
        split = _optional(archive, name, rows, book)
        if split is None or split.shape != (count,):
            continue
        if split.dtype.kind == "b":
            return split
        if split.dtype.kind == "U":
            part_of = {word: part_name(word) for word in set(split.tolist())}
            parts = {found.part for found in part_of.values() if found is not None}
            testing = TEST if TEST in parts else VALIDATION
            of_each = [part_of[word] for word in split.tolist()]
            return np.array([one is not None and one.part == testing for one in of_each], dtype=bool)
    return None


def _require(archive: ArrayArchive, name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        side in (None, found) for side, found in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = " x ".join("any" if side is None else f"{side:,}" for side in shape)
        raise LabError(f"the array {name!r} has shape {array.shape}, expected {wanted}", archive.path)
