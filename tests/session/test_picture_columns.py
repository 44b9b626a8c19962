"""The columns of the data browser, and the order of pictures by them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.core.columns import Column, Numbers, Texts, Words, attribute
from latentlab.data.keys import Keys, NumberedNames
from latentlab.session.picture_columns import Fact, order_of
from latentlab.session.picture_rows import PictureRows, facts_in_words, found_in_words

figures = st.lists(st.floats(-4, 4, width=32) | st.just(float("nan")), max_size=30)
kinds = st.lists(st.integers(-1, 3), max_size=30)
masks = st.lists(st.booleans(), min_size=30, max_size=30)


@given(figures | kinds, masks, st.booleans())
def test_that_the_order_is_that_of_the_column_and_stable_and_what_is_unknown_comes_last(
    values: list[float], mask: list[bool], down: bool
) -> None:
    whole = all(isinstance(value, int) for value in values)
    column: Column = (
        Words("class", np.array(values, dtype=np.int64), tuple("abcd"))
        if whole
        else Numbers("elbo", np.array(values, dtype=np.float32))
    )
    unknown = [value < 0 if whole else np.isnan(value) for value in values]
    keep = np.array(mask[: len(values)], dtype=bool)
    expected = sorted(
        (row for row in range(len(values)) if keep[row]),
        key=lambda row: (unknown[row], 0 if unknown[row] else -values[row] if down else values[row]),
    )
    assert order_of(Fact(column.name, column), keep, down=down).tolist() == expected


@given(st.lists(st.integers(0, 10**6), max_size=20, unique=True))
def test_that_numbers_in_names_count_by_their_value(numbers: list[int]) -> None:
    names = Fact("name", Texts("name", [f"Cats/IMG{number}.png" for number in numbers]))
    found = [numbers[row] for row in order_of(names).tolist()]
    assert found == sorted(numbers)


def rows(**more: object) -> PictureRows:
    images = np.zeros((5, 1, 8, 8), dtype=np.uint8)
    keys = Keys(("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png", "x.png"), np.arange(5, dtype=np.uint64))
    labels = np.array([0, 0, 1, 1, -1])
    known = {"labels": labels, "classes": ("cat", "dog"), "keys": keys, "testing": 1}
    return PictureRows("/data/pets", "all", images, **{**known, **more})


def test_that_what_was_found_is_said_with_classes_attributes_and_what_is_held_out() -> None:
    hat = attribute("Hat", np.array([True, False, True, False, False]))
    age = Numbers("age", np.arange(5, dtype=np.float32))
    text = found_in_words(rows(kept=(hat, age)))
    assert "2 classes: cat (2), dog (2). 1 of no known class. 1 attribute: Hat. 1 column: age" in text
    assert "4 are for training, 1 is held out" in text
    assert "No classes" in found_in_words(rows(labels=None, classes=()))
    said = found_in_words(rows(labels=None, classes=()), also_none=False)
    assert "lasses" not in said, "the report says why, and once is enough"


def test_that_the_facts_of_a_picture_are_its_columns() -> None:
    known = np.array([True, True, False, True, True])
    hat = attribute("Hat", np.array([True, False, True, False, False]), known)
    age = Numbers("age", np.array([1.5, np.nan, 3, 4, 5], dtype=np.float32))
    elbo = Numbers("elbo", np.full(5, -100.25, dtype=np.float32))
    pets = rows(kept=(hat, age), figures={"elbo": elbo})
    assert [one.name for one in pets.facts] == ["number", "class", "name", "split", "Hat", "age", "elbo"]
    assert facts_in_words(pets, 0).splitlines() == [
        "Picture number: 0", "Class: cat", "File: cat/1.png", "Split: test", "age: 1.5", "ELBO: −100.2",
        "Attributes: Hat",
    ]  # fmt: skip
    assert [pets.fact("Hat").text(row) for row in range(3)] == ["yes", "no", ""]
    assert [pets.fact("age").value(row) for row in range(3)] == ["1.5", "", "3"]
    made_up = rows(keys=Keys(NumberedNames("test/", range(5)), np.arange(5, dtype=np.uint64)))
    assert "name" not in [one.name for one in made_up.facts]


def test_that_pictures_are_the_same_by_their_keys() -> None:
    assert rows().same_as(rows())
    assert not rows().same_as(rows(keys=None))
    with pytest.raises(IndexError):
        rows().class_of(9)
