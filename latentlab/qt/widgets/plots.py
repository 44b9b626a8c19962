"""A pyqtgraph plot without menus, buttons and mouse interaction.

pyqtgraph takes 0.3 s to import, so a plot is made only when there is something to draw.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from latentlab.plain import minus


def bare_plot(parent: QWidget) -> Any:
    """A `pyqtgraph.PlotWidget` without interaction, which owns all its parts."""
    axes = {side: _axis()(orientation=side) for side in ("bottom", "left")}
    plot: Any = importlib.import_module("pyqtgraph").PlotWidget(parent, enableMenu=False, axisItems=axes)
    # pyqtgraph makes the menu all the same. Without a parent it would outlive the plot, without its flags it
    # would be drawn in it.
    menu = plot.getPlotItem().ctrlMenu
    menu.setParent(plot, menu.windowFlags())
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setMinimumSize(0, 0)
    return plot


@cache
def _axis() -> Any:
    """A class: an axis whose ticks have true minus signs, those it chooses and those it is given."""
    pg: Any = importlib.import_module("pyqtgraph")

    def chosen(self: Any, values: list[float], scale: float, spacing: float) -> list[str]:
        return [minus(words) for words in pg.AxisItem.tickStrings(self, values, scale, spacing)]

    def given(self: Any, levels: Iterable[Iterable[tuple[float, str]]] | None) -> None:
        signed = levels and [[(value, minus(words)) for value, words in level] for level in levels]
        pg.AxisItem.setTicks(self, signed)

    return type("Axis", (pg.AxisItem,), {"tickStrings": chosen, "setTicks": given})


def drawn_whole(plot: Any, on: bool) -> None:
    """Whether symbols are drawn as shapes, for a file, and not as the pixels that are kept for the screen."""
    for item in plot.getPlotItem().items:
        for part in (item, *item.childItems()):
            if hasattr(part, "setExportMode"):
                part.setExportMode(on, {"antialias": True, "resolutionScale": 1.0} if on else None)
