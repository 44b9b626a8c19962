"""Which charts a training has, and what they show; without Qt."""

from __future__ import annotations

import math

import numpy as np
import pytest

from latentlab.engine.training.events import ElboFigures, Figures, LabelFigures, NoiseFigures
from latentlab.qt.views.training.charts import CHARTS, round_ticks
from latentlab.qt.views.training.history import Series


def series(*terms: Figures) -> Series:
    made = Series()
    for step, one in enumerate(terms, 1):
        made.add(step, one)
    return made


@pytest.mark.parametrize("kind", CHARTS)
def test_that_every_chart_can_be_drawn_before_there_is_anything(kind: type[Figures]):
    for chart in CHARTS[kind].charts:
        nothing = chart.drawn(series())
        assert nothing.shape == (len(chart.lines), 0)
        assert chart.span(nothing, nothing) is None


def test_that_the_levels_are_drawn_as_thirds_of_little_some_and_much_noise():
    loss, thirds = CHARTS[NoiseFigures].charts
    levels = (0.1, 0.1, 0.1, 0.1, 1.0, 1.0, 1.0, 10.0, 10.0, 10.0)
    drawn = thirds.drawn(series(NoiseFigures(4.0, levels)))
    np.testing.assert_allclose(drawn, [[-1.0], [0.0], [1.0]], atol=1e-12)
    assert thirds.lines == ("little", "some", "much")
    np.testing.assert_allclose(10 ** loss.drawn(series(NoiseFigures(4.0, levels))), [[4.0]])


def test_that_levels_that_were_not_drawn_leave_the_others_of_their_third():
    thirds = CHARTS[NoiseFigures].charts[1]
    drawn = 10 ** thirds.drawn(series(NoiseFigures(1.0, (math.nan, 0.5, 2.0, 2.0, math.nan, math.nan))))
    np.testing.assert_allclose(drawn[:2], [[0.5], [2.0]])
    assert math.isnan(drawn[2, 0])


def test_that_the_axis_leaves_out_the_first_steps_and_holds_the_held_out_ones():
    elbo = CHARTS[ElboFigures].charts[0]
    train = elbo.drawn(series(*(ElboFigures(-1e6 if step < 5 else -100.0, 10.0) for step in range(50))))
    low, high = elbo.span(train, elbo.drawn(series(ElboFigures(-120.0, 10.0))))
    assert -140.0 < low < -130.0
    assert -110.0 < high < -108.0


def test_that_a_third_that_is_not_known_does_not_spoil_the_axis():
    thirds = CHARTS[NoiseFigures].charts[1]
    rows = [NoiseFigures(1.0, (0.1, 1.0, math.nan))] * 4
    low, high = thirds.span(thirds.drawn(series(*rows)), thirds.drawn(series()))
    assert low < -1.0 < 0.0 < high


def test_that_shares_of_right_answers_are_drawn_as_they_are():
    share = CHARTS[LabelFigures].charts[1]
    assert share.drawn(series(LabelFigures(1.0, 0.25))).tolist() == [[0.25]]


@pytest.mark.parametrize(
    ("low", "high"), [(-2.0, 0.0), (-0.4, -0.3), (-0.017, -0.016), (-1.1, -0.9), (-6.0, 3.0), (0.1, 0.9)]
)
@pytest.mark.parametrize("most", [2, 4, 8])
def test_that_an_axis_of_losses_has_ticks_that_say_where_they_stand(low: float, high: float, most: int):
    ticks = round_ticks(low, high, most)
    assert 2 <= len(ticks) <= max(most, 10)
    for at, words in ticks:
        assert low <= at <= high
        assert 10**at == pytest.approx(float(words), rel=0.06)
    assert len({words for _, words in ticks}) == len(ticks)
