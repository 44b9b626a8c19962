"""The Jensen-Shannon divergence on a grid, against closed forms and an integral."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from latentlab.core.divergence import LOG_2, jensen_shannon, moved, places
from latentlab.core.points import named

COUNT, REACH = 240, 4.0
LINE, CELL = places(REACH, COUNT), 2.0 * REACH / COUNT


def test_that_equal_densities_have_none_and_those_apart_log_2() -> None:
    p = named("line").on_grid(LINE)
    assert jensen_shannon(p, p, CELL**2) == 0.0
    for cells in (40, 90):
        assert jensen_shannon(p, moved(p, cells, 0), CELL**2) == pytest.approx(LOG_2, abs=1e-9)


def test_that_of_two_gaussians_it_is_the_integral_along_their_line() -> None:
    points, far = named("blob"), 0.9
    p, q = points.on_grid(LINE), points.moved((far, 0.0)).on_grid(LINE)
    one, other = norm(0.0, points.width), norm(far, points.width)

    def inside(x: float) -> float:
        a, b = one.pdf(x), other.pdf(x)
        return 0.5 * (a * math.log(2 * a / (a + b)) + b * math.log(2 * b / (a + b)))

    assert jensen_shannon(p, q, CELL**2) == pytest.approx(quad(inside, -3.0, 4.0)[0], abs=1e-6)


def test_that_shares_that_do_not_meet_are_counted_as_in_the_formula() -> None:
    p, q = torch.tensor((0.5, 0.5, 0.0)), torch.tensor((0.0, 0.5, 0.5))
    assert jensen_shannon(p.double(), q.double(), 1.0) == pytest.approx(0.5 * LOG_2)


def test_that_a_move_by_cells_is_a_move_of_the_density() -> None:
    points = named("moons")
    there = moved(points.on_grid(LINE), 7, -4)
    assert np.allclose(there, points.moved((7 * CELL, -4 * CELL)).on_grid(LINE), atol=1e-12)
    assert not bool(moved(there, COUNT, 0).any())


def test_that_a_density_off_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        jensen_shannon(torch.zeros(3), torch.ones(3), 1.0)
