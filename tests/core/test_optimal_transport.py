"""The exact W1 of two clouds, against POT and against what is known of it."""

from __future__ import annotations

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab.core.optimal_transport import assignment, distances, transport, wasserstein_1


def clouds(seed: int, count: int, columns: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, columns)), 0.5 * rng.normal(size=(count, columns)) + 1.0


@pytest.mark.parametrize("count", [1, 2, 7, 60, 130])
def test_that_w1_is_that_of_pot(count: int) -> None:
    x, y = clouds(count, count)
    weights = np.full(count, 1.0 / count)
    assert wasserstein_1(x, y) == pytest.approx(ot.emd2(weights, weights, distances(x, y)), abs=1e-12)


def test_that_on_a_line_the_sorted_points_go_to_each_other() -> None:
    x, y = clouds(3, 80, 1)
    assert wasserstein_1(x, y) == pytest.approx(np.abs(np.sort(x, 0) - np.sort(y, 0)).mean(), abs=1e-12)


def test_that_a_cloud_that_is_moved_is_as_far_as_it_was_moved() -> None:
    x, _ = clouds(0, 50)
    assert wasserstein_1(x, x + np.array((0.3, -0.4))) == pytest.approx(0.5, abs=1e-12)
    assert wasserstein_1(x, x[::-1]) == 0.0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 24), step=st.floats(0.0, 1.0))
def test_that_potentials_prove_it_and_a_guess_changes_nothing(seed: int, count: int, step: float) -> None:
    x, y = clouds(seed, count)
    found = transport(x, y)
    assert sorted(found.to.tolist()) == list(range(count))
    assert (found.u[:, None] + found.v[None, :] <= distances(x, y) + 1e-9).all()
    assert found.u.mean() + found.v.mean() == pytest.approx(found.cost, abs=1e-9)
    moved = y + step * np.random.default_rng(seed).normal(size=y.shape)
    assert transport(x, moved, found.v).cost == pytest.approx(transport(x, moved).cost, abs=1e-9)


def test_that_equal_points_and_ties_come_to_an_end() -> None:
    grid = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), -1).reshape(-1, 2)
    assert wasserstein_1(grid, grid + np.array((1.0, 0.0))) == pytest.approx(1.0)
    to, _, _ = assignment(np.zeros((5, 5)))
    assert sorted(to.tolist()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("x", "y"), [(np.zeros((3, 2)), np.zeros((4, 2))), (np.full((2, 2), np.nan), np.zeros((2, 2)))]
)
def test_that_what_cannot_be_compared_is_refused(x: np.ndarray, y: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"clouds|finite"):
        transport(x, y)
