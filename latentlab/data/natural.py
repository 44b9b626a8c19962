"""Natural order of names with numbers in them: 1, 2, 9, 10."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


def natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """The sort key of a name: digits by value, letters case-insensitively."""
    pieces = _DIGITS.split(name.casefold())
    # Every other piece is digits; a name that begins with letters comes after one that begins with digits.
    key = tuple((0, int(piece), "") if i % 2 else (1, 0, piece) for i, piece in enumerate(pieces) if piece)
    return key, name


def in_natural_order(names: set[str]) -> list[str]:
    """Names in that order; if all of them are numbers, then by their value (-1, 0.5, 2)."""
    if all(_NUMBER.fullmatch(name) for name in names):
        return sorted(names, key=lambda name: (float(name), name))
    return sorted(names, key=natural)
