"""The columns of the data browser, and the order of pictures by them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.keys import Keys
from latentlab.session.picture_columns import Figures, Kinds, Names, order_of
from latentlab.session.picture_rows import PictureRows, facts_in_words, found_in_words

figures = st.lists(st.floats(-4, 4, width=32) | st.just(float("nan")), max_size=30)
kinds = st.lists(st.integers(-1, 3), max_size=30)
masks = st.lists(st.booleans(), min_size=30, max_size=30)


@given(figures | kinds, masks, st.booleans())
def test_that_the_order_is_that_of_the_column_and_stable_and_what_is_unknown_comes_last(
    values: list[float], mask: list[bool], down: bool
) -> None:
    whole = all(isinstance(value, int) for value in values)
    column = (
        Kinds("class", "Class", np.array(values, dtype=np.int64), tuple("abcd"))
        if whole
        else Figures("elbo", "ELBO", np.array(values, dtype=np.float32))
    )
    unknown = [value < 0 if whole else np.isnan(value) for value in values]
    keep = np.array(mask[: len(values)], dtype=bool)
    expected = sorted(
        (row for row in range(len(values)) if keep[row]),
        key=lambda row: (unknown[row], 0 if unknown[row] else -values[row] if down else values[row]),
    )
    assert order_of(column, keep, down=down).tolist() == expected


@given(st.lists(st.integers(0, 10**6), max_size=20, unique=True))
def test_that_numbers_in_names_count_by_their_value(numbers: list[int]) -> None:
    names = Names("file", "File", [f"Cats/IMG{number}.png" for number in numbers])
    found = [numbers[row] for row in order_of(names).tolist()]
    assert found == sorted(numbers)


def rows(**more: object) -> PictureRows:
    images = np.zeros((5, 1, 8, 8), dtype=np.uint8)
    keys = Keys(("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png", "x.png"), np.arange(5, dtype=np.uint64))
    labels = np.array([0, 0, 1, 1, -1])
    known = {"labels": labels, "classes": ("cat", "dog"), "keys": keys, "testing": 1}
    return PictureRows("/data/pets", "all", images, **{**known, **more})


def test_that_what_was_found_is_said_with_classes_attributes_and_what_is_held_out() -> None:
    attributes = np.array([[True], [False], [True], [False], [False]])
    text = found_in_words(rows(attributes=attributes, attribute_names=("Hat",)))
    assert "2 classes: cat (2), dog (2). 1 of no known class. 1 attribute: Hat" in text
    assert "4 are for training, 1 is held out" in text
    assert "No classes" in found_in_words(rows(labels=None, classes=()))


def test_that_the_facts_of_a_picture_are_its_columns() -> None:
    known = np.array([[True], [True], [False], [True], [True]])
    attributes = np.array([[True], [False], [True], [False], [False]])
    pets = rows(attributes=attributes, attribute_names=("Hat",), attributes_known=known)
    assert [one.name for one in pets.columns] == ["number", "class", "file", "split", "attribute Hat"]
    assert facts_in_words(pets, 0).splitlines() == [
        "Number: 0", "Class: cat", "File: cat/1.png", "Split: test", "Attributes: Hat",
    ]  # fmt: skip
    assert [pets.column("attribute Hat").text(row) for row in range(3)] == ["yes", "no", ""]


def test_that_pictures_are_the_same_by_their_keys() -> None:
    assert rows().same_as(rows())
    assert not rows().same_as(rows(keys=None))
    with pytest.raises(IndexError):
        rows().class_of(9)
