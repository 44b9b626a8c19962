"""Level lines on a grid: of a cone they are circles, and lines that leave the grid are open."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.core.level_lines import level_lines

AXIS = np.linspace(-2.0, 2.0, 81)


def heights(f):
    return f(*np.meshgrid(AXIS, AXIS))


def test_that_the_lines_of_a_cone_are_closed_circles() -> None:
    (line,) = level_lines(heights(lambda x, y: -np.hypot(x, y)), AXIS, AXIS, -1.2)
    assert line[0] == line[-1]
    assert np.hypot(*np.array(line).T) == pytest.approx(1.2, abs=1e-3)


def test_that_two_hills_have_a_line_each_and_one_round_both_lower_down() -> None:
    hills = heights(lambda x, y: np.exp(-8 * ((x - 1) ** 2 + y**2)) + np.exp(-8 * ((x + 1) ** 2 + y**2)))
    high, low = level_lines(hills, AXIS, AXIS, 0.5), level_lines(hills, AXIS, AXIS, 0.0005)
    assert sorted(np.sign(np.mean([x for x, _ in line])) for line in high) == [-1, 1]
    assert len(low) == 1
    assert all(line[0] == line[-1] for line in (*high, *low))


def test_that_a_line_which_leaves_the_grid_is_open_and_whole() -> None:
    (line,) = level_lines(heights(lambda x, y: x - 0.3), AXIS, AXIS, 0.0)
    assert [x for x, _ in line] == pytest.approx([0.3] * len(AXIS))
    assert sorted(y for _, y in line) == pytest.approx(AXIS)


def test_that_at_a_saddle_no_lines_cross() -> None:
    lines = level_lines(heights(lambda x, y: x * y), AXIS, AXIS, 0.001)
    assert len(lines) == 2
    assert all(len({np.sign(x) for x, _ in line}) == 1 for line in lines)


def test_that_nothing_at_a_level_gives_no_line() -> None:
    assert level_lines(heights(lambda x, y: x * 0.0), AXIS, AXIS, 1.0) == ()
