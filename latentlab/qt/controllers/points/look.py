"""How the points look: the colour of each, which are shown, and which are found. Touches no widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Column, Numbers, Words, find
from latentlab.core.expression import Expression, ExpressionError
from latentlab.core.matching import CLASS, found_by
from latentlab.core.ramps import inks_of
from latentlab.qt.widgets.colours import MOST_COLOURED, PLAIN_COLOUR, UNKNOWN_COLOURS, ink_of, word_colour
from latentlab.session.point_settings import PointSettings

Mask = NDArray[np.bool_]
# The ramp spans all but the outermost numbers, of which a few would make all others alike.
_OUTERMOST = 0.01


@dataclass(frozen=True, eq=False)
class Look:
    """How N points look.

    Attributes:
        inks: opaque ARGB, (N,).
        shown: which points no filter hides, (N,); None for all.
        found: which points are found, (N,); None where nothing is looked for.
    """

    inks: NDArray[np.uint32]
    shown: Mask | None = None
    found: Mask | None = None

    def first(self, count: int) -> Look:
        """The look of the first so many."""
        if count == len(self.inks):
            return self
        shown = None if self.shown is None else self.shown[:count]
        return Look(self.inks[:count], shown, None if self.found is None else self.found[:count])


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a look is made of.

    Attributes:
        count: N.
        columns: the columns, by name.
        by: the column that colours them; None for one colour.
        settings: filters.
        hidden: the hidden classes.
        tree: what is looked for; None for nothing.
        dark: whether the theme is.
        version: of `columns`; columns of the same version are the same.
    """

    count: int
    columns: Mapping[str, Column]
    by: Column | None
    settings: PointSettings
    hidden: frozenset[int]
    tree: Expression | None
    dark: bool
    version: int


@dataclass(frozen=True, eq=False)
class MadeLook:
    """A look, how many points are found of how many that are shown, and why nothing could be looked for."""

    look: Look
    found: int
    shown: int
    error: ExpressionError | None = None


class LookMaker:
    """Makes looks, and keeps the parts that do not change from one to the next. For one thread at a time."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, Any]] = {}

    def make(self, wanted: Wanted) -> MadeLook:
        """The look that is wanted."""
        by, version, settings = wanted.by, wanted.version, wanted.settings
        name = None if by is None else by.name
        inks = self._once(
            "inks", (version, name, wanted.dark), lambda: inks_by(by, wanted.count, wanted.dark)
        )
        filters = (version, settings.ranges, settings.hidden, wanted.hidden)
        shown = self._once("shown", filters, lambda: shown_by(wanted))
        error, found = None, None
        if wanted.tree is not None:
            tree = wanted.tree
            answer = self._once("found", (version, tree), lambda: _found(tree, wanted))
            error, found = (answer, None) if isinstance(answer, ExpressionError) else (None, answer)
        both = found if shown is None or found is None else found & shown
        seen = wanted.count if shown is None else int(shown.sum())
        count = 0 if both is None else int(both.sum())
        return MadeLook(Look(inks, shown, found), count, seen, error)

    def _once(self, what: str, key: object, make: Callable[[], Any]) -> Any:
        if what not in self._kept or self._kept[what][0] != key:
            self._kept[what] = (key, make())
        return self._kept[what][1]


def _found(tree: Expression, wanted: Wanted) -> Mask | ExpressionError:
    try:
        return found_by(tree, wanted.columns, wanted.count)
    except ExpressionError as error:
        return error


def inks_by(column: Column | None, count: int, dark: bool) -> NDArray[np.uint32]:
    """The colour of each point by a column, (N,)."""
    if isinstance(column, Numbers):
        low, high = extent_of(column.values)
        return inks_of(column.values, low, high, dark, ink_of(UNKNOWN_COLOURS[dark]))
    if isinstance(column, Words):
        unknown = UNKNOWN_COLOURS[dark]
        colours = coloured_as(column)
        names = [UNKNOWN_COLOURS[dark] if one is None else word_colour(one, dark) for one in colours]
        # The last is that of -1, unknown.
        table = np.array([ink_of(name) for name in (*names, unknown)], dtype=np.uint32)
        inks: NDArray[np.uint32] = table[column.codes]
        return inks
    return np.full(count, ink_of(PLAIN_COLOUR), dtype=np.uint32)


def coloured_as(column: Words) -> tuple[int | None, ...]:
    """The number of the colour of each word: its own, or by how often it comes where there are too many.

    None for those that have no colour of their own.
    """
    if column.name == CLASS or len(column.words) <= MOST_COLOURED:
        return tuple(range(len(column.words)))
    found: list[int | None] = [None] * len(column.words)
    for colour, code in enumerate(np.argsort(-column.counts(), kind="stable")[:MOST_COLOURED].tolist()):
        found[code] = colour
    return tuple(found)


def extent_of(values: NDArray[np.float32]) -> tuple[float, float]:
    """The numbers at the two ends of the ramp; (0, 1) if there are none."""
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0, 1.0
    # A sample is enough, and a tenth of the time for a million.
    sample = known[:: max(1, len(known) // 50_000)]
    low, high = map(float, np.quantile(sample, (_OUTERMOST, 1.0 - _OUTERMOST)))
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def shown_by(wanted: Wanted) -> Mask | None:
    """Which points no filter hides, (N,); None for all."""
    found: Mask | None = None
    classes = wanted.columns.get(CLASS)
    if wanted.hidden and isinstance(classes, Words):
        found = _without(classes, [code for code in wanted.hidden if code < len(classes.words)])
    for name, words in wanted.settings.hidden:
        column = find(wanted.columns, name)
        if isinstance(column, Words):
            out = [code for code, word in enumerate(column.words) if word in words]
            left = _without(column, out)
            found = left if found is None else found & left
    for name, low, high in wanted.settings.ranges:
        column = find(wanted.columns, name)
        if isinstance(column, Numbers):
            # An unknown number lies in no range.
            inside = column.values >= np.float32(-np.inf if low is None else low)
            inside &= column.values <= np.float32(np.inf if high is None else high)
            found = inside if found is None else found & inside
    return found


def _without(column: Words, hidden: list[int]) -> Mask:
    # A table; its last entry is that of -1, no word.
    shown = np.ones(len(column.words) + 1, dtype=bool)
    shown[hidden] = False
    mask: Mask = shown[column.codes]
    return mask
