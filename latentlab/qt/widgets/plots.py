"""A pyqtgraph plot without menus, buttons and mouse interaction.

pyqtgraph takes 0.3 s to import, so a plot is made only when there is something to draw.
"""

from __future__ import annotations

import importlib
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def bare_plot(parent: QWidget) -> Any:
    """A `pyqtgraph.PlotWidget` without interaction, which owns all its parts."""
    plot: Any = importlib.import_module("pyqtgraph").PlotWidget(parent, enableMenu=False)
    # pyqtgraph makes the menu all the same. Without a parent it would outlive the plot, without its flags it
    # would be drawn in it.
    menu = plot.getPlotItem().ctrlMenu
    menu.setParent(plot, menu.windowFlags())
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setMinimumSize(0, 0)
    return plot


def drawn_whole(plot: Any, on: bool) -> None:
    """Whether symbols are drawn as shapes, for a file, and not as the pixels that are kept for the screen."""
    for item in plot.getPlotItem().items:
        for part in (item, *item.childItems()):
            if hasattr(part, "setExportMode"):
                part.setExportMode(on, {"antialias": True, "resolutionScale": 1.0} if on else None)
