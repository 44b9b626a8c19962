"""Reads the optional fields of an .npz: attributes, names, and which pictures are for testing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.arrays.npy import ArrayArchive, ObjectsError
from latentlab.data.folders.member_names import clean
from latentlab.data.folders.parts import TEST, VALIDATION, part_name
from latentlab.data.limits import MAX_ATTRIBUTES
from latentlab.data.report import Notebook
from latentlab.errors import LabError

_PICTURE_NAMES = ("names", "filenames", "file_names", "files", "paths")
_SPLITS = ("held_out", "split", "splits")
# All arrays that have a meaning of their own beside pictures and labels.
FIELDS = (
    *("attributes", "attribute_names", "attributes_known"),
    *("classes", "class_names", "label_names", "target_names"),
    *_PICTURE_NAMES,
    *_SPLITS,
)


def optional(
    archive: ArrayArchive, name: str, rows: NDArray[np.intp] | None, book: Notebook
) -> NDArray[Any] | None:
    """An array that may be absent; None if it is, or contains Python objects."""
    if name not in archive.names:
        return None
    try:
        return archive.read(name, rows, text=True)
    except ObjectsError as error:
        book.note(f"{error.what[0].upper()}{error.what[1:]}: it was skipped")
        return None


def attributes_in(
    archive: ArrayArchive, rows: NDArray[np.intp] | None, count: int, book: Notebook
) -> dict[str, Any]:
    """The attributes of a plain .npz, with their names."""
    attributes = optional(archive, "attributes", rows, book)
    if attributes is None:
        return {}
    require(archive, "attributes", attributes, (count, None))
    columns = attributes.shape[1]
    if columns > MAX_ATTRIBUTES:
        raise LabError(f"has {columns} attributes, over the limit of {MAX_ATTRIBUTES}", archive.path)
    if attributes.dtype.kind == "U":
        book.note("Its attributes are text, so they were skipped")
        return {}
    names = optional(archive, "attribute_names", None, book)
    if names is None:
        names = np.array([f"attribute {column}" for column in range(columns)])
    require(archive, "attribute_names", names, (columns,))
    known = optional(archive, "attributes_known", rows, book)
    if known is not None:
        require(archive, "attributes_known", known, (count, columns))
        known = known.astype(bool)
    elif attributes.dtype.kind == "f" and not np.isfinite(attributes).all():
        known = np.isfinite(attributes)
    yes = (attributes > 0) if known is None else (attributes > 0) & known
    return {
        "attributes": yes,
        "attributes_known": known,
        "attribute_names": tuple(map(str, names.tolist())),
    }


def names_in(
    archive: ArrayArchive, rows: NDArray[np.intp] | None, count: int, book: Notebook
) -> Sequence[str] | None:
    """The names of the pictures, if an array has them."""
    name = next((name for name in _PICTURE_NAMES if name in archive.names), "")
    names = optional(archive, name, rows, book)
    if names is None or names.dtype.kind != "U" or names.shape != (count,):
        return None
    cleaned = [clean(one) for one in names.tolist()]
    return cleaned if len(set(cleaned)) == count and all(cleaned) else None


def held_out_in(
    archive: ArrayArchive, rows: NDArray[np.intp] | None, count: int, book: Notebook
) -> NDArray[np.bool_] | None:
    """Which pictures are for testing, if an array says so: yes and no, or words such as "train"."""
    for name in _SPLITS:
        split = optional(archive, name, rows, book)
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


def require(archive: ArrayArchive, name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        side in (None, found) for side, found in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = " x ".join("any" if side is None else f"{side:,}" for side in shape)
        raise LabError(f"the array {name!r} has shape {array.shape}, expected {wanted}", archive.path)
