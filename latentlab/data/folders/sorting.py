"""What the folders that pictures lie in say about them: parts and classes.

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

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from latentlab.data.folders.parts import (
    APPLY,
    TEST,
    TRAIN,
    VALIDATION,
    PartName,
    is_neutral,
    part_folders,
    part_name,
)
from latentlab.data.folders.shards import are_initials, only_divide
from latentlab.data.limits import MAX_CLASSES
from latentlab.data.natural import in_natural_order
from latentlab.data.report import shown, some_shown

_DEEPEST_PARTS = 3
# Where more of the pictures than this lie outside the folders, these are something else than classes.
_LOOSE_SHARE = 0.5
_LISTED = 4
# What lies beside a folder of images and belongs to each of them.
_ASIDE_WORDS = (
    "mask masks annotations labels segmentation segmentations gt groundtruth ground_truth depth edges"
)
_ASIDES = frozenset(_ASIDE_WORDS.split())


@dataclass(frozen=True, eq=False)
class Sorted:
    """What names say.

    Attributes:
        labels: the class of each, -1 where none is known; None if there are no classes.
        classes: the names of the classes, in natural order.
        held_out: which are for testing, or None.
        notes: what was taken for what, a sentence each.
        why_none: where there are no classes, a sentence that says why.
    """

    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]
    held_out: NDArray[np.bool_] | None
    notes: tuple[str, ...]
    why_none: str = ""


@dataclass
class _Place:
    """A folder in which files lie.

    Attributes:
        path: the folders that lead to it, as far as they are not understood yet.
        files: their names without the folder.
        part: which part of the set it belongs to, or None.
        of_part: the name of that part's folder, or "".
    """

    path: tuple[str, ...]
    files: list[str]
    part: str | None = None
    of_part: str = ""

    @property
    def top(self) -> str:
        return self.path[0] if self.path else ""


def sort_by_folder(names: Sequence[str]) -> Sorted:
    """The classes and parts of pictures, by the folders they lie in."""
    places: dict[str, _Place] = {}
    number: dict[str, int] = {}
    of_each = np.empty(len(names), dtype=np.intp)
    for index, name in enumerate(names):
        folder, _, file = name.rpartition("/")
        if folder not in places:
            places[folder] = _Place(tuple(folder.split("/")) if folder else (), [])
            number[folder] = len(number)
        places[folder].files.append(file)
        of_each[index] = number[folder]
    found, notes = list(places.values()), list[str]()
    _unwrap(found)
    _take_copies(found, notes)
    _take_parts(found, notes)
    _take_shards(found, notes)
    classes, of_place, why_none = _classes(found, set(places), notes)
    labels = np.array(of_place, dtype=np.int64)[of_each] if classes else None
    return Sorted(labels, classes, _held_out(found, of_each), tuple(notes), why_none)


def _unwrap(places: list[_Place]) -> None:
    """Takes off the folders that all share; files that lie beside such a folder stay outside."""
    while len({place.top for place in places} - {""}) == 1:
        for place in places:
            place.path = place.path[1:]


def _take_parts(places: list[_Place], notes: list[str]) -> None:
    """Takes the folders of the parts off the paths, on whatever level they are."""
    for depth in range(_DEEPEST_PARTS):
        names = {place.path[depth] for place in places if len(place.path) > depth}
        parts = part_folders(names)
        kinds = {found.part for found in parts.values()}
        # Below the first level there may be nothing but parts: a class of trains among vehicles is none.
        if not parts or (depth and (len(parts) < len(names) or len(kinds) < 2)):
            continue
        # Beside a part for testing alone, the only other folder is the one to learn from.
        lone = not depth and len(names - set(parts)) == 1 and _holds_folders(places, names - set(parts))
        _take_level(places, depth, parts, others_too=TRAIN in kinds or lone)
        if not depth:
            _take_lone(places, notes)
        _unwrap(places)
        listed, told = _listed(parts), _told_apart(kinds)
        if len(parts) == 1:
            notes.append(f"The folder {listed} is a part of the set, not a class{told}")
        else:
            notes.append(f"The folders {listed} are parts of the set, not classes{told}")
        return


def _holds_folders(places: list[_Place], tops: Collection[str]) -> bool:
    """Whether in these folders files lie in more than one folder, and nowhere else."""
    inside = {place.path[1:2] for place in places if place.top in tops}
    return len(inside) > 1 and () not in inside


def _take_copies(places: list[_Place], notes: list[str]) -> None:
    """Takes off a folder that holds what lies beside it once more: yes, no and set/yes, set/no."""
    inside: dict[str, set[str]] = {}
    for place in places:
        if place.path:
            inside.setdefault(place.top, set()).add("/".join(place.path[1:2]))
    for top, folders in inside.items():
        if len(folders) > 1 and folders <= set(inside) - {top}:
            for place in places:
                if place.top == top:
                    place.path = place.path[1:]
            notes.append(f"{shown(top)} holds the folders that lie beside it once more, and is no class")


def _told_apart(kinds: set[str]) -> str:
    """What becomes of the parts, for the note."""
    told = []
    testing = TEST if TEST in kinds else VALIDATION
    if testing in kinds:
        told.append(f"what is for {'testing' if testing == TEST else 'validation'} is held out")
    if APPLY in kinds:
        told.append("what is for prediction or has no labels is learnt from without a class")
    return f": {', '.join(told)}" if told else ""


def _take_level(places: list[_Place], depth: int, parts: dict[str, PartName], *, others_too: bool) -> None:
    """Takes one level off the paths: that of the parts, and of the folders beside them if those are none."""
    for place in places:
        if len(place.path) <= depth:
            continue
        name = place.path[depth]
        if name in parts:
            place.part, place.of_part = parts[name].part, name
        elif not others_too:
            continue
        place.path = place.path[:depth] + place.path[depth + 1 :]
    if depth:
        return
    for name in parts:
        _unwrap_part([place for place in places if place.of_part == name], name)
    rests: dict[str, set[str]] = {}
    for found in parts.values():
        rests.setdefault(found.part, set()).add(found.rest)
    in_parts = [place for place in places if place.of_part]
    if max(map(len, rests.values())) > 1 and not any(place.path for place in in_parts):
        # trainA, trainB: what else the names say are the classes.
        for place in in_parts:
            found = parts[place.of_part]
            place.path = (found.rest_as_written,) if found.rest_as_written and found.part != APPLY else ()


def _unwrap_part(places: list[_Place], name: str) -> None:
    """Within one part, only a folder that says nothing is taken off: a part may hold a single class."""
    while len(tops := {place.top for place in places}) == 1 and "" not in tops:
        (top,) = tops
        if top.casefold() != name.casefold() and not is_neutral(top) and part_name(top) is None:
            return
        for place in places:
            place.path = place.path[1:]


def _take_lone(places: list[_Place], notes: list[str]) -> None:
    """Takes off the only folder of a part that is not for training, where the classes have other names.

    As in test/unknown/1.png beside train/cat/2.png and train/dog/3.png.
    """
    for name in {place.of_part for place in places if place.of_part and place.part != TRAIN}:
        own = [place for place in places if place.of_part == name]
        tops = {"" if len(place.path) > 1 else place.top for place in own}
        others = {place.top for place in places if place.of_part != name} - {""}
        numbers = all(top.isdecimal() for top in tops | others)
        if len(tops) == 1 and "" not in tops and len(others) > 1 and not (numbers or _alike(tops, others)):
            for place in own:
                place.path = place.path[1:]
            (top,) = tops
            notes.append(f"{shown(top)}, the only folder in {shown(name)}, is no class of the others")


def _alike(some: Collection[str], others: Collection[str]) -> bool:
    """Whether two of them differ in no more than the case of letters."""
    return not {name.casefold().strip() for name in some}.isdisjoint(
        name.casefold().strip() for name in others
    )


def _take_shards(places: list[_Place], notes: list[str]) -> None:
    """Takes off folders that only divide what lies in them."""
    while len(tops := {place.top for place in places} - {""}) > 1:
        of_part: dict[str, dict[str, list[str]]] = {}
        for place in places:
            if place.path:
                of_part.setdefault(place.of_part, {}).setdefault(place.top, []).extend(place.files)
        # The part with the most folders is judged; the others follow it.
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
            "they are no classes"
        )
        _unwrap(places)


def _classes(
    places: list[_Place], folders: set[str], notes: list[str]
) -> tuple[tuple[str, ...], list[int], str]:
    """The classes, which of them each place is of, and why there are none.

    Args:
        places: as far as their parts and shards are understood.
        folders: the folders as they are, "" for none.
        notes: are told.
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
        where = "There are no folders of classes"
        if not notes and folders != {""}:
            where = "All pictures lie in one folder" if len(folders) == 1 else "There is only one folder"
        return (), [], f"{where}, so there are no classes"
    if all(is_neutral(name) or name.lower() in _ASIDES for name in classes):
        return (
            (),
            [],
            f"The folders {_listed(classes)} are no classes by their names, so there are no classes",
        )
    if len(classes) > MAX_CLASSES:
        many = f"There are {len(classes):,} folders that might be classes, over the limit of {MAX_CLASSES:,}"
        return (), [], f"{many}, so there are no classes"
    # Where no picture of a part lies in a folder of a class, that says nothing against those of the others.
    sorted_parts = {place.of_part for place, name in zip(places, tops, strict=True) if name}
    judged = outside = 0
    for place, name in zip(places, tops, strict=True):
        if place.of_part in sorted_parts and place.top not in unlabelled:
            judged += len(place.files)
            outside += 0 if name else len(place.files)
    if outside > _LOOSE_SHARE * judged:
        most = f"Of {judged:,} pictures {outside:,} lie outside the folders {_listed(classes)}"
        return (), [], f"{most}, so these are not taken for classes"
    if outside:
        notes.append(f"{_pictures(outside)} outside the folders of classes: the class is not known")
    for part in sorted({place.of_part for place in places} - sorted_parts):
        count = sum(len(place.files) for place in places if place.of_part == part)
        where = f"in {shown(part)}, without folders of classes" if part else "outside the parts"
        notes.append(f"{_pictures(count)} {where}: the class is not known")
    number = {name: index for index, name in enumerate(classes)}
    return tuple(classes), [number.get(name, -1) for name in tops], ""


def _united(places: list[_Place], notes: list[str]) -> dict[str, str]:
    """Each folder's name and how its class is spelt: Cat for training and cat for testing are one.

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
            notes.append(f"The folders {_listed(counts)} are taken for one class")
    return spelling


def _held_out(places: list[_Place], of_each: NDArray[np.intp]) -> NDArray[np.bool_] | None:
    """Which pictures are held out; those for validation are, where there are none for testing."""
    parts = {place.part for place in places}
    testing = TEST if TEST in parts else VALIDATION
    if testing not in parts or parts == {testing}:
        return None
    return np.array([place.part == testing for place in places], dtype=bool)[of_each]


def _pictures(count: int) -> str:
    return "1 picture lies" if count == 1 else f"{count:,} pictures lie"


def _listed(names: Collection[str]) -> str:
    return some_shown(in_natural_order(set(names)), _LISTED)
