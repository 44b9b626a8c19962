"""Which pictures are held out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.limits import MAX_PICTURES
from latentlab.data.splits import arrange, drawn, held_out_count, mixed


@given(st.integers(0, 3000))
def test_that_the_order_is_a_permutation(count):
    assert np.array_equal(np.sort(mixed(count)), np.arange(count))


def test_that_the_same_pictures_are_held_out_for_ever():
    # If this fails, models have learnt from what they will be judged on: do not change the numbers.
    assert mixed(12).tolist() == [7, 5, 4, 1, 2, 10, 3, 0, 6, 8, 9, 11]
    assert mixed(20_000)[:5].tolist() == [14953, 10321, 5728, 9333, 4904]


def test_that_the_order_has_no_pattern():
    order = mixed(10_000)
    assert abs(np.corrcoef(order, np.arange(10_000))[0, 1]) < 0.05
    assert 400 < (order[:1000] < 5000).sum() < 600


def test_that_a_tenth_is_held_out_within_bounds():
    assert [held_out_count(n) for n in (2, 9, 10, 25, 1000, 500_000)] == [1, 1, 1, 2, 100, 10_000]


@given(st.lists(st.booleans(), min_size=2), st.booleans())
def test_that_what_the_source_holds_out_is_held_out(flags, sorted_by_class):
    held_out = np.array(flags)
    order, count = arrange(len(flags), held_out, sorted_by_class=sorted_by_class)
    assert np.array_equal(np.sort(order), np.arange(len(flags)))
    if 0 < held_out.sum() < len(flags):
        assert count == held_out.sum()
        assert held_out[order[:count]].all()
        if not sorted_by_class:
            assert (np.diff(order[:count]) > 0).all()
            assert (np.diff(order[count:]) > 0).all()
    else:
        assert count == held_out_count(len(flags))


def test_that_too_many_are_drawn_evenly_and_in_order():
    assert drawn(MAX_PICTURES) is None
    some = drawn(MAX_PICTURES * 2)
    assert len(some) == MAX_PICTURES
    assert (np.diff(some) > 0).all()
    assert 0.48 < (some < MAX_PICTURES).mean() < 0.52
