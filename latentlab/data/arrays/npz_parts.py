"""Reads data sets with separate .npz files for images and labels of each part, such as KMNIST.

kmnist-train-imgs.npz, kmnist-train-labels.npz, kmnist-test-imgs.npz, kmnist-test-labels.npz
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.arrays.idx_files import folders_of, name_of, numbered
from latentlab.data.arrays.levels import joined, shaped
from latentlab.data.arrays.npy import ArrayArchive
from latentlab.data.folders.parts import TRAIN, part_name, words_of
from latentlab.data.folders.tree import Tree
from latentlab.data.known_sets import classes_of
from latentlab.data.limits import MAX_ARRAY_BYTES, MAX_PICTURES
from latentlab.data.report import Notebook, shown
from latentlab.data.source import ArrayPictures, Found, PictureError
from latentlab.errors import LabError

_IMAGES = frozenset(("imgs", "images", "img", "image", "pictures"))
_LABELS = frozenset(("labels", "label", "targets"))


def npz_parts(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Part, "test" before "train" -> the files of its images and of its labels, "" for none.

    {} if these files are no such set.
    """
    images: dict[str, str] = {}
    labels: dict[str, str] = {}
    sets = set()
    for name in names:
        base = name.rpartition("/")[2]
        stem = base[: -len(".npz")]
        words = {word.lower() for word in words_of(stem)}
        part = part_name(stem)
        files = images if words & _IMAGES else labels if words & _LABELS else None
        if not base.lower().endswith(".npz") or part is None or files is None:
            return {}
        which = "train" if part.part == TRAIN else "test"
        if which in files:
            return {}
        files[which] = name
        sets.add(" ".join(word for word in part.rest.split() if word not in _IMAGES | _LABELS))
    if len(sets) != 1 or not images or not set(labels) <= set(images):
        return {}
    return {part: (images[part], labels.get(part, "")) for part in ("test", "train") if part in images}


def find_npz_parts(tree: Tree, parts: dict[str, tuple[str, str]]) -> Found:
    """The pictures in such files.

    Raises:
        LabError: naming the file that is damaged, or does not go with the others.
    """
    book = Notebook()
    images, labels = [], []
    for of_images, of_labels in parts.values():
        array = _only_array(tree, of_images)
        path = tree.path / of_images
        if array.ndim not in (3, 4) or not len(array):
            raise LabError(f"holds an array of shape {array.shape}, expected pictures x rows x columns", path)
        images.append(shaped(array, "its array", path))
        told = np.full(len(array), -1) if not of_labels else _only_array(tree, of_labels).reshape(-1)
        if len(told) != len(array) or told.dtype.kind not in "iu":
            raise LabError(
                f"holds {len(told):,} labels of type {told.dtype}, expected {len(array):,} whole numbers",
                tree.path / of_labels,
            )
        if not of_labels:
            book.note(f"There is no label file beside {shown(of_images)}, so its pictures have no classes")
        labels.append(told.astype(np.int64))
    if len({array.shape[1:] for array in images}) > 1:
        raise LabError("its parts have pictures of different shapes", tree.path)
    every = joined(images)
    counts = [len(array) for array in images]
    files = [name for pair in parts.values() for name in pair if name]
    folder = files[0].rpartition("/")[0]
    known, classes = classes_of(labels, " ".join((*files, *folders_of(tree, folder))))
    return Found(
        "NumPy arrays",
        name_of(tree, folder),
        ArrayPictures(every, numbered(list(parts), counts)),
        book,
        labels=known,
        classes=classes,
        held_out=np.arange(len(every)) < counts[0] if len(parts) == 2 else None,
        watched=tree.watched if tree.kind != "folder" else tuple(tree.path / name for name in files),
    )


def _only_array(tree: Tree, name: str) -> NDArray[Any]:
    """The array of an .npz that holds a single one.

    Raises:
        LabError: if it holds none or several, or is damaged.
    """
    path = tree.path / name
    try:
        content = tree.read(name, MAX_ARRAY_BYTES // 4)
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", path) from None
    with ArrayArchive(path, io.BytesIO(content)) as archive:
        if len(archive.names) != 1:
            raise LabError(f"holds {len(archive.names)} arrays, expected one", path)
        (only,) = archive.names
        if len(archive.header(only).shape) > 0 and archive.header(only).shape[0] > MAX_PICTURES:
            count = archive.header(only).shape[0]
            raise LabError(f"holds {count:,} pictures, over the limit of {MAX_PICTURES:,}", path)
        return archive.read(only)
