"""A plot to look at: pyqtgraph's, without its menus, its buttons and its answers to the mouse.

pyqtgraph takes 0.3 s to import, so whoever draws asks for a plot when there is something to draw.
"""

from __future__ import annotations

import importlib
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def bare_plot(parent: QWidget) -> Any:
    """A `pyqtgraph.PlotWidget` that is only looked at, and owns all that is made for it."""
    plot: Any = importlib.import_module("pyqtgraph").PlotWidget(parent, enableMenu=False)
    # Made all the same. Without a parent it would outlive the plot, without its flags be drawn in it.
    menu = plot.getPlotItem().ctrlMenu
    menu.setParent(plot, menu.windowFlags())
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setMinimumSize(0, 0)
    return plot
