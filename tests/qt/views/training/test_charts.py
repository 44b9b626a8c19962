"""Which charts a training has, and what they show; without Qt."""

from __future__ import annotations

import math

import numpy as np
import pytest

from latentlab.core.figures import Figures, FigureSpec, FiguresSpec
from latentlab.models.objectives.figures import (
    DENOISING,
    ELBO,
    LABELS,
    denoising_figures,
    elbo_figures,
    label_figures,
)
from latentlab.qt.widgets.curves.charts import drawn, round_ticks, span
from latentlab.qt.widgets.curves.history import Series


def series(*terms: Figures) -> Series:
    made = Series()
    for step, one in enumerate(terms, 1):
        made.add(step, one)
    return made


UNKNOWN = FiguresSpec((FigureSpec("depth", "Depth", "m", "higher"), FigureSpec("width", "Width")))


@pytest.mark.parametrize("spec", [ELBO, DENOISING, LABELS, UNKNOWN])
def test_that_every_chart_can_be_drawn_before_there_is_anything(spec: FiguresSpec):
    for chart in spec.drawn:
        nothing = drawn(chart, series())
        assert nothing.shape == (len(chart.parts), 0)
        assert span(chart, nothing, nothing) is None


def test_that_figures_whose_charts_nobody_has_described_have_one_each():
    assert [(chart.title, chart.rises) for chart in UNKNOWN.drawn] == [("Depth, m", True), ("Width", False)]
    depth, width = UNKNOWN.drawn
    told = series(Figures({"depth": 2.0, "width": 3.0}, spec=UNKNOWN), Figures({"depth": 4.0}, spec=UNKNOWN))
    assert drawn(depth, told).tolist() == [[2.0, 4.0]]
    np.testing.assert_equal(drawn(width, told), [[3.0, math.nan]])


def test_that_the_levels_are_drawn_as_thirds_of_little_some_and_much_noise():
    loss, thirds = DENOISING.charts
    levels = (0.1, 0.1, 0.1, 0.1, 1.0, 1.0, 1.0, 10.0, 10.0, 10.0)
    shown = drawn(thirds, series(denoising_figures(4.0, levels)))
    np.testing.assert_allclose(shown, [[-1.0], [0.0], [1.0]], atol=1e-12)
    assert thirds.parts == ("little", "some", "much")
    np.testing.assert_allclose(10 ** drawn(loss, series(denoising_figures(4.0, levels))), [[4.0]])


def test_that_levels_that_were_not_drawn_leave_the_others_of_their_third():
    thirds = DENOISING.charts[1]
    shown = 10 ** drawn(thirds, series(denoising_figures(1.0, (math.nan, 0.5, 2.0, 2.0, math.nan, math.nan))))
    np.testing.assert_allclose(shown[:2], [[0.5], [2.0]])
    assert math.isnan(shown[2, 0])


def test_that_the_axis_leaves_out_the_first_steps_and_holds_the_held_out_ones():
    elbo = ELBO.charts[0]
    train = drawn(elbo, series(*(elbo_figures(-1e6 if step < 5 else -100.0, (10.0,)) for step in range(50))))
    low, high = span(elbo, train, drawn(elbo, series(elbo_figures(-120.0, (10.0,)))))
    assert -140.0 < low < -130.0
    assert -110.0 < high < -108.0


def test_that_a_third_that_is_not_known_does_not_spoil_the_axis():
    thirds = DENOISING.charts[1]
    rows = [denoising_figures(1.0, (0.1, 1.0, math.nan))] * 4
    low, high = span(thirds, drawn(thirds, series(*rows)), drawn(thirds, series()))
    assert low < -1.0 < 0.0 < high


def test_that_shares_of_right_answers_are_drawn_as_they_are():
    share = LABELS.charts[1]
    assert drawn(share, series(label_figures(1.0, 0.25))).tolist() == [[0.25]]


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
