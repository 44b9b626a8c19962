"""The user's own data opened most recently, as the settings store them."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass

from latentlab.data.spec import Spec
from latentlab.errors import LabError

MOST = 5
# No readable picture has more (see `latentlab.data.limits`), and no data set as many.
_LARGEST_SIDE, _MOST_PICTURES = 4096, 10**9


@dataclass(frozen=True)
class RecentData:
    """A data spec, the shape (C, H, W) of each picture, and how many there were.

    0 if unknown: earlier versions did not store it.
    """

    spec: str
    shape: tuple[int, int, int]
    count: int = 0


def with_newest(known: tuple[RecentData, ...], newest: RecentData) -> tuple[RecentData, ...]:
    """The newest first, each spec once, at most five."""
    return (newest, *(one for one in known if one.spec != newest.spec))[:MOST]


def to_text(known: tuple[RecentData, ...]) -> str:
    """One line that `from_text` reads."""
    return json.dumps([astuple(one) for one in known])


def from_text(text: str) -> tuple[RecentData, ...]:
    """The entries of such a line; invalid ones, as of another version, are left out."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(rows, list):
        return ()
    read = [_read(row) for row in rows[:MOST]]
    return tuple(one for one in read if one is not None)


def _read(row: object) -> RecentData | None:
    match row:
        case [str(spec), [int(planes), int(height), int(width)], *more]:
            try:
                Spec.parse(spec)
            except LabError:
                return None
            if not all(1 <= size <= _LARGEST_SIDE for size in (planes, height, width)):
                return None
            count = more[0] if more and isinstance(more[0], int) else 0
            return RecentData(spec, (planes, height, width), min(max(0, count), _MOST_PICTURES))
    return None
