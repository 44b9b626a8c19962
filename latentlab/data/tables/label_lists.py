"""Reads labels from a dataset.json, as written by StyleGAN's tools.

    {"labels": [["00000/img00000000.png", 6], ["00000/img00000001.png", 9]]}
    {"labels": {"00000/img00000000.png": 6}}
    {"labels": null}

A label may be a number, a word, or a vector: with a single 1 it is a class, else a 0 or 1 for each attribute.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.folders.member_names import clean
from latentlab.data.known_sets import classes_of_words
from latentlab.data.limits import MAX_ATTRIBUTES, MAX_CLASSES
from latentlab.data.report import Notebook, shown
from latentlab.data.table_facts import TableFacts
from latentlab.errors import LabError

FILE = "dataset.json"


def read_label_list(content: bytes, name: str, pictures: Sequence[str], book: Notebook) -> TableFacts | None:
    """The labels in a list; None if it says that there are none.

    Raises:
        LabError: naming the file, if it is no such list or names none of the pictures.
    """
    files, values = _entries(content, name)
    if not files:
        return None
    where = {clean(picture): index for index, picture in enumerate(pictures)}
    # Of two entries for one picture the last counts, as usual in JSON.
    meant = {
        where[file]: value for file, value in zip(map(clean, files), values, strict=True) if file in where
    }
    if not meant:
        raise LabError(f"names none of the {len(pictures):,} pictures", name)
    indices, told = np.array(list(meant), dtype=np.intp), list(meant.values())
    vectors = [value for value in told if isinstance(value, list)]
    if vectors and len(vectors) == sum(value is not None for value in told):
        return _of_vectors(told, indices, len(pictures), name, book)
    numbers, classes = classes_of_words([_word(value) for value in told])
    if not 0 < len(classes) <= MAX_CLASSES:
        book.note(f"The labels of {shown(name)} are not classes: there are {len(classes):,} different values")
        return _told(None, (), None, (), len(told), name)
    labels = np.full(len(pictures), -1, dtype=np.int64)
    labels[indices] = numbers
    return _told(labels, classes, None, (), len(told), name)


def _entries(content: bytes, name: str) -> tuple[list[str], list[Any]]:
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError, MemoryError):
        raise LabError("is not valid JSON", name) from None
    labels = whole.get("labels") if isinstance(whole, dict) else None
    if not isinstance(whole, dict) or "labels" not in whole:
        raise LabError('holds no "labels"', name)
    if labels is None:
        return [], []
    if isinstance(labels, dict):
        return list(labels), list(labels.values())
    if isinstance(labels, list) and all(
        isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) for one in labels
    ):
        return [one[0] for one in labels], [one[1] for one in labels]
    raise LabError('its "labels" is not a list of [file, label] pairs', name)


def _word(value: Any) -> str:
    """A label as the name of a class; "" if it is none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else ""
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value == int(value) else ""
    return value.strip() if isinstance(value, str) else ""


def _of_vectors(
    told: list[Any], indices: NDArray[np.intp], count: int, name: str, book: Notebook
) -> TableFacts:
    width = max(len(value) for value in told if value is not None)
    proper = [
        value is not None
        and len(value) == width
        and all(isinstance(one, int | float) and one in (0, 1) for one in value)
        for value in told
    ]
    rows = np.array([value for value, fine in zip(told, proper, strict=True) if fine], dtype=bool)
    if not all(fine or value is None for fine, value in zip(proper, told, strict=True)) or not rows.size:
        book.note(
            f"The labels of {shown(name)} are vectors of numbers other than 0 and 1, so they are not classes"
        )
        return _told(None, (), None, (), len(told), name)
    known = indices[np.array(proper)]
    if (rows.sum(axis=1) == 1).all():
        values = np.unique(rows.argmax(axis=1))
        if len(values) > MAX_CLASSES:
            return _told(None, (), None, (), len(told), name)
        labels = np.full(count, -1, dtype=np.int64)
        labels[known] = np.searchsorted(values, rows.argmax(axis=1))
        return _told(labels, tuple(map(str, values.tolist())), None, (), len(told), name)
    if width > MAX_ATTRIBUTES:
        book.note(
            f"The labels of {shown(name)} are {width:,} numbers each, over the limit of {MAX_ATTRIBUTES}"
        )
        return _told(None, (), None, (), len(told), name)
    attributes = np.zeros((count, width), dtype=bool)
    attributes[known] = rows
    names = tuple(f"label {column}" for column in range(width))
    whole = np.zeros((count, width), dtype=bool)
    whole[known] = True
    return _told(None, (), attributes, names, len(told), name, None if whole.all() else whole)


def _told(
    labels: NDArray[np.int64] | None,
    classes: tuple[str, ...],
    attributes: NDArray[np.bool_] | None,
    attribute_names: tuple[str, ...],
    matched: int,
    name: str,
    attributes_known: NDArray[np.bool_] | None = None,
) -> TableFacts:
    what = f"{len(classes):,} classes" if classes else f"{len(attribute_names)} attributes"
    return TableFacts(
        labels,
        classes,
        attributes,
        attributes_known,
        attribute_names,
        None,
        matched,
        f"{shown(name)} gives {what if classes or attribute_names else 'no classes'}",
    )
