"""The labels in an .npz, as classes, or as attributes where each picture has several."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.arrays.npy import ArrayArchive
from latentlab.data.arrays.npz_fields import optional, require
from latentlab.data.known_sets import classes_of, classes_of_words
from latentlab.data.limits import MAX_ATTRIBUTES, MAX_CLASSES
from latentlab.data.report import Notebook
from latentlab.errors import LabError

_SHAPES = ("square", "ellipse", "heart")
_CLASS_NAMES = ("classes", "class_names", "label_names", "target_names")
# Beyond it floats cannot represent every whole number.
_LARGEST = 2**53


def labels_in(
    archive: ArrayArchive,
    kind: str,
    parts: list[tuple[str, str]],
    rows: list[NDArray[np.intp] | None],
    counts: list[int],
    book: Notebook,
) -> NDArray[Any] | None:
    """(N,) or (N, columns); None if no part has them. For a part without them they are unknown."""
    found: list[NDArray[Any] | None] = []
    for (_, name), of_part, count in zip(parts, rows, counts, strict=True):
        labels = optional(archive, name, of_part, book)
        if labels is None:
            if len(parts) > 1:
                book.note(
                    f"The array of labels {name!r} is missing, so the class of these pictures is unknown"
                )
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
        book.note("Its multi-column labels exist for some parts only, so they were skipped")
        return None
    words = any(labels.dtype.kind == "U" for labels in there)
    nothing = "" if words else -1
    return np.concatenate(
        [
            np.full(count, nothing) if labels is None else labels.astype("U") if words else labels
            for labels, count in zip(found, counts, strict=True)
        ]
    )


def labels_as_classes(
    labels: NDArray[Any], counts: list[int], kind: str, called: str, book: Notebook
) -> dict[str, Any]:
    """Labels as classes, or as attributes if there are several of each picture."""
    if labels.ndim == 2:
        if labels.dtype.kind != "U" and _one_each(labels):
            return labels_as_classes(labels.argmax(axis=1).astype(np.int64), counts, kind, called, book)
        if labels.shape[1] > MAX_ATTRIBUTES or labels.dtype.kind == "U" or not np.isin(labels, (0, 1)).all():
            book.note("Its multi-column labels are not attributes: they hold values other than 0 and 1")
            return {}
        names = tuple(f"label {column}" for column in range(labels.shape[1]))
        return {"attributes": labels.astype(bool), "attribute_names": names}
    if labels.dtype.kind == "U":
        return _words(labels, book)
    if labels.dtype.kind == "f" and not (labels[np.isfinite(labels)] % 1 == 0).all():
        book.note("Its labels are not classes: they are not whole numbers")
        return {}
    values = np.unique(labels[np.isfinite(labels)])
    if len(values) > MAX_CLASSES:
        book.note(f"Its labels are not classes: {len(values):,} different values of type {labels.dtype}")
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
    """Whether each row has a single 1 and otherwise 0: the class."""
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all())


def _means_unknown(labels: NDArray[np.int64]) -> bool:
    """Whether -1 means unknown: beside 0 and 1, but not beside 1 alone."""
    return int(labels.min()) == -1 and len(np.unique(labels)) > 2


def _words(labels: NDArray[Any], book: Notebook) -> dict[str, Any]:
    numbers, classes = classes_of_words([word.strip() for word in labels.tolist()])
    if not 0 < len(classes) <= MAX_CLASSES:
        book.note(f"Its labels are not classes: {len(classes):,} different words")
        return {}
    return {"labels": numbers, "classes": classes}


def classes_named(archive: ArrayArchive, labels: NDArray[Any] | None, book: Notebook) -> dict[str, Any]:
    """The classes named by the file, where its labels are indices of these names."""
    if labels is None or labels.dtype.kind not in "ui" or labels.ndim != 1:
        return {}
    name = next((name for name in _CLASS_NAMES if name in archive.names), "")
    classes = optional(archive, name, None, book)
    if classes is None:
        return {}
    require(archive, name, classes, (None,))
    if len(classes) > MAX_CLASSES or int(labels.min()) < -1 or int(labels.max()) >= len(classes):
        book.note(f"Its {len(classes):,} class names do not match its labels, so they were skipped")
        return {}
    return {"labels": labels.astype(np.int64), "classes": tuple(map(str, classes.tolist()))}
