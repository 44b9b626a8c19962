"""Nearest points, against a search that cannot be wrong."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from latentlab.session.neighbours import nearest, squared_lengths

COORDINATE = st.floats(-100, 100, width=32)
POINTS = st.integers(1, 4).flatmap(
    lambda size: st.tuples(
        hnp.arrays(np.float32, st.tuples(st.integers(0, 40), st.just(size)), elements=COORDINATE),
        st.tuples(*[COORDINATE] * size),
    )
)


@given(POINTS, st.integers(0, 50))
def test_that_they_are_the_nearest_in_order_each_once(
    points_and_z: tuple[np.ndarray, tuple[float, ...]], count: int
) -> None:
    points, z = points_and_z
    found = nearest(points, z, count)
    gaps = [sum((float(a) - b) ** 2 for a, b in zip(row, z, strict=True)) for row in points]
    assert len(found) == len(set(found)) == min(count, len(points))
    # Ties may come in any order: the distances must agree, not the rows.
    np.testing.assert_allclose([gaps[row] for row in found], sorted(gaps)[:count], rtol=1e-4, atol=1e-6)


def test_that_a_point_is_nearest_to_itself() -> None:
    points = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    assert nearest(points, tuple(map(float, points[123])), 1) == [123]


def test_that_of_no_points_none_is_nearest() -> None:
    assert nearest(np.zeros((0, 2), np.float32), (0.0, 0.0), 8) == []


def test_that_points_that_do_not_count_are_never_near() -> None:
    points = np.arange(10, dtype=np.float32)[:, None]
    assert nearest(points, (0.0,), 3, points[:, 0] % 2 == 1) == [1, 3, 5]
    assert nearest(points, (0.0,), 3, points[:, 0] > 7) == [8, 9]


@given(st.integers(0, 50), st.integers(0, 99))
def test_that_in_many_dimensions_the_short_way_finds_the_same(count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(60, 20)).astype(np.float32)
    z = tuple(map(float, points[seed % 60]))
    among = None if seed % 2 else generator.random(60) > 0.3
    lengths = squared_lengths(points)
    assert lengths is not None
    assert nearest(points, z, count, among, lengths) == nearest(points, z, count, among)


def test_that_in_few_dimensions_lengths_are_not_worth_having() -> None:
    assert squared_lengths(np.zeros((4, 2), np.float32)) is None
