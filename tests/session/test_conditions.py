"""The condition of a state: always one that the model can take."""

from __future__ import annotations

import pytest

from latentlab.session.conditions import (
    alternatives,
    asked_in_words,
    change_in_words,
    fitted_asked,
    fitted_condition,
    in_words,
    one_of,
    switched,
    told,
)

NAMES = ("a", "b", "c")


@pytest.mark.parametrize(
    ("condition", "exclusive", "fitted"),
    [
        ((), True, (1.0, 0.0, 0.0)),
        ((), False, (0.0, 0.0, 0.0)),
        ((0.0, 1.0, 0.0), True, (0.0, 1.0, 0.0)),
        ((0.0, 1.0, 1.0), True, (1.0, 0.0, 0.0)),
        ((0.0, 0.0, 0.0), True, (1.0, 0.0, 0.0)),
        ((0.0, 1.0, 1.0), False, (0.0, 1.0, 1.0)),
        ((0.0, 0.5, 1.0), False, (0.0, 0.5, 1.0)),
        ((0.0, 1.5, 1.0), False, (0.0, 0.0, 0.0)),
        ((0.5, 0.5, 0.0), True, (1.0, 0.0, 0.0)),
        ((1.0, 0.0), True, (1.0, 0.0, 0.0)),
    ],
)
def test_that_a_condition_is_kept_if_the_model_can_take_it(condition, exclusive: bool, fitted) -> None:
    assert fitted_condition(condition, NAMES, exclusive) == fitted


def test_that_a_model_without_conditions_is_told_nothing() -> None:
    assert fitted_condition((1.0, 0.0), (), True) == ()
    assert fitted_condition((), (), True) == ()


def test_that_the_alternatives_are_every_class_or_each_attribute_the_other_way_round() -> None:
    assert alternatives((0.0, 1.0), exclusive=True) == (one_of(0, 2), one_of(1, 2))
    assert alternatives((0.0, 1.0), exclusive=False) == ((1.0, 1.0), (0.0, 0.0))
    assert switched(switched((0.0, 1.0), 1), 1) == (0.0, 1.0)


def test_that_a_condition_is_told_by_its_names() -> None:
    assert in_words((0.0, 1.0, 1.0), NAMES) == "b, c"
    assert in_words((0.0, 0.0, 0.0), NAMES) == "none"
    assert in_words((0.25, 0.0, 1.0), NAMES) == "a=0.25, c"


def test_that_what_is_told_by_half_is_switched_wholly() -> None:
    assert switched((0.25, 0.75), 0) == (1.0, 0.75)
    assert switched((0.25, 0.75), 1) == (0.25, 0.0)
    assert told((0.25, 0.75), 1, 0.5) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("asked", "exclusive", "fitted"),
    [
        ((("a", 1.0), ("b", 0.0)), False, (("a", 1.0), ("b", 0.0))),
        ((("a", 1.0), ("hat", 1.0)), False, (("a", 1.0),)),
        ((("a", 7.0), ("b", 0.5)), False, (("b", 0.5),)),
        ((("a", 1.0), ("b", 1.0)), True, (("a", 1.0),)),
        ((("a", 0.0), ("b", 1.0)), True, (("b", 1.0),)),
    ],
)
def test_that_only_what_the_model_knows_is_asked_for_and_one_class_at_most(asked, exclusive, fitted) -> None:
    assert fitted_asked(asked, NAMES, exclusive) == fitted


def test_that_what_is_asked_for_is_said_as_the_command_line_takes_it() -> None:
    assert asked_in_words((("a", 1.0), ("b", 0.0), ("c", 0.5))) == "a=1,b=0,c=0.5"
    assert asked_in_words(()) == ""


def test_that_what_goes_along_is_switched_along_and_said() -> None:
    implied = ((1, True, 0, True), (0, False, 1, False), (1, True, 2, False), (2, True, 1, False))
    assert alternatives((0.0, 0.0, 1.0), False, implied)[1] == (1.0, 1.0, 0.0)
    assert change_in_words((0.0, 0.0, 1.0), 1, implied, NAMES) == "with b and a, without c"
    assert switched((1.0, 1.0, 0.0), 0, implied) == (0.0, 0.0, 0.0)
    assert change_in_words((1.0, 1.0, 0.0), 0, implied, NAMES) == "without a and b"
    assert change_in_words((1.0, 1.0, 0.0), 2, implied, NAMES) == "with c, without b"
    assert told((0.0, 0.5, 0.0), 0, 0.25, implied) == (0.25, 0.25, 0.0)
