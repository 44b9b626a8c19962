"""MNIST's files and those that are made like them: which belong together, and what their classes are called.

train-images-idx3-ubyte.gz   train-labels-idx1-ubyte.gz
t10k-images-idx3-ubyte.gz    t10k-labels-idx1-ubyte.gz
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.data.idx import read_idx, read_pair
from latentlab.data.limits import MAX_CLASSES
from latentlab.data.report import Notebook
from latentlab.data.source import ArrayPictures, Found
from latentlab.errors import LabError

_IMAGES = re.compile(r"(?P<stem>.*?)images(?P<mark>[-._])idx3(?P<rest>[-._]ubyte(\.gz)?)", re.IGNORECASE)
_LABELS = re.compile(r"labels[-._]idx1", re.IGNORECASE)
_TEST = re.compile("t10k|test", re.IGNORECASE)
FASHION = (
    *("T-shirt", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


def is_images_file(path: Path) -> bool:
    """Whether a file is called like the images of an IDX pair."""
    return _IMAGES.fullmatch(path.name) is not None


def find_idx_folder(folder: Path) -> Found | None:
    """The IDX pairs in a folder, for training and testing; None if it holds none.

    Raises:
        LabError: if they are damaged, or there is more than one pair for a split.
    """
    files = sorted(path for path in folder.iterdir() if is_images_file(path))
    if not files:
        return None
    test = [path for path in files if _TEST.search(path.name)]
    train = [path for path in files if path not in test]
    # Fetched twice, packed and unpacked, a set is still one set.
    test, train = _unpacked_first(test), _unpacked_first(train)
    if len(test) > 1 or len(train) > 1:
        listed = ", ".join(path.name for path in train + test)
        raise LabError(f"holds several data sets ({listed})", folder, "Choose one of the images files")
    return _found(folder.name, test + train, len(test) == len(train))


def find_idx_file(path: Path) -> Found:
    """One IDX file of images, with its labels if they lie beside it."""
    if _LABELS.search(path.name):
        raise LabError("holds labels; choose the file of the images", path)
    return _found(path.parent.name, [path], False)


def _found(name: str, files: list[Path], divided: bool) -> Found:
    book, watched = Notebook(), [files[0].parent, *files]
    parts: list[NDArray[np.uint8]] = []
    numbers: list[NDArray[np.uint8]] = []
    for path in files:
        labels = _labels_beside(path)
        if labels is None:
            images = read_idx(path)
            if images.ndim != 3 or 0 in images.shape:
                shape = " x ".join(map(str, images.shape))
                raise LabError(f"is {shape}, expected pictures x rows x columns", path)
            book.note(f"No labels lie beside {path.name}, so there are no classes")
        else:
            images, of_these = read_pair(path, labels)
            numbers.append(of_these)
            watched.append(labels)
        parts.append(images)
    if len({part.shape[1:] for part in parts}) > 1:
        raise LabError("has pictures of other sides than the one for training", files[0])
    every = np.concatenate(parts) if len(parts) > 1 else parts[0]
    labels_of_all = np.concatenate(numbers).astype(np.int64) if len(numbers) == len(parts) else None
    classes: tuple[str, ...] = ()
    if labels_of_all is not None:
        classes = _classes(name, int(labels_of_all.max()))
    return Found(
        "IDX files",
        name,
        ArrayPictures(every),
        book,
        labels=labels_of_all if classes else None,
        classes=classes,
        held_out=np.arange(len(every)) < len(parts[0]) if divided else None,
        watched=tuple(watched),
    )


def _classes(name: str, highest: int) -> tuple[str, ...]:
    if "fashion" in name.lower() and highest < len(FASHION):
        return FASHION
    return tuple(map(str, range(highest + 1))) if highest < MAX_CLASSES else ()


def _labels_beside(path: Path) -> Path | None:
    match = _IMAGES.fullmatch(path.name)
    if match is None:
        return None
    stem, mark, rest = match["stem"], match["mark"], match["rest"]
    plain = rest[:-3] if match[4] else rest
    names = (
        f"{stem}labels{mark}idx1{rest}",
        f"{stem}labels{mark}idx1{plain}",
        f"{stem}labels{mark}idx1{plain}.gz",
    )
    return next((found for name in names if (found := path.with_name(name)).is_file()), None)


def _unpacked_first(paths: list[Path]) -> list[Path]:
    plain = {path.name for path in paths if path.suffix.lower() != ".gz"}
    return [path for path in paths if path.suffix.lower() != ".gz" or path.stem not in plain]
