"""How the points of the data are coloured, which are hidden, and which are looked for. Part of the session.

Columns are named, not numbered: a setting comes back with data that have a column of the name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

AUTOMATIC, CLASS, PLAIN = "", "class", "-"
MOST_RANGES = MOST_HIDDEN_COLUMNS = 64
MOST_HIDDEN_WORDS, MOST_LETTERS = 1000, 4000

Range = tuple[str, float | None, float | None]


@dataclass(frozen=True)
class PointSettings:
    """What the person chose for the points.

    Attributes:
        by: the column that colours them; "" is the class, or without classes an attribute; "-" is one colour
            for all.
        find: the expression that points are looked for by, "" for none.
        ranges: (column, lowest, highest) that is shown of columns of numbers, None for no bound.
        hidden: (column, words) that are hidden of columns of words; the classes are hidden by
            `SessionState.hidden`.
    """

    by: str = AUTOMATIC
    find: str = ""
    ranges: tuple[Range, ...] = ()
    hidden: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def range_of(self, name: str) -> tuple[float | None, float | None]:
        """The shown range of a column."""
        return next(((low, high) for one, low, high in self.ranges if one == name), (None, None))

    def hidden_of(self, name: str) -> tuple[str, ...]:
        """The hidden words of a column."""
        return next((words for one, words in self.hidden if one == name), ())

    def with_range(self, name: str, low: float | None, high: float | None) -> PointSettings:
        """The same with another range of a column."""
        low, high = (end if end is not None and math.isfinite(end) else None for end in (low, high))
        others = tuple(one for one in self.ranges if one[0] != name)
        own: tuple[Range, ...] = () if low is None and high is None else ((name, low, high),)
        return replace(self, ranges=(*others, *own)[-MOST_RANGES:])

    def with_hidden(self, name: str, words: tuple[str, ...]) -> PointSettings:
        """The same with other hidden words of a column."""
        others = tuple(one for one in self.hidden if one[0] != name)
        own = ((name, words[:MOST_HIDDEN_WORDS]),) if words else ()
        return replace(self, hidden=(*others, *own)[-MOST_HIDDEN_COLUMNS:])


def point_settings_from(value: dict[str, Any]) -> PointSettings:
    """Reads what `dataclasses.asdict` and JSON made of settings.

    Raises:
        ValueError: if something is of another type or out of range.
    """
    by, find, ranges, hidden = (value[name] for name in ("by", "find", "ranges", "hidden"))
    if not (_is_text(by) and _is_text(find) and type(ranges) is list and type(hidden) is list):
        raise ValueError("the settings of the points are of another type")
    if len(ranges) > MOST_RANGES or len(hidden) > MOST_HIDDEN_COLUMNS or len(value) != 4:
        raise ValueError("the points have too many filters")
    return PointSettings(by, find, tuple(map(_range, ranges)), tuple(map(_hidden, hidden)))


def _range(value: Any) -> Range:
    name, low, high = value
    if not (_is_text(name) and all(end is None or _is_number(end) for end in (low, high))):
        raise ValueError("a range of the points is no pair of numbers")
    return name, None if low is None else float(low), None if high is None else float(high)


def _hidden(value: Any) -> tuple[str, tuple[str, ...]]:
    name, words = value
    if not (_is_text(name) and type(words) is list and len(words) <= MOST_HIDDEN_WORDS):
        raise ValueError("hidden points are no list of words")
    if not all(map(_is_text, words)):
        raise ValueError("a hidden word is no text")
    return name, tuple(words)


def _is_text(value: Any) -> bool:
    return type(value) is str and len(value) <= MOST_LETTERS


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)
