"""Edits of how points are coloured, filtered and looked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from latentlab.session.edits import Edit
from latentlab.session.point_settings import AUTOMATIC, MOST_LETTERS, PointSettings
from latentlab.session.state import SessionState


@dataclass(frozen=True)
class ColourBy(Edit):
    """Colour points by a column."""

    label: ClassVar[str] = "Colour points"
    by: str = AUTOMATIC

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, points=replace(state.points, by=self.by[:MOST_LETTERS]))


@dataclass(frozen=True)
class FindPoints(Edit):
    """Look for points by an expression; "" for none."""

    label: ClassVar[str] = "Find points"
    find: str = ""

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, points=replace(state.points, find=self.find[:MOST_LETTERS]))


@dataclass(frozen=True)
class ShowRange(Edit):
    """Show only the points whose number in a column lies in a range; None for no bound."""

    label: ClassVar[str] = "Filter points"
    column: str = ""
    low: float | None = None
    high: float | None = None

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, points=state.points.with_range(self.column, self.low, self.high))


@dataclass(frozen=True)
class HideWords(Edit):
    """Hide the points of these words of a column."""

    label: ClassVar[str] = "Filter points"
    column: str = ""
    words: tuple[str, ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, points=state.points.with_hidden(self.column, self.words))


@dataclass(frozen=True)
class ShowAllPoints(Edit):
    """Drop all filters, of classes too."""

    label: ClassVar[str] = "Show all points"

    def apply(self, state: SessionState) -> SessionState:
        points = replace(PointSettings(), by=state.points.by, find=state.points.find)
        return replace(state, points=points, hidden=frozenset())
