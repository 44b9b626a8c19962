"""Columns of two parts of a set are joined, and those of two tables united, without mixing up their words."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentlab.core.columns import Numbers, Words, attribute, find, joined, nearest, united

WORDS = st.lists(st.none() | st.sampled_from(["Ulm", "Rome", "Bern", "Oslo"]), min_size=1, max_size=8)


def column(values: list[str | None], name: str = "town") -> Words:
    words = tuple(dict.fromkeys(value for value in values if value is not None))
    codes = [-1 if value is None else words.index(value) for value in values]
    return Words(name, np.array(codes, dtype=np.int16), words)


def told(words: Words) -> list[str | None]:
    return [None if code < 0 else words.words[code] for code in words.codes.tolist()]


@given(WORDS, WORDS)
def test_that_the_words_of_both_parts_come_one_after_the_other(first: list[str], second: list[str]) -> None:
    (both,) = joined([column(first), column(first, "other")], [column(second)])
    assert isinstance(both, Words)
    assert told(both) == first + second


@given(st.lists(st.tuples(st.none() | st.just("a"), st.none() | st.sampled_from("ab")), min_size=1))
def test_that_what_one_table_leaves_open_the_other_may_tell(
    pairs: list[tuple[str | None, str | None]],
) -> None:
    first, second = ([pair[place] for pair in pairs] for place in (0, 1))
    (whole,) = united([column(first)], [column(second)])
    assert isinstance(whole, Words)
    assert told(whole) == [one or other for one, other in pairs]


def test_that_numbers_are_joined_and_united_too() -> None:
    first, second = (Numbers("age", np.array(values, np.float32)) for values in ([1.0, np.nan], [7.0, 8.0]))
    np.testing.assert_array_equal(joined([first], [second])[0].values, [1.0, np.nan, 7.0, 8.0])
    np.testing.assert_array_equal(united([first], [second])[0].values, [1.0, 8.0])
    assert [one.name for one in united([first], [column(["Ulm"])])] == ["age", "town"]
    assert joined([first], [Words("age", np.zeros(2, np.int8), ("1",))]) == ()


def test_that_a_name_is_found_in_any_case_and_a_misspelt_one_has_its_likeness() -> None:
    columns = {
        "Big_Nose": attribute("Big_Nose", np.ones(2, bool)),
        "age": Numbers("age", np.ones(2, np.float32)),
    }
    assert find(columns, "big nose") is columns["Big_Nose"]
    assert find(columns, "AGE") is columns["age"]
    assert find(columns, "nose") is None
    assert nearest(columns, "bignose") == "Big_Nose"
    assert nearest(columns, "xyz") == ""
