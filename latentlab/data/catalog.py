"""The catalogue of data sets that ship, and loading of any data by spec."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from latentlab.data.arrays.idx import read_pair
from latentlab.data.arrays.npz import find_npz
from latentlab.data.image_set import ImageSet, join
from latentlab.data.opening import open_data, read_found
from latentlab.data.reading import pixels
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.source import ArrayPictures, Found
from latentlab.data.spec import ReadingOptions, Spec
from latentlab.data.stopping import require_wanted
from latentlab.errors import LabError
from latentlab.shipped import DATASETS

SPLITS = ("train", "test", "all")
_IDX_STEMS = {"train": "train", "test": "t10k"}


@dataclass(frozen=True)
class Entry:
    """A data set of the catalog: its title, its contents, and the reader of a split."""

    name: str
    title: str
    read: Callable[[Path, str], ImageSet]


def _read_mnist(folder: Path, split: str) -> ImageSet:
    stem = _IDX_STEMS[split]
    images, labels = read_pair(
        folder / f"{stem}-images-idx3-ubyte.gz", folder / f"{stem}-labels-idx1-ubyte.gz"
    )
    return ImageSet(
        name="mnist",
        split=split,
        images=torch.from_numpy(images).unsqueeze(1),
        labels=torch.from_numpy(labels).long(),
        classes=tuple("0123456789"),
    )


def _read_faces(folder: Path, split: str) -> ImageSet:
    path = folder / "faces.npz"
    # Their split is part of the set: the models that ship were evaluated on it.
    return read_found(find_npz(path), ReadingOptions(dealt="count"), path).split(split)


CATALOG = {
    entry.name: entry
    for entry in (
        Entry("mnist", SHIPPED_SETS["mnist"].title, _read_mnist),
        Entry("faces", SHIPPED_SETS["faces"].title, _read_faces),
    )
}


def load(spec: str, split: str = "test") -> ImageSet:
    """A split ("train", "test" or "all": test first, then train) of a data set.

    Args:
        spec: a name of the catalog or a path, with options after "::" (see `latentlab.data.spec`).
        split: which part of it.

    Raises:
        LabError: for a name, path or split that does not exist, or a damaged file.
    """
    wanted = Spec.parse(spec)
    name = wanted.source
    if name not in CATALOG and not is_path(name):
        raise LabError(
            f"no data set is called {name!r}", hint=f"Known: {', '.join(CATALOG)}, or the path of your own"
        )
    if split not in SPLITS:
        raise LabError(f"no split is called {split!r}", hint=f"Known: {', '.join(SPLITS)}")
    if name in CATALOG and wanted.options.columns:
        raise LabError(f"{name} has no table to choose columns from")
    if name not in CATALOG:
        return open_data(spec).split(split)
    entry, folder = CATALOG[name], DATASETS / name
    if split == "all":
        test = entry.read(folder, "test")
        require_wanted()
        train = entry.read(folder, "train")
        require_wanted()
        data = join(test, train)
    else:
        data = entry.read(folder, split)
    options = replace(wanted.options, dealt=ReadingOptions().dealt)
    return data if options == ReadingOptions() else _prepared(data, options)


def _prepared(data: ImageSet, options: ReadingOptions) -> ImageSet:
    """The same pictures, read in another way."""
    array = data.images[:, 0] if data.shape[0] == 1 else data.images.permute(0, 2, 3, 1)
    found = Found("catalog", data.name, ArrayPictures(array.numpy()))
    decoded = pixels(found, np.arange(len(data)), options)
    return replace(data, images=torch.from_numpy(decoded.images), keyed=data.keys)


def is_path(source: str) -> bool:
    """Whether the source of a spec, if it is not a name of the catalog, is meant as a path."""
    apart = [os.sep, "/"] if os.altsep is None else [os.sep, os.altsep]
    return any(mark in source for mark in apart) or source[:1] in ("~", ".") or os.path.exists(source)
