"""Which pictures are held out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.keys import NumberedNames
from latentlab.data.limits import MAX_PICTURES
from latentlab.data.splits import MOST_HELD_OUT, arrange, arrange_by_count, deal, drawn, mixed

hash_lists = st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=200, unique=True)


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"{number}.png" for number in range(count))


def _held_out(hashes: list[int], names: tuple[str, ...] | None = None) -> set[int]:
    values = np.array(hashes, dtype=np.uint64)
    order, count = deal(values, names or _names(len(hashes)))
    return set(values[order[:count]].tolist())


@given(hash_lists)
def test_that_the_order_is_a_permutation_and_neither_part_is_empty(hashes):
    order, count = deal(np.array(hashes, dtype=np.uint64), _names(len(hashes)))
    assert np.array_equal(np.sort(order), np.arange(len(hashes)))
    assert 1 <= count < len(hashes)


# Of fewer, all might be of the lowest tenth, and one be learnt from only because one has to be.
@given(st.lists(st.integers(0, 2**64 - 1), min_size=13, max_size=200, unique=True))
def test_that_one_more_picture_never_holds_out_what_was_learnt_from(hashes):
    *before, _ = hashes
    learnt = set(before) - _held_out(before)
    assert not learnt & _held_out(hashes)


@given(hash_lists, st.randoms())
def test_that_neither_order_nor_names_decide_what_is_held_out(hashes, random):
    other = random.sample(hashes, len(hashes))
    assert _held_out(hashes) == _held_out(other, tuple(f"elsewhere/{n}" for n in range(len(hashes))))


def test_that_the_same_pictures_are_held_out_for_ever():
    # If this fails, models have learnt from what they will be judged on: do not change the numbers.
    order, count = deal(np.arange(1, 31, dtype=np.uint64), _names(30))
    assert (order + 1)[:count].tolist() == [3]
    assert mixed(12).tolist() == [7, 5, 4, 1, 2, 10, 3, 0, 6, 8, 9, 11]
    assert mixed(20_000)[:5].tolist() == [14953, 10321, 5728, 9333, 4904]


def test_that_about_a_tenth_is_held_out_of_many_and_ten_thousand_at_most():
    random = np.random.default_rng(0)
    for count, low, high in ((1000, 70, 130), (50_000, 4800, 5200), (200_000, MOST_HELD_OUT, MOST_HELD_OUT)):
        hashes = random.integers(0, 2**64, count, dtype=np.uint64)
        assert low <= deal(hashes, NumberedNames("", range(count)))[1] <= high


def test_that_equal_pictures_are_on_one_side():
    random = np.random.default_rng(1)
    hashes = random.integers(0, 2**64, 500, dtype=np.uint64).repeat(2)
    order, count = deal(hashes, _names(1000))
    assert not set(hashes[order[:count]].tolist()) & set(hashes[order[count:]].tolist())


def test_that_few_different_pictures_are_divided_all_the_same():
    two = np.array([3, 7], dtype=np.uint64).repeat(50)
    order, count = deal(two, _names(100))
    assert 1 <= count <= 30
    assert set(two[order[count:]].tolist()) == {3, 7}


def test_that_another_seed_holds_out_others():
    hashes = np.random.default_rng(2).integers(0, 2**64, 1000, dtype=np.uint64)
    first, second = (deal(hashes, _names(1000), seed) for seed in (0, 1))
    assert set(first[0][: first[1]].tolist()) != set(second[0][: second[1]].tolist())


def test_that_the_order_has_no_pattern():
    order = mixed(10_000)
    assert abs(np.corrcoef(order, np.arange(10_000))[0, 1]) < 0.05
    assert 400 < (order[:1000] < 5000).sum() < 600


@given(st.lists(st.booleans(), min_size=2), st.booleans(), st.booleans())
def test_that_what_the_source_holds_out_is_held_out(flags, sorted_by_class, by_count):
    held_out, hashes = np.array(flags), np.arange(len(flags), dtype=np.uint64)
    if by_count:
        order, count = arrange_by_count(len(flags), held_out, sorted_by_class=sorted_by_class)
    else:
        order, count = arrange(hashes, _names(len(flags)), held_out, sorted_by_class=sorted_by_class)
    assert np.array_equal(np.sort(order), np.arange(len(flags)))
    if 0 < held_out.sum() < len(flags):
        assert count == held_out.sum()
        assert held_out[order[:count]].all()
        if not sorted_by_class:
            assert (np.diff(order[:count]) > 0).all()
            assert (np.diff(order[count:]) > 0).all()
    else:
        assert 1 <= count < len(flags)


def test_that_too_many_are_drawn_evenly_and_in_order():
    assert drawn(NumberedNames("", range(MAX_PICTURES))) is None
    some = drawn(NumberedNames("", range(MAX_PICTURES * 2)))
    assert len(some) == MAX_PICTURES
    assert (np.diff(some) > 0).all()
    assert 0.48 < (some < MAX_PICTURES).mean() < 0.52


def test_that_one_more_picture_changes_one_of_those_drawn():
    some, more = (set(drawn(NumberedNames("", range(MAX_PICTURES + n))).tolist()) for n in (1000, 1001))
    assert len(some - more) <= 1
