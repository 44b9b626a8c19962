"""The schedule's curves: what they draw, and the marker by hand and by key."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from latentlab.core.schedules import SCHEDULES, cosine
from latentlab.qt.views.diffusion.forward.schedule_lines import ticks_between
from latentlab.qt.views.diffusion.forward.schedule_plot import ScheduleCurves
from latentlab.qt.views.diffusion.noise_text import db_in_words, noise_in_words, strength_in_words
from latentlab.qt.widgets.colours import Theme, palette_for

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def curves(qtbot: QtBot) -> ScheduleCurves:
    made = ScheduleCurves()
    qtbot.addWidget(made)
    made.resize(600, 130)
    made.show_schedule(cosine(200).alpha_bar.numpy())
    made.show()
    qtbot.waitExposed(made)
    return made


def at(curves: ScheduleCurves, plot: int, share: float) -> QPoint:
    """The pixel of curve `plot` at this share of the way to T."""
    box = curves.plots()[plot]
    return QPoint(round(box.left() + share * box.width()), round(box.center().y()))


def image(curves: ScheduleCurves) -> QImage:
    return curves.grab().toImage()


@pytest.mark.parametrize("plot", [0, 1, 2])
def test_that_a_drag_in_any_curve_moves_the_marker_and_tells_where_to(
    qtbot: QtBot, curves: ScheduleCurves, plot: int
) -> None:
    told: list[int] = []
    curves.moved.connect(told.append)
    qtbot.mousePress(curves, LEFT, pos=at(curves, plot, 0.25))
    assert curves.t == pytest.approx(50, abs=1)
    qtbot.mouseMove(curves, at(curves, plot, 0.5))
    assert told[-1] == pytest.approx(100, abs=1)
    # Beyond the end it stays at T, even over the curve beside it.
    qtbot.mouseMove(curves, at(curves, plot, 1.3))
    qtbot.mouseRelease(curves, LEFT, pos=at(curves, plot, 1.3))
    assert curves.t == told[-1] == 200
    qtbot.mouseMove(curves, at(curves, plot, 0.2))
    assert curves.t == 200, "the hand has let go"


def test_that_keys_move_the_marker(qtbot: QtBot, curves: ScheduleCurves) -> None:
    for key, wanted in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_PageUp, 11),
        (Qt.Key.Key_Left, 10),
        (Qt.Key.Key_End, 200),
        (Qt.Key.Key_Right, 200),
        (Qt.Key.Key_PageDown, 190),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 0),
    ):
        qtbot.keyClick(curves, key)
        assert curves.t == wanted


def test_that_a_marker_put_there_by_others_is_not_told_of(qtbot: QtBot, curves: ScheduleCurves) -> None:
    told: list[int] = []
    curves.moved.connect(told.append)
    before = image(curves)
    curves.show_t(120)
    assert image(curves) != before
    assert told == []


def test_that_who_cannot_see_is_told_the_values(curves: ScheduleCurves) -> None:
    curves.show_t(100)
    schedule = cosine(200)
    told = curves.accessibleDescription()
    assert "t = 100 of 200" in told
    assert f"{float(schedule.alpha_bar[100]):.3g}" in told
    assert f"{float(schedule.beta[99]):.3g}" in told
    assert db_in_words(float(schedule.snr_db[99])) in told
    curves.show_t(0)
    assert "SNR, dB ∞ dB" in curves.accessibleDescription()


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("size", [(220, 360), (700, 130)])
def test_that_each_schedule_is_drawn_in_either_theme(
    curves: ScheduleCurves, name: str, size: tuple[int, int]
) -> None:
    curves.resize(*size)
    curves.show_schedule(SCHEDULES[name](200).alpha_bar.numpy())
    pictures = []
    for theme in (Theme.LIGHT, Theme.DARK):
        curves.setPalette(palette_for(theme))
        pictures.append(image(curves))
    assert pictures[0] != pictures[1]
    for plot in curves.plots():
        assert curves.rect().contains(plot.toRect())


def test_that_a_schedule_that_ends_without_any_picture_is_drawn(curves: ScheduleCurves) -> None:
    curves.show_schedule(np.linspace(1.0, 0.0, 51))
    curves.show_t(50)
    assert not image(curves).isNull()
    assert "−∞ dB" in curves.accessibleDescription()


def test_that_before_there_is_a_schedule_nothing_can_be_moved(qtbot: QtBot) -> None:
    curves = ScheduleCurves()
    qtbot.addWidget(curves)
    told: list[int] = []
    curves.moved.connect(told.append)
    qtbot.mouseClick(curves, LEFT)
    qtbot.keyClick(curves, Qt.Key.Key_End)
    assert told == []
    assert not curves.grab().isNull()


@pytest.mark.parametrize(("low", "high"), [(-41.0, 38.0), (0.0, 0.02), (-0.3, 0.4), (5.0, 5.0)])
def test_that_ticks_are_few_and_span_all_there_is(low: float, high: float) -> None:
    ticks = ticks_between(low, high)
    assert ticks[0] <= low + 1e-9
    assert ticks[-1] >= high - 1e-9
    assert 2 <= len(ticks) <= 6


def test_that_words_tell_how_much_is_left() -> None:
    assert noise_in_words(1.0) == "No noise: the picture itself."
    assert noise_in_words(0.33) == "SNR −3.1 dB: 33 % of the picture's variance is left."
    assert "less than 0.01 %" in noise_in_words(1e-7)
    assert "99.9 %" in noise_in_words(0.999)
    assert db_in_words(-0.04) == "0.0 dB"
    said = [strength_in_words(alpha_bar) for alpha_bar in (0.999, 0.9, 0.5, 0.15, 0.001)]
    assert len(set(said)) == 5
