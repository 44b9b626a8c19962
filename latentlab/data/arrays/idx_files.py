"""Finds MNIST's files and those like them: which belong together, and the names of their classes.

train-images-idx3-ubyte.gz   train-labels-idx1-ubyte.gz
t10k-images-idx3-ubyte.gz    t10k-labels-idx1-ubyte.gz

They are called and laid out in many ways: train-images.idx3-ubyte; a folder train-images-idx3-ubyte with the
file of that name in it; MNIST/raw/ in whatever folder torchvision was given; packed and unpacked side by
side; emnist-letters-train-images-idx3-ubyte with emnist-letters-mapping.txt; qmnist-test-labels-idx2-int.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.arrays.idx import read_stream
from latentlab.data.arrays.levels import joined, shaped
from latentlab.data.folders.tree import Tree
from latentlab.data.keys import NumberedNames
from latentlab.data.known_sets import classes_of, lies_on_its_side, mapping_in
from latentlab.data.report import Notebook, shown, some_shown
from latentlab.data.source import ArrayPictures, Found, PictureError
from latentlab.errors import LabError

_NAME = re.compile(
    r"(?P<stem>.*?)(?P<what>images|labels)[-._ ]?idx(?P<rank>[0-9])[-._ ]"
    r"(?P<type>ubyte|byte|u?short|u?int|float|double)(?P<packed>\.gz)?",
    re.IGNORECASE,
)
_PART = re.compile("t10k|test|train", re.IGNORECASE)
_MAX_MAPPING_BYTES = 2**16
_LISTED = 8
_RAW = ("raw", "gzip", "data", "idx")


@dataclass
class IdxSet:
    """The files of one set.

    Attributes:
        folder: their folder in the tree, without folders that are named like files.
        stem: the prefix of their names, without the part, such as "emnist-letters".
        images: part ("train", "test") -> the file of its pictures.
        labels: part -> the file of its labels.
        again: duplicates of these files.
    """

    folder: str
    stem: str
    images: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)

    @property
    def called(self) -> str:
        """The file that a user is told to choose."""
        one = next(iter(self.images.values()))
        return one if self.stem or not self.folder else self.folder


def is_labels_file(name: str) -> bool:
    """Whether a file is named like the labels of an IDX pair."""
    match = _NAME.fullmatch(name.rpartition("/")[2])
    return match is not None and match["what"].lower() == "labels"


def idx_sets(names: Sequence[str]) -> list[IdxSet]:
    """The sets among some files, by their names; those nearest to the root first."""
    found: dict[tuple[str, str], IdxSet] = {}
    # Unpacked before packed, and higher before deeper: the first one is taken.
    likely = [name for name in names if "idx" in name.lower()]
    for name in sorted(likely, key=lambda name: (name.lower().endswith(".gz"), name.count("/"), name)):
        *folders, file = name.split("/")
        match = _NAME.fullmatch(file)
        if match is None:
            continue
        folder = "/".join(part for part in folders if not _NAME.fullmatch(part))
        marks = _PART.findall(match["stem"])
        part = "train" if not marks or marks[-1].lower() == "train" else "test"
        stem = _PART.sub("", match["stem"]).lower().strip("-._ ")
        one = found.setdefault((folder, stem), IdxSet(folder, stem))
        files = one.images if match["what"].lower() == "images" else one.labels
        if part in files:
            one.again.append(name)
        else:
            files[part] = name
    sets = [one for one in found.values() if one.images]
    return sorted(sets, key=lambda one: (one.folder.count("/") + bool(one.folder), one.folder, one.stem))


def find_idx_set(tree: Tree, sets: Sequence[IdxSet]) -> Found:
    """The only set.

    Raises:
        LabError: if there are several, or its files are damaged or do not fit together.
    """
    if len(sets) > 1:
        listed = some_shown([one.called for one in sets], _LISTED)
        raise LabError(f"holds several data sets ({listed})", tree.path, "Choose one of them")
    (one,) = sets
    return _found(tree, one)


def find_idx_file(tree: Tree, name: str) -> Found:
    """One IDX file of images, with its labels if they lie beside it."""
    if is_labels_file(name):
        raise LabError("holds labels; choose the file of the images", tree.path / name)
    for one in idx_sets([*tree.others, name]):
        for part, file in (*one.images.items(), *((_part_of(again), again) for again in one.again)):
            if file == name:
                labels = {part: one.labels[part]} if part in one.labels else {}
                return _found(tree, IdxSet(one.folder, one.stem, {part: name}, labels))
    return _found(tree, IdxSet("", "", {"train": name}))


def _part_of(name: str) -> str:
    marks = _PART.findall(name.rpartition("/")[2])
    return "train" if not marks or marks[-1].lower() == "train" else "test"


def _found(tree: Tree, one: IdxSet) -> Found:
    book = Notebook()
    files = " ".join(name.rpartition("/")[2] for name in one.images.values())
    called = " ".join((files, *folders_of(tree, one.folder)))
    parts: list[NDArray[Any]] = []
    numbers: list[NDArray[np.int64]] = []
    order = [part for part in ("test", "train") if part in one.images]
    for part in order:
        path = tree.path / one.images[part]
        images = shaped(_read(tree, one.images[part], ranks=(3, 4)), "it", path)
        if part in one.labels:
            labels = _labels(tree, one.labels[part])
            if len(labels) != len(images):
                raise LabError(
                    f"{len(labels):,} labels for the {len(images):,} pictures of {path.name}",
                    tree.path / one.labels[part],
                )
            numbers.append(labels)
        else:
            book.note(f"There is no label file beside {shown(path.name)}, so its pictures have no classes")
            numbers.append(np.full(len(images), -1, dtype=np.int64))
        parts.append(images)
    if len({part.shape[1:] for part in parts}) > 1:
        raise LabError("has pictures of another size than the training file", tree.path / one.images["test"])
    if lies_on_its_side(files):
        book.note("EMNIST stores its pictures transposed: they were turned upright")
        parts = [part.swapaxes(1, 2) for part in parts]
    if one.again:
        again = some_shown(one.again, _LISTED)
        book.note(f"Copies of the same files were skipped: {again}")
    every = np.ascontiguousarray(joined(parts))
    mapping = _mapping(tree, one, book)
    labels_of_all, classes = classes_of(numbers, called, mapping)
    if labels_of_all is None and one.labels:
        book.note("Its labels have too many different values to be classes")
    counts = [len(part) for part in parts]
    divided = len(order) == 2
    return Found(
        "IDX files",
        name_of(tree, one.folder),
        ArrayPictures(every, numbered(order, counts)),
        book,
        labels=labels_of_all,
        classes=classes,
        held_out=np.arange(len(every)) < counts[0] if divided else None,
        watched=_watched(tree, one),
    )


def _read(tree: Tree, name: str, ranks: tuple[int, ...]) -> NDArray[Any]:
    path = tree.path / name
    try:
        with tree.open(name) as stream:
            array = read_stream(stream, path)
    except PictureError as error:
        raise LabError(f"cannot be read: {error}", path) from None
    if array.ndim not in ranks or 0 in array.shape:
        shape = " x ".join(map(str, array.shape))
        expected = "pictures x rows x columns" if 3 in ranks else "one label per picture"
        raise LabError(f"is {shape}, expected {expected}", path)
    return array


def _labels(tree: Tree, name: str) -> NDArray[np.int64]:
    """A label for each picture; QMNIST has eight numbers, of which the first is the class."""
    array = _read(tree, name, ranks=(1, 2))
    return np.asarray(array if array.ndim == 1 else array[:, 0]).astype(np.int64)


def _mapping(tree: Tree, one: IdxSet, book: Notebook) -> dict[int, str] | None:
    """The names of the labels, if a file beside them has them."""
    for name in tree.others:
        folder, _, file = name.rpartition("/")
        if not one.stem or folder not in (one.folder, ""):
            continue
        if file.lower().startswith(one.stem) and file.lower().endswith("mapping.txt"):
            try:
                found = mapping_in(tree.read(name, _MAX_MAPPING_BYTES).decode("utf-8", "replace"))
            except PictureError as error:
                book.skip(name, str(error))
                continue
            if found:
                book.note(f"{shown(file)} says what the labels stand for")
                return found
    return None


def numbered(parts: Sequence[str], counts: Sequence[int]) -> Sequence[str]:
    """Names for pictures without any, "train/00012": two parts must not share numbers."""
    if len(parts) == 1:
        return NumberedNames("", range(counts[0]))
    return [
        name
        for part, count in zip(parts, counts, strict=True)
        for name in NumberedNames(f"{part}/", range(count))
    ]


def folders_of(tree: Tree, folder: str) -> list[str]:
    """The folders that a set is recognised by: those near it, from above the tree down to its own."""
    above = tree.path.absolute().parent.name if tree.kind == "folder" else ""
    return [part for part in (above, tree.name, *folder.split("/")) if part]


def name_of(tree: Tree, folder: str) -> str:
    """The name of a set: that of its folder, unless that only describes the contents."""
    telling = [part for part in folders_of(tree, folder) if part.lower() not in _RAW]
    return telling[-1] if telling else tree.name


def _watched(tree: Tree, one: IdxSet) -> tuple[Path, ...]:
    if tree.kind != "folder":
        return tree.watched
    files = [tree.path / name for name in (*one.images.values(), *one.labels.values())]
    return (tree.path, *(file.parent for file in files), *files)
