"""What goes along with an attribute: found in the data, and told along."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data import catalog
from latentlab.engine.implications import along, implied_by

NUMBERS = st.floats(0.0, 1.0, width=32)


@pytest.mark.parametrize("split", ["train", "test"])
def test_that_of_the_faces_sunglasses_are_eyeglasses_and_nothing_else_is_implied(split: str) -> None:
    faces = catalog.load("faces", split)
    names = faces.attribute_names
    found = implied_by(faces.attributes.float().numpy())
    assert [(names[a], names[b], so) for a, b, so in found] == [("Sunglasses", "Eyeglasses", True)]


def test_that_what_excludes_each_other_is_found_from_both_sides() -> None:
    y = np.array([[1, 0], [0, 1], [0, 0]] * 40, np.float32)
    assert implied_by(y) == ((0, 1, False), (1, 0, False))


def test_that_a_chance_is_no_implication() -> None:
    # Of 100 pictures all but five have b; that the three with a are not among the five proves nothing.
    y = np.zeros((100, 2), np.float32)
    y[:3, 0] = 1.0
    y[:95, 1] = 1.0
    assert implied_by(y) == ()
    assert implied_by(np.zeros((0, 2), np.float32)) == ()


def test_that_what_everybody_has_is_implied_by_nothing() -> None:
    y = np.ones((100, 2), np.float32)
    y[::2, 0] = 0.0
    assert implied_by(y) == ()


IMPLIED = ((2, 1, True), (2, 3, False), (3, 2, False))


@pytest.mark.parametrize(
    ("condition", "told", "whole"),
    [
        ((0.0, 0.0, 1.0, 0.0), [2], (0.0, 1.0, 1.0, 0.0)),
        ((0.0, 0.25, 0.5, 0.75), [2], (0.0, 0.5, 0.5, 0.5)),
        ((0.0, 0.0, 1.0, 0.0), [1], (0.0, 0.0, 0.0, 0.0)),
        ((0.0, 1.0, 1.0, 1.0), [3], (0.0, 1.0, 0.0, 1.0)),
        ((1.0, 0.0, 0.0, 0.0), [0], (1.0, 0.0, 0.0, 0.0)),
        # Who asks for both gets both, though it never occurs.
        ((0.0, 0.0, 1.0, 1.0), [1, 2, 3], (0.0, 0.0, 1.0, 1.0)),
    ],
)
def test_that_what_goes_along_is_told_along(condition, told, whole) -> None:
    assert along(condition, told, IMPLIED) == whole


@given(st.tuples(*[NUMBERS] * 4), st.integers(0, 3))
def test_that_what_was_told_stays_and_nothing_contradicts_it(condition, number: int) -> None:
    then = along(condition, [number], IMPLIED)
    assert then[number] == condition[number]
    for a, b, so in IMPLIED:
        if number in (a, b):
            assert then[a] <= (then[b] if so else 1.0 - then[b])
