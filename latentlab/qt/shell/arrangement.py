"""Puts the docks where a workspace wants them, at shares of the window's size."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from latentlab.qt.shell.docks import Docks, Place
from latentlab.qt.shell.panels import BOTTOM, LEFT, RIGHT, Area
from latentlab.qt.shell.workspaces import Stack, WorkspaceSpec

# A window that has no room for one panel below another at its left.
_LOW = 900
# Below this width the middle needs the room more than the titles of tabs.
_NARROW = 800
# What a tab adds to its text in the Fusion style of Qt, and a little.
_TAB = 28
_BESIDE, _BELOW = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


@dataclass(frozen=True)
class Side:
    """The docks of one side of the window.

    Attributes:
        area: which side.
        stacks: what stands there, each the docks of one place, the first in front.
        shares: of each stack, in the side's length.
        size: the share of the window's width, or of its height at the bottom.
    """

    area: Area
    stacks: tuple[tuple[QDockWidget, ...], ...]
    shares: tuple[float, ...]
    size: float


class Arrangement:
    """The default places of a window's docks in one workspace.

    Args:
        others: panels that no workspace names and that are tabs of their area here.
    """

    def __init__(
        self, window: QMainWindow, docks: Docks, spec: WorkspaceSpec, others: Sequence[Place] = ()
    ) -> None:
        self._window, self._docks = window, docks
        sizes = spec.sizes
        self.sides = [
            _side(docks, area, stacks, size, others)
            for area, stacks, size in (
                (LEFT, spec.left, sizes.left),
                (RIGHT, spec.right, sizes.right),
                (BOTTOM, spec.bottom, sizes.bottom),
            )
        ]

    @property
    def docks(self) -> list[QDockWidget]:
        """All docks that have a place here."""
        return [dock for side in self.sides for stack in side.stacks for dock in stack]

    def apply(self) -> None:
        """Moves the docks to their places; those without one are hidden, as tabs of their area."""
        window = self._window
        for dock in self._docks.all:
            dock.setFloating(False)
            dock.hide()
        for side in self._sides():
            along = _BESIDE if side.area == BOTTOM else _BELOW
            for front, *behind in side.stacks:
                window.addDockWidget(side.area, front, along)
                front.show()
                # Tabs at once: side by side for a moment, they would make the window grow.
                for dock in behind:
                    window.tabifyDockWidget(front, dock)
                    dock.show()
        self._put_away()
        for side in self._sides():
            for front, *_ in side.stacks:
                front.raise_()
        self.fit()

    def _sides(self) -> Iterator[Side]:
        """The sides as they fit into the window."""
        for side in self.sides:
            if side.area == LEFT and self._window.height() < _LOW and side.stacks:
                yield replace(side, stacks=(tuple(itertools.chain(*side.stacks)),), shares=(1.0,))
            else:
                yield side

    def _put_away(self) -> None:
        placed = set(self.docks)
        for place in self._docks.places:
            if place.dock in placed:
                continue
            area = place.panel.area
            front = next((s.stacks[0][0] for s in self.sides if s.area == area and s.stacks), None)
            if front is None:
                self._window.addDockWidget(area, place.dock)
            else:
                self._window.tabifyDockWidget(front, place.dock)
            place.dock.hide()

    def fit(self) -> None:
        """Gives the docks their shares of the window as it is now."""
        width, height = self._window.width(), self._window.height()
        for side in self._sides():
            fronts = [stack[0] for stack in side.stacks]
            if not fronts:
                continue
            across, length = (_BELOW, width) if side.area == BOTTOM else (_BESIDE, height)
            along = _BESIDE if side.area == BOTTOM else _BELOW
            size = round(side.size * (height if side.area == BOTTOM else width))
            if across == _BESIDE and width >= _NARROW:
                size = max(size, *map(self._tabs_width, side.stacks))
            self._window.resizeDocks(fronts, [size] * len(fronts), across)
            if len(fronts) > 1:
                # More than there is: Qt shares it out in proportion.
                self._window.resizeDocks(fronts, [round(share * length) for share in side.shares], along)

    def fit_widths(self) -> None:
        """Gives the sides their shares of the window's width."""
        for side in self._sides():
            fronts = [stack[0] for stack in side.stacks]
            if fronts and side.area != BOTTOM:
                wanted = max(round(side.size * self._window.width()), *map(self._tabs_width, side.stacks))
                self._window.resizeDocks(fronts, [wanted] * len(fronts), _BESIDE)

    def widths(self) -> dict[QDockWidget, int]:
        """The width of each dock at a side that is where the arrangement puts it, and can be seen."""
        window, found = self._window, {}
        for side in self.sides:
            for dock in itertools.chain(*side.stacks):
                there = side.area != BOTTOM and window.dockWidgetArea(dock) == side.area
                if there and self._docks.in_front(dock) and not dock.isFloating():
                    found[dock] = dock.width()
        return found

    def _tabs_width(self, stack: Sequence[QDockWidget]) -> int:
        """The width at which the titles of tabs can be read whole; 0 for a dock that is none."""
        if len(stack) < 2:
            return 0
        metrics = self._window.fontMetrics()
        return sum(metrics.horizontalAdvance(dock.windowTitle()) + _TAB for dock in stack)


def _side(docks: Docks, area: Area, stacks: Sequence[Stack], size: float, others: Sequence[Place]) -> Side:
    found = [tuple(docks.of(spec) for spec in stack.views) for stack in stacks]
    more = tuple(place.dock for place in others if place.panel.area == area)
    if more and found:
        found[0] += more
    elif more:
        found.append(more)
    return Side(area, tuple(found), tuple(stack.share for stack in stacks) or (1.0,), size)
