"""Figures that are unknown, such as those of a player that has not stepped, are left out of a curve."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from latentlab.core.figures import ChartSpec, Figures, FigureSpec, FiguresSpec
from latentlab.engine.training.events import EpochEnded, Progress
from latentlab.qt.widgets.curves.history import History
from latentlab.qt.widgets.curves.plot import Plot
from latentlab.qt.widgets.drawable import as_image, as_svg
from tests.qt.shell import OFFSCREEN

pytestmark = OFFSCREEN
SPEC = FiguresSpec((FigureSpec("one", "One"), FigureSpec("other", "Other")), players=("one",))


def told(one: float) -> Figures:
    return Figures({"one": one, "other": 1.0}, {}, SPEC)


def test_that_no_symbol_is_drawn_at_an_unknown_place(qtbot: QtBot) -> None:
    around, history = QWidget(), History()
    qtbot.addWidget(around)
    plot = Plot(ChartSpec("One", "one"), "One", "", around)
    around.resize(300, 200)
    plot.resize(300, 200)
    around.show()
    for step, value in enumerate((math.nan, 2.0), 1):
        history.add(Progress(step, 1, told(value), 1.0, 1.0, 1.0))
    history.add(EpochEnded(2, 1, told(2.0), told(math.nan)))
    plot.show_history(history)
    around.grab()
    (line,), (dots,) = plot._lines, plot._dots
    assert line.getData()[1].tolist() == [2.0]
    assert dots.getData()[1] is None or not len(dots.getData()[1])
    assert np.isfinite(plot._plot.getPlotItem().vb.viewRange()).all()


def test_that_the_charts_of_players_are_theirs_alone_and_without_players_all() -> None:
    assert [chart.of for chart in SPEC.of_players] == ["one"]
    assert FiguresSpec(SPEC.figures).of_players == FiguresSpec(SPEC.figures).drawn


@pytest.mark.parametrize("lines", [1, 3])
def test_that_a_curve_that_has_no_figures_yet_can_be_saved(qtbot: QtBot, lines: int) -> None:
    chart = ChartSpec("One", "one") if lines == 1 else ChartSpec("All", "one", parts=("a", "b", "c"))
    plot = Plot(chart, "One", "", around := QWidget())
    qtbot.addWidget(around)
    plot.resize(300, 200)
    assert not as_image(plot, 1.0).isNull()
    assert as_svg(plot, "One", "")
    assert not plot.words
