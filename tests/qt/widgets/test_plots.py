"""A plot shows its curves and nothing of the menus that pyqtgraph makes with it."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.plots import bare_plot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_that_no_menu_lies_upon_a_plot_that_is_made_in_sight_or_out_of_it(qtbot: QtBot) -> None:
    for in_sight in (False, True):
        window = QWidget()
        qtbot.addWidget(window)
        column = QVBoxLayout(window)
        if in_sight:
            window.show()
        plot = bare_plot(window)
        column.addWidget(plot)
        window.show()
        qtbot.waitUntil(plot.isVisible)
        menus = plot.findChildren(QMenu)
        assert menus
        assert not [menu for menu in menus if menu.isVisible() or not menu.isWindow()]


def test_that_ticks_below_zero_have_a_true_minus_sign(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    axis = bare_plot(window).getAxis("left")
    assert axis.tickStrings([-2.5, 0.0, 0.00001], 1.0, 0.5) == [
        "\N{MINUS SIGN}2.5",
        "0",
        "1e\N{MINUS SIGN}05",
    ]
    axis.setTicks([[(-1.0, "-10"), (1.0, "10")]])
    assert [words for _, words in axis._tickLevels[0]] == ["\N{MINUS SIGN}10", "10"]
    axis.setTicks(None)
    assert axis._tickLevels is None, "the axis chooses again"


def test_that_a_plot_takes_its_menus_along(qtbot: QtBot) -> None:
    window = QWidget()
    menu = bare_plot(window).getPlotItem().ctrlMenu  # held here, so that it is Qt that has to delete it
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(menu)
