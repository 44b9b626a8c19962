"""What goes along with an attribute: found in the data, and told along."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from latentlab.data import catalog
from latentlab.engine.attributes.implications import along, contradicted, implied_by

NUMBERS = st.floats(0.0, 1.0, width=32)


@pytest.mark.parametrize("split", ["train", "test"])
def test_that_of_the_faces_sunglasses_are_eyeglasses_and_nothing_else_is_implied(split: str) -> None:
    faces = catalog.load("faces", split)
    names = faces.attribute_names
    found = implied_by(faces.attributes.float().numpy())
    assert [(names[a], has, names[b], so) for a, has, b, so in found] == [
        ("Sunglasses", True, "Eyeglasses", True),
        ("Eyeglasses", False, "Sunglasses", False),
    ]


def test_that_what_excludes_each_other_is_found_from_both_sides() -> None:
    y = np.array([[1, 0], [0, 1], [0, 0]] * 40, np.float32)
    assert implied_by(y) == ((0, True, 1, False), (1, True, 0, False))


def test_that_of_two_of_which_one_always_holds_the_other_goes_when_one_comes() -> None:
    found = implied_by(np.array([[1, 0], [0, 1]] * 40, np.float32))
    assert along((0.0, 0.0), [0], found) == (0.0, 1.0)
    assert along((1.0, 1.0), [0], found) == (1.0, 0.0)
    assert along((0.3, 0.0), [0], found) == (0.3, 0.7)


def test_that_a_picture_of_which_an_attribute_is_not_known_contradicts_nothing() -> None:
    y = np.array([[1, 0], [0, 1], [0, 0]] * 40, np.float32)
    y[0, 1] = y[1, 0] = 0.3
    assert implied_by(y) == ((0, True, 1, False), (1, True, 0, False))


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


IMPLIED = (
    (2, True, 1, True), (1, False, 2, False), (2, True, 3, False), (3, True, 2, False),
)  # fmt: skip


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
@example((0.0, 0.0, 3.5055333202221872e-12, 0.0), 2)
def test_that_what_was_told_stays_and_nothing_contradicts_it(condition, number: int) -> None:
    then = along(condition, [number], IMPLIED)
    assert then[number] == condition[number]
    for a, _, b, so in IMPLIED[::2]:
        if number in (a, b):
            assert then[a] <= (then[b] if so else 1.0 - then[b])
            assert contradicted(then, [one for one in IMPLIED if {one[0], one[2]} == {a, b}]) is None


def test_that_a_contradiction_is_named() -> None:
    assert contradicted((0.0, 1.0, 1.0, 0.0), IMPLIED) is None
    assert contradicted((0.0, 0.0, 1.0, 0.0), IMPLIED) == (2, True, 1, True)
