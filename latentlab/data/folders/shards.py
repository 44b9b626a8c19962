"""Tells folders that only divide a large set from class folders: 00000, ...; part1, part2; 00 to ff; a to z.

Class folders may have numbers for names as well: 0 to 9, or 00000 to 00042. They differ in their files:
shards are cut from one long sequence of pictures, so the numbers of their files continue from one folder to
the next; classes number their files independently, or in any order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

_NUMBERED = re.compile(
    r"(parts?|shards?|(data[-_ ]?)?batch(es)?|chunks?|blocks?|folds?|vol(ume)?s?|dis[ck]s?|dirs?"
    r"|(new |sub)?folders?|subsets?|archives?|segments?|tars?|buckets?|packs?|packages?|sets?|datasets?|data"
    r"|images?|imgs?|pictures?|photos?|pics?)[-_ .]*\(?[0-9]+\)?",
    re.IGNORECASE,
)
# The same words behind the name of what is divided: HAM10000_images_part_1, HAM10000_images_part_2.
_NUMBERED_OF = re.compile(
    r"(.+[-_. ](?:parts?|shards?|batch(?:es)?|chunks?|folds?|vol(?:ume)?s?|dis[ck]s?))[-_. ]*[0-9]+",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"part[-_ ]?[a-z]", re.IGNORECASE)
_RANGE = re.compile(r"([0-9]+)(?:[-_~]|\.\.|[-_ ]to[-_ ])([0-9]+)")
_HEX = re.compile(r"[0-9a-f]{2,3}")
_LAST_NUMBER = re.compile(r"([0-9]+)[^0-9]*$")
# From this many pictures in a folder on, exactly equal sizes are no coincidence.
_FULL = 50
_LEAST_STEP = 10


def only_divide(files: Mapping[str, Sequence[str]]) -> bool:
    """Whether some sibling folders only divide their pictures.

    Args:
        files: the folders' names, each with its file names.
    """
    names = list(files)
    if all(_NUMBERED.fullmatch(name) for name in names) or all(_LETTERED.fullmatch(name) for name in names):
        return True
    of = {found[1].casefold() if (found := _NUMBERED_OF.fullmatch(name)) else None for name in names}
    if len(of) == 1 and None not in of:
        return True
    if all(name.isascii() and name.isdecimal() for name in names):
        return _numbers_divide({int(name): of_it for name, of_it in files.items()}, names)
    if all(_RANGE.fullmatch(name) for name in names):
        return all(_lies_within(name, of_it) for name, of_it in files.items())
    if len(names) >= 8 and all(_HEX.fullmatch(name) for name in names):
        return all(file.lower().startswith(name) for name, of_it in files.items() for file in of_it)
    return False


def are_initials(paths: Iterable[Sequence[str]]) -> bool:
    """Whether the first folder of each path is the initial of the second: a/abbey, b/bar."""
    return all(
        len(path) > 1 and len(path[0]) == 1 and path[0].isalpha() and path[1][:1].lower() == path[0].lower()
        for path in paths
    )


def _numbers_divide(files: dict[int, Sequence[str]], names: list[str]) -> bool:
    if len(files) < len(names):
        return False
    widths = {len(name) for name in names}
    padded = len(widths) == 1 and any(name.startswith("0") for name in names)
    width = max(widths)
    order = sorted(files)
    step = math.gcd(*(after - before for before, after in pairwise(order)))
    numbers = {number: [_number(file) for file in files[number]] for number in order}
    if any(found is None for of_it in numbers.values() for found in of_it):
        return padded and width >= 3 and _cut_evenly([len(files[number]) for number in order])
    known = {number: [found for found in of_it if found is not None] for number, of_it in numbers.items()}
    if step >= _LEAST_STEP and all(
        number <= found < number + step for number, of_it in known.items() for found in of_it
    ):
        return True
    if not padded or width < 2:
        return False
    every = [found for of_it in known.values() for found in of_it]
    if len(set(every)) == len(every) > len(files):
        goes_on = all(max(known[before]) < min(known[after]) for before, after in pairwise(order))
        if goes_on and (width >= 3 or max(every) - min(every) + 1 == len(every)):
            return True
        # Or they are distributed by the last digits of their numbers.
        for base in (10**width, 10 ** (width - 1)):
            if width >= 3 and all(one % base == number for number, of_it in known.items() for one in of_it):
                return True
    return width >= 3 and _cut_evenly([len(files[number]) for number in order])


def _cut_evenly(counts: list[int]) -> bool:
    """Whether all are full except the last."""
    return min(counts[:-1]) == max(counts[:-1]) >= _FULL and counts[-1] < counts[0]


def _lies_within(name: str, files: Sequence[str]) -> bool:
    """Whether the files of a folder named by a range have numbers in this range."""
    match = _RANGE.fullmatch(name)
    if match is None:
        return False
    low, high = int(match[1]), int(match[2])
    return high - low >= _LEAST_STEP and all(
        (number := _number(file)) is not None and low <= number <= high for file in files
    )


def _number(file: str) -> int | None:
    """The last number in a file's name, without the suffix."""
    match = _LAST_NUMBER.search(file.rpartition(".")[0] or file)
    return None if match is None else int(match[1][-18:])
