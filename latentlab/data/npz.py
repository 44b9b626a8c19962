"""Data sets that travel as one .npz: those of MedMNIST, dSprites, or plain `images` with `labels`.

    MedMNIST    train_images, train_labels, val_images, val_labels, test_images, test_labels
    Keras       x_train, y_train, x_test, y_test
    dSprites    imgs, latents_classes (the second column is the shape)
    plain       images; labels, classes, attributes and attribute_names as far as there are any

Labels of several columns of 0 and 1 are attributes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.keys import NumberedNames
from latentlab.data.limits import MAX_ATTRIBUTES, MAX_CLASSES, MAX_PICTURES
from latentlab.data.npy import ArrayArchive
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
    "arrays": (("images", "labels"),),
}
_SHAPES = ("square", "ellipse", "heart")


def find_npz(path: Path) -> Found:
    """The pictures in an .npz.

    Raises:
        LabError: naming the file and the array that is missing, damaged or too large.
    """
    book = Notebook()
    with ArrayArchive(path) as archive:
        kind, parts = _layout(archive)
        images, rows = [], []
        for name, _ in parts:
            of_part = _rows(archive, name, book)
            images.append(_levels(archive.read(name, of_part), name, path))
            rows.append(of_part)
        if len({part.shape[1:] for part in images}) > 1:
            raise LabError("its parts have pictures of different shapes", path)
        every = np.concatenate(images) if len(images) > 1 else images[0]
        labels = _labels(archive, kind, parts, rows, [len(part) for part in images])
        extras = _extras(archive, rows[0], len(every), labels) if kind == "arrays" else {}
    known = {} if labels is None or "labels" in extras else _known(labels, kind, book)
    known |= extras
    held_out = np.arange(len(every)) < len(images[0]) if len(parts) > 1 else None
    return Found(kind, path.stem, ArrayPictures(every), book, held_out=held_out, watched=(path,), **known)


def _layout(archive: ArrayArchive) -> tuple[str, list[tuple[str, str]]]:
    for kind, parts in _LAYOUTS.items():
        present = [part for part in parts if part[0] in archive.names]
        if present:
            return kind, present
    listed = ", ".join(archive.names[:8]) or "none"
    known = ", ".join(parts[-1][0] for parts in _LAYOUTS.values())
    raise LabError(f"holds no array of pictures (its arrays: {listed})", archive.path, f"Expected: {known}")


def _rows(archive: ArrayArchive, name: str, book: Notebook) -> NDArray[np.intp] | None:
    """Which pictures to unpack: all, or as many as the limit allows."""
    shape = archive.header(name).shape
    if len(shape) not in (3, 4) or 0 in shape:
        raise LabError(
            f"the array {name!r} has shape {shape}, expected pictures x rows x columns [x colours]",
            archive.path,
        )
    rows = drawn(NumberedNames("", range(shape[0])))
    if rows is not None:
        book.note(f"Of its {shape[0]:,} pictures, {MAX_PICTURES:,} were drawn, the same ones every time")
    return rows


def _levels(array: NDArray[Any], name: str, path: Path) -> NDArray[np.uint8]:
    """Levels 0..255, uint8 (N, H, W) or (N, H, W, 3)."""
    if array.ndim == 4 and array.shape[-1] not in (1, 3) and array.shape[1] in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == 4 and array.shape[-1] != 3:
        raise LabError(f"the array {name!r} has {array.shape[-1]} colours, expected 1 or 3", path)
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise LabError(f"the array {name!r} holds values that are no numbers", path)
    known = {1.0: 255.0, 255.0: 1.0, 65535.0: 255 / 65535}
    white = next((white for white in known if high <= white), None)
    if low < 0 or white is None:
        raise LabError(f"the array {name!r} goes from {low:g} to {high:g}, and white is not known", path)
    if array.dtype == np.uint8 and white == 255:
        return array
    levels = np.empty(array.shape, np.uint8)
    for start in range(0, len(array), 4096):
        block = array[start : start + 4096].astype(np.float32)
        levels[start : start + 4096] = np.rint(block * known[white])
    return levels


def _labels(
    archive: ArrayArchive,
    kind: str,
    parts: list[tuple[str, str]],
    rows: list[NDArray[np.intp] | None],
    counts: list[int],
) -> NDArray[Any] | None:
    """(N,) or (N, columns), if every part has them."""
    if not all(name in archive.names for _, name in parts):
        return None
    found = []
    for (_, name), of_part, count in zip(parts, rows, counts, strict=True):
        labels = archive.read(name, of_part, text=True)
        if len(labels.shape) not in (1, 2) or len(labels) != count:
            shape = labels.shape
            raise LabError(f"the array {name!r} has shape {shape}, expected {count:,} labels", archive.path)
        found.append(labels[:, 1] if kind == "dSprites arrays" and labels.ndim == 2 else labels)
    if len({labels.shape[1:] for labels in found}) > 1:
        raise LabError("the labels of its parts have different shapes", archive.path)
    every = np.concatenate(found)
    return every[:, 0] if every.ndim == 2 and every.shape[1] == 1 else every


def _known(labels: NDArray[Any], kind: str, book: Notebook) -> dict[str, Any]:
    """Labels as classes, or as attributes if there are several of each picture."""
    if labels.ndim == 2:
        if labels.shape[1] > MAX_ATTRIBUTES or labels.dtype.kind == "U" or not np.isin(labels, (0, 1)).all():
            book.note("Its labels of several columns are no attributes: they hold more than 0 and 1")
            return {}
        names = tuple(f"label {column}" for column in range(labels.shape[1]))
        return {"attributes": labels.astype(bool), "attribute_names": names}
    values, numbers = np.unique(labels, return_inverse=True)
    if len(values) > MAX_CLASSES or labels.dtype.kind == "f":
        book.note(f"Its labels are no classes: {len(values):,} different values of type {labels.dtype}")
        return {}
    classes = tuple(map(str, values.tolist()))
    if kind == "dSprites arrays" and set(classes) <= set("012"):
        classes = tuple(_SHAPES[int(value)] for value in classes)
    return {"labels": numbers.astype(np.int64), "classes": classes}


def _extras(
    archive: ArrayArchive, rows: NDArray[np.intp] | None, count: int, labels: NDArray[Any] | None
) -> dict[str, Any]:
    """What a plain .npz may say besides: attributes with their names, and names of the classes."""
    extras: dict[str, Any] = {}
    if "attributes" in archive.names:
        attributes = archive.read("attributes", rows)
        _require(archive, "attributes", attributes, (count, None))
        columns = attributes.shape[1]
        if columns > MAX_ATTRIBUTES:
            raise LabError(f"has {columns} attributes, over the limit of {MAX_ATTRIBUTES}", archive.path)
        names = np.array([f"attribute {column}" for column in range(columns)])
        if "attribute_names" in archive.names:
            names = archive.read("attribute_names", text=True)
            _require(archive, "attribute_names", names, (columns,))
        extras |= {"attributes": attributes > 0, "attribute_names": tuple(map(str, names.tolist()))}
    if "classes" in archive.names and labels is not None and labels.dtype.kind in "ui" and labels.ndim == 1:
        classes = archive.read("classes", text=True)
        _require(archive, "classes", classes, (None,))
        if len(classes) <= MAX_CLASSES and int(labels.min()) >= 0 and int(labels.max()) < len(classes):
            extras |= {"labels": labels.astype(np.int64), "classes": tuple(map(str, classes.tolist()))}
    return extras


def _require(archive: ArrayArchive, name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        side in (None, found) for side, found in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = " x ".join("any" if side is None else f"{side:,}" for side in shape)
        raise LabError(f"the array {name!r} has shape {array.shape}, expected {wanted}", archive.path)
