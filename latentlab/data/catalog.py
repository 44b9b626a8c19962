"""The data sets that can be asked for by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from latentlab.data.idx import read_pair
from latentlab.data.image_set import ImageSet
from latentlab.errors import LabError
from latentlab.shipped import DATASETS

SPLITS = ("train", "test", "all")
_IDX_STEMS = {"train": "train", "test": "t10k"}


@dataclass(frozen=True)
class Entry:
    """A data set of the catalog: what it is called, what it holds, and who reads a split of it."""

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


CATALOG = {
    entry.name: entry for entry in (Entry("mnist", "70,000 handwritten digits, 28 x 28 grey", _read_mnist),)
}


def load(name: str, split: str = "test") -> ImageSet:
    """A split ("train", "test" or "all": test first, then train) of a data set that ships.

    Raises:
        LabError: for a name or split that does not exist, or a damaged file.
    """
    if name not in CATALOG:
        raise LabError(f"no data set is called {name!r}", hint=f"Known: {', '.join(CATALOG)}")
    if split not in SPLITS:
        raise LabError(f"no split is called {split!r}", hint=f"Known: {', '.join(SPLITS)}")
    entry, folder = CATALOG[name], DATASETS / name
    if split != "all":
        return entry.read(folder, split)
    return _join(entry.read(folder, "test"), entry.read(folder, "train"))


def _join(first: ImageSet, second: ImageSet) -> ImageSet:
    """Both splits; the numbers of the first one's pictures stay what they were."""
    labels = None
    if first.labels is not None and second.labels is not None:
        labels = torch.cat([first.labels, second.labels])
    return ImageSet(
        name=first.name,
        split="all",
        images=torch.cat([first.images, second.images]),
        labels=labels,
        classes=first.classes,
    )
