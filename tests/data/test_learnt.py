"""What a model has learnt from, small enough for its file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.learnt import Learnt

hashes = st.lists(st.integers(0, 2**64 - 1), max_size=60).map(lambda some: np.array(some, dtype=np.uint64))


@given(hashes)
def test_that_what_was_written_is_read_again(some):
    learnt = Learnt.of(some)
    again = Learnt.parse(learnt.as_text())
    assert np.array_equal(again.short, learnt.short)
    assert again.among(some).all()


def test_that_those_learnt_from_are_told_from_others_in_little_room():
    every = np.random.default_rng(0).integers(0, 2**64, 120_000, dtype=np.uint64)
    text = Learnt.of(every[:60_000]).as_text()
    assert len(text) < 5 * 60_000
    assert np.flatnonzero(Learnt.parse(text).among(every)).tolist() == list(range(60_000))


@pytest.mark.parametrize(
    "text", ["", "5:", "4:AAAA", "5:!!!!", "5:AAAA", Learnt.of(np.arange(9, dtype=np.uint64)).as_text()[:-8]]
)
def test_that_a_damaged_one_is_none(text):
    assert Learnt.parse(text) is None


def test_that_one_that_unpacks_to_much_is_none():
    import base64
    import zlib

    assert Learnt.parse("5:" + base64.b64encode(zlib.compress(bytes(50_000_000), 9)).decode()) is None
