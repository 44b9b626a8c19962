"""Removes the folders of a set's parts from picture paths: train, test, trainA, unlabelled."""

from __future__ import annotations

from collections.abc import Collection

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
from latentlab.data.folders.places import Place, listed_folders, unwrap
from latentlab.data.report import shown

_DEEPEST_PARTS = 3


def take_parts(places: list[Place], notes: list[str]) -> None:
    """Removes the folders of the parts from the paths, at whatever level they are."""
    for depth in range(_DEEPEST_PARTS):
        names = {place.path[depth] for place in places if len(place.path) > depth}
        parts = part_folders(names)
        kinds = {found.part for found in parts.values()}
        # Below the first level there may be only parts: a class of trains among vehicles is not a part.
        if not parts or (depth and (len(parts) < len(names) or len(kinds) < 2)):
            continue
        # Beside a part for testing, a single other folder is the training part.
        lone = not depth and len(names - set(parts)) == 1 and _holds_folders(places, names - set(parts))
        _take_level(places, depth, parts, others_too=TRAIN in kinds or lone)
        if not depth:
            _take_lone(places, notes)
        unwrap(places)
        listed, told = listed_folders(parts), _told_apart(kinds)
        if len(parts) == 1:
            notes.append(f"The folder {listed} is a part of the data set, not a class{told}")
        else:
            notes.append(f"The folders {listed} are parts of the data set, not classes{told}")
        return


def _holds_folders(places: list[Place], tops: Collection[str]) -> bool:
    """Whether these folders have files in more than one subfolder, and nowhere else."""
    inside = {place.path[1:2] for place in places if place.top in tops}
    return len(inside) > 1 and () not in inside


def _told_apart(kinds: set[str]) -> str:
    """The note on how the parts were taken."""
    told = []
    testing = TEST if TEST in kinds else VALIDATION
    if testing in kinds:
        told.append(f"{'test' if testing == TEST else 'validation'} pictures are held out")
    if APPLY in kinds:
        told.append("pictures for prediction or without labels are used for training without a class")
    return f": {', '.join(told)}" if told else ""


def _take_level(places: list[Place], depth: int, parts: dict[str, PartName], *, others_too: bool) -> None:
    """Removes one level from the paths: that of the parts, and of neutral folders beside them."""
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
        # trainA, trainB: the rest of the names are the classes.
        for place in in_parts:
            found = parts[place.of_part]
            place.path = (found.rest_as_written,) if found.rest_as_written and found.part != APPLY else ()


def _unwrap_part(places: list[Place], name: str) -> None:
    """Within a part, only a neutral folder is removed: a part may hold a single class."""
    while len(tops := {place.top for place in places}) == 1 and "" not in tops:
        (top,) = tops
        if top.casefold() != name.casefold() and not is_neutral(top) and part_name(top) is None:
            return
        for place in places:
            place.path = place.path[1:]


def _take_lone(places: list[Place], notes: list[str]) -> None:
    """Removes the only folder of a part that is not for training, where the classes have other names.

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
            notes.append(f"{shown(top)}, the only folder in {shown(name)}, is not a class")


def _alike(some: Collection[str], others: Collection[str]) -> bool:
    """Whether two of them differ only in the case of letters."""
    return not {name.casefold().strip() for name in some}.isdisjoint(
        name.casefold().strip() for name in others
    )
