"""Derives parts and classes from the folders of pictures.

    cats/1.png, dogs/2.png                          two classes
    train/cats/1.png, test/cats/2.png               two parts; a class
    seg_train/seg_train/cats/1.png, dev/7.png       the same under other names; of 7.png no class is known
    cats/train/1.png, cats/test/2.png               the parts below the class
    trainA/1.png, testB/2.png                       two classes, A and B, as CycleGAN's sets have them
    00000/img00000007.png, 00001/img00001000.png    folders that only divide (see `shards`)
    a/abbey/1.png, b/bar/2.png                      initials only divide as well
    img_align/1.png, img_align/2.png                one folder around everything says nothing

Names are relative, with "/" between, whatever holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from latentlab.data.folders.part_levels import take_parts
from latentlab.data.folders.parts import (
    APPLY,
    TEST,
    VALIDATION,
    is_neutral,
    part_name,
)
from latentlab.data.folders.places import Place, listed_folders, unwrap
from latentlab.data.folders.shards import are_initials, only_divide
from latentlab.data.limits import MAX_CLASSES
from latentlab.data.natural import in_natural_order
from latentlab.data.report import shown

# If more than this share of the pictures lie outside the folders, these are not classes.
_LOOSE_SHARE = 0.5
# Companions beside a folder of images.
_ASIDE_WORDS = (
    "mask masks annotations labels segmentation segmentations gt groundtruth ground_truth depth edges"
)
_ASIDES = frozenset(_ASIDE_WORDS.split())


@dataclass(frozen=True, eq=False)
class Sorted:
    """The result for all names.

    Attributes:
        labels: the class of each, -1 for unknown; None if there are no classes.
        classes: the names of the classes, in natural order.
        held_out: which are for testing, or None.
        notes: how the names were interpreted, a sentence each.
        why_none: why there are no classes, a sentence.
    """

    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    held_out: NDArray[np.bool_] | None
    notes: tuple[str, ...]
    why_none: str = ""


def sort_by_folder(names: Sequence[str]) -> Sorted:
    """The classes and parts of pictures, by their folders."""
    places: dict[str, Place] = {}
    number: dict[str, int] = {}
    of_each = np.empty(len(names), dtype=np.intp)
    for index, name in enumerate(names):
        folder, _, file = name.rpartition("/")
        if folder not in places:
            places[folder] = Place(tuple(folder.split("/")) if folder else (), [])
            number[folder] = len(number)
        places[folder].files.append(file)
        of_each[index] = number[folder]
    found, notes = list(places.values()), list[str]()
    unwrap(found)
    _take_copies(found, notes)
    take_parts(found, notes)
    _take_shards(found, notes)
    classes, of_place, why_none = _classes(found, set(places), notes)
    labels = np.array(of_place, dtype=np.int64)[of_each] if classes else None
    return Sorted(labels, classes, _held_out(found, of_each), tuple(notes), why_none)


def _take_copies(places: list[Place], notes: list[str]) -> None:
    """Removes a folder that duplicates its siblings: yes, no and set/yes, set/no."""
    inside: dict[str, set[str]] = {}
    for place in places:
        if place.path:
            inside.setdefault(place.top, set()).add("/".join(place.path[1:2]))
    for top, folders in inside.items():
        if len(folders) > 1 and folders <= set(inside) - {top}:
            for place in places:
                if place.top == top:
                    place.path = place.path[1:]
            notes.append(f"{shown(top)} repeats the folders beside it, and is not a class")


def _take_shards(places: list[Place], notes: list[str]) -> None:
    """Removes folders that only divide their contents."""
    while len(tops := {place.top for place in places} - {""}) > 1:
        of_part: dict[str, dict[str, list[str]]] = {}
        for place in places:
            if place.path:
                of_part.setdefault(place.of_part, {}).setdefault(place.top, []).extend(place.files)
        # The part with the most folders decides for the others.
        largest = max(of_part.values(), key=len)
        if not are_initials(place.path for place in places) and (
            len(largest) < 2 or not only_divide(largest)
        ):
            return
        for place in places:
            place.path = place.path[1:]
        first, *_, last = in_natural_order(tops)
        notes.append(
            f"The {len(tops):,} folders {shown(first)} to {shown(last)} only divide the pictures, "
            "and are not classes"
        )
        unwrap(places)


def _classes(
    places: list[Place], folders: set[str], notes: list[str]
) -> tuple[tuple[str, ...], list[int], str]:
    """The classes, the class of each place, and why there are none.

    Args:
        places: after parts and shards were removed.
        folders: the original folders, "" for none.
        notes: receive the notes.
    """
    spelling = _united(places, notes)
    read = {name: found for name in spelling if (found := part_name(name)) is not None}
    unlabelled = {name for name, found in read.items() if found.part == APPLY and not found.rest}
    if len(set(spelling.values()) - unlabelled) > 1:
        for name in unlabelled:
            spelling[name] = ""
            notes.append(f"The pictures of {shown(name)} have no class")
    tops = [spelling.get(place.top, "") for place in places]
    classes = in_natural_order(set(tops) - {""})
    if len(classes) < 2:
        where = "There are no class folders"
        if not notes and folders != {""}:
            where = "All pictures lie in one folder" if len(folders) == 1 else "There is only one folder"
        return (), [], f"{where}, so there are no classes"
    if all(is_neutral(name) or name.lower() in _ASIDES for name in classes):
        return (
            (),
            [],
            f"The folders {listed_folders(classes)} do not look like classes by their names, so "
            "there are no classes",
        )
    if len(classes) > MAX_CLASSES:
        many = f"There are {len(classes):,} folders that might be classes, over the limit of {MAX_CLASSES:,}"
        return (), [], f"{many}, so there are no classes"
    # Pictures of a part outside all class folders do not rule out classes in the other parts.
    sorted_parts = {place.of_part for place, name in zip(places, tops, strict=True) if name}
    judged = outside = 0
    for place, name in zip(places, tops, strict=True):
        if place.of_part in sorted_parts and place.top not in unlabelled:
            judged += len(place.files)
            outside += 0 if name else len(place.files)
    if outside > _LOOSE_SHARE * judged:
        most = f"Of {judged:,} pictures {outside:,} lie outside the folders {listed_folders(classes)}"
        return (), [], f"{most}, so these are not used as classes"
    if outside:
        notes.append(f"{_pictures(outside)} outside the class folders: the class is unknown")
    for part in sorted({place.of_part for place in places} - sorted_parts):
        count = sum(len(place.files) for place in places if place.of_part == part)
        where = f"in {shown(part)}, without class folders" if part else "outside the parts"
        notes.append(f"{_pictures(count)} {where}: the class is unknown")
    number = {name: index for index, name in enumerate(classes)}
    return tuple(classes), [number.get(name, -1) for name in tops], ""


def _united(places: list[Place], notes: list[str]) -> dict[str, str]:
    """Each folder's name and the spelling of its class: Cat for training and cat for testing are one.

    Where one part has both, they are two.
    """
    alike: dict[str, dict[str, int]] = {}
    parts: dict[str, set[str]] = {}
    for place in places:
        if place.top:
            counts = alike.setdefault(place.top.casefold().strip(), {})
            counts[place.top] = counts.get(place.top, 0) + len(place.files)
            parts.setdefault(place.top, set()).add(place.of_part)
    spelling: dict[str, str] = {}
    for counts in alike.values():
        apart = any(parts[a] & parts[b] for a, b in combinations(counts, 2)) if len(counts) > 1 else False
        usual = max(counts, key=lambda name: (counts[name], name))
        spelling |= {name: name if apart else usual for name in counts}
        if len(counts) > 1 and not apart:
            notes.append(f"The folders {listed_folders(counts)} are merged into one class")
    return spelling


def _held_out(places: list[Place], of_each: NDArray[np.intp]) -> NDArray[np.bool_] | None:
    """Which pictures are held out; those for validation, where there are none for testing."""
    parts = {place.part for place in places}
    testing = TEST if TEST in parts else VALIDATION
    if testing not in parts or parts == {testing}:
        return None
    return np.array([place.part == testing for place in places], dtype=bool)[of_each]


def _pictures(count: int) -> str:
    return "1 picture lies" if count == 1 else f"{count:,} pictures lie"
