"""The nearest of many points."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from latentlab.core.neighbours import nearest, search


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**31 - 1),
    count=st.integers(1, 60),
    wanted=st.integers(1, 70),
    pieces=st.integers(1, 70),
    levels=st.sampled_from([2, 5, 1000]),
)
def test_that_the_nearest_are_those_of_brute_force_whatever_the_pieces(
    seed: int, count: int, wanted: int, pieces: int, levels: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    # With two levels many points are equal.
    x = torch.randint(levels, (7, 3), generator=generator).float()
    rows = torch.randint(levels, (count, 3), generator=generator).float()
    distances, numbers = nearest(x, rows, wanted, pieces=pieces)
    whole = torch.cdist(x.double(), rows.double(), compute_mode="donot_use_mm_for_euclid_dist")
    kept = min(wanted, count)
    assert torch.allclose(distances.double(), whole.sort(1).values[:, :kept], atol=1e-5)
    assert torch.allclose(whole.gather(1, numbers), distances.double(), atol=1e-5)
    assert all(len(set(row.tolist())) == kept for row in numbers)


def test_that_they_are_those_of_scikit_learn() -> None:
    numbers_in = np.random.default_rng(0)
    rows, x = numbers_in.normal(size=(500, 20)), numbers_in.normal(size=(30, 20))
    expected, which = NearestNeighbors(n_neighbors=9).fit(rows).kneighbors(x)
    distances, numbers = nearest(torch.from_numpy(x), torch.from_numpy(rows), 9, torch.Tensor.float)
    assert np.allclose(distances.numpy(), expected, atol=1e-5)
    assert (numbers.numpy() == which).all()


def test_that_a_point_that_is_there_is_found_at_distance_0_though_float32_cancels() -> None:
    rows = torch.rand(200, 784, generator=torch.Generator().manual_seed(0)) + 100.0
    distances, numbers = nearest(rows[17:18], rows, 1)
    assert (float(distances), int(numbers)) == (0.0, 17)


def test_that_a_search_tells_how_far_it_is_and_then_the_result() -> None:
    *shares, last = search(torch.zeros(1, 2), torch.ones(10, 2), 1, pieces=4)
    assert shares == [0.4, 0.8, 1.0]
    assert isinstance(last, tuple)
    assert float(last[0]) == pytest.approx(2.0**0.5)
