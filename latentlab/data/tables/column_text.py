"""Formats tables and columns for notes."""

from __future__ import annotations

from collections.abc import Sequence

from latentlab.data.report import shown
from latentlab.data.tables.column_kinds import (
    Holds,
    Known,
)

NAMED = 3


def held(known: Known) -> str:
    if known.holds is Holds.CLASSES:
        return f"{known.different:,} {'numbers' if known.whole else 'words'}"
    return str(known.holds.value)


def quoted(name: str) -> str:
    return f'"{shown(name)}"'


def listed(names: Sequence[str]) -> str:
    """A few names, and how many more there are."""
    if len(names) <= NAMED + 1:
        some = [quoted(name) for name in names]
        return some[0] if len(some) == 1 else f"{', '.join(some[:-1])} and {some[-1]}"
    return f"{', '.join(map(quoted, names[:NAMED]))} and {len(names) - NAMED:,} more"


def cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def are(count: int) -> str:
    return "is" if count == 1 else "are"
