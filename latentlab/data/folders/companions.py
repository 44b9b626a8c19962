"""Finds companion pictures that belong to others: masks, label maps, ground truth.

    images/1.png, masks/1.png               JPEGImages/2.jpg, SegmentationClass/2.png
    test/cut/3.png, ground_truth/cut/3_mask.png

That a folder is called so is not enough: people with a mask and people with no mask are two classes. Beside
it there may be nothing but folders of images or parts of the set, and in these the same names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from latentlab.data.folders.name_forms import stem_of
from latentlab.data.folders.parts import is_neutral, part_name, words_of

_TELLING_WORDS = (
    "mask masks label labels annotation annotations segmentation segmentations gt groundtruth truth trimap "
    "trimaps"
)
_TELLING = frozenset(_TELLING_WORDS.split())
_BESIDE_WORDS = "ground class object instance semantic png pngs image images img imgs set data"
_BESIDE = frozenset(_BESIDE_WORDS.split())
_ENDS = re.compile(
    r"[-_. ](masks?|labels?|label[-_]?ids|gt|ground[-_]?truth|seg|segmentation|annotation|trimap)$",
    re.IGNORECASE,
)
# If a smaller share of them have a counterpart, they are something else.
_SHARE = 0.9


def companions_of(names: Sequence[str]) -> list[bool]:
    """Whether each picture, given the names of all, is a companion of another."""
    above = {folder: _above(folder) for folder in {name.rpartition("/")[0] for name in names}}
    beside: dict[str, set[str]] = {}
    for folders in above.values():
        for folder in folders:
            beside.setdefault(folder.rpartition("/")[0], set()).add(folder.rpartition("/")[2])
    apart = {parent for parent, children in beside.items() if _are_others(children)}
    inside = {
        folder
        for folder, folders in above.items()
        if any(one.rpartition("/")[0] in apart and _is_aside(one.rpartition("/")[2]) for one in folders)
    }
    aside = [name.rpartition("/")[0] in inside for name in names]
    if not inside:
        return aside
    stems = {_stem(name) for name, one in zip(names, aside, strict=True) if not one}
    owned = sum(
        _stem(name) in stems or _ENDS.sub("", _stem(name)) in stems
        for name, one in zip(names, aside, strict=True)
        if one
    )
    return aside if owned >= _SHARE * sum(aside) else [False] * len(names)


def _above(folder: str) -> list[str]:
    """A folder and its ancestors."""
    found = []
    while folder:
        found.append(folder)
        folder = folder.rpartition("/")[0]
    return found


def _is_aside(folder: str) -> bool:
    words = {word.lower() for word in words_of(folder)}
    return bool(words & _TELLING) and words <= _TELLING | _BESIDE


def _are_others(children: set[str]) -> bool:
    """Whether the folders other than companions hold only images or parts, and there is at least one."""
    others = [child for child in children if not _is_aside(child)]
    return bool(others) and all(is_neutral(child) or part_name(child) is not None for child in others)


def _stem(name: str) -> str:
    return stem_of(name.rpartition("/")[2])
