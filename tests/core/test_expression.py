"""Expressions are parsed to a tree or refused with a position, and say which pictures they are true of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab.core.columns import Column, Numbers, Texts, Words, attribute
from latentlab.core.expression import (
    OPERATORS,
    And,
    Comparison,
    Expression,
    ExpressionError,
    Not,
    Operand,
    Or,
    parse,
    to_text,
)
from latentlab.core.matching import found_by

NUMBER = st.floats(allow_nan=False, allow_infinity=False).map(lambda value: Operand(repr(value), value))
TEXT = st.text(max_size=8).map(Operand)
OPERAND = NUMBER | TEXT
LEAF: st.SearchStrategy[Expression] = OPERAND | st.builds(
    Comparison, OPERAND, st.sampled_from(OPERATORS), OPERAND
)
TREE = st.recursive(
    LEAF,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)
COLUMNS: dict[str, Column] = {
    "class": Words("class", np.array([3, 5, 8, 3, -1]), tuple("0123456789")),
    "Hat": attribute("Hat", np.array([1, 1, 0, 0, 0], bool), np.array([1, 1, 1, 1, 0], bool)),
    "Smiling": attribute("Smiling", np.array([0, 1, 0, 1, 1], bool)),
    "Big_Nose": attribute("Big_Nose", np.array([1, 0, 0, 0, 0], bool)),
    "elbo": Numbers("elbo", np.array([-150, -100, -120, np.nan, -130], np.float32)),
    "age": Numbers("age", np.array([20, 30, 40, 50, 60], np.float32)),
    "town": Words("town", np.array([0, 1, 0, -1, 2]), ("Ulm", "Rome", "New York")),
    "name": Texts("name", ("img_01.png", "img_02.png", "IMG_10.png", "cat.png", "dog 8.png")),
}


def found(text: str) -> list[int]:
    return np.flatnonzero(found_by(parse(text), COLUMNS, 5)).tolist()


@given(TREE)
def test_that_a_tree_comes_back_from_its_text(tree: Expression) -> None:
    assert parse(to_text(tree)) == tree


@settings(max_examples=400)
@given(st.text() | st.text("andortHa ()\"'<>=!~≤-1.e\\", max_size=40))
def test_that_any_text_is_parsed_or_refused_with_a_position_in_it(text: str) -> None:
    tree = refused = None
    try:
        tree = parse(text)
        found_by(tree, COLUMNS, 5)
    except ExpressionError as error:
        refused = error
    assert refused is None or 0 <= refused.position <= len(text)
    assert tree is None or parse(to_text(tree)) == tree


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Hat", [0, 1]),
        ("not Hat", [2, 3]),  # of the last it is not known
        ("Hat and not Smiling", [0]),
        ("hat AND smiling", [1]),
        ("big nose", [0]),
        ("8", [2]),  # the class, not the name "dog 8.png"
        ("class = 3 or class = 5", [0, 1, 3]),
        ("class = 3 or 5", [0, 1, 3]),
        ("class != 3", [1, 2]),
        ("class <= 5", [0, 1, 3]),
        ("elbo < -120", [0, 4]),
        ("elbo<-120 and not 3", []),  # of the last neither is known
        ("not elbo < -120", [1, 2]),
        ("-120 > elbo", [0, 4]),
        ("20 < age <= 40", [1, 2]),
        ("age ≥ 50", [3, 4]),
        ("age > 1e300", []),
        ('name ~ "img_0"', [0, 1]),
        ("img", [0, 1, 2]),
        ("town = new york", [4]),
        ('not town = "Ulm"', [1, 4]),
        ("Ulm", [0, 2]),
        ("(Hat or Smiling) and age < 55", [0, 1, 3]),
        ("not not Hat", [0, 1]),
    ],
)
def test_that_an_expression_finds_what_it_says(text: str, rows: list[int]) -> None:
    assert found(text) == rows


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "nothing to look for"),
        ("Hat and", 7, "missing at the end"),
        ("Hat and or Smiling", 8, "missing before or"),
        ("(Hat", 0, "not closed"),
        ("Hat)", 3, "never opened"),
        ('name ~ "img', 7, "quotation mark"),
        ("Hat ! Smiling", 4, "no meaning"),
        ("Hatt", 0, "Did you mean Hat"),
        ("Hat and Smilling", 8, "Did you mean Smiling"),
        ("elbo", 0, "needs a comparison"),
        ("elbo < low", 7, '"low" is none'),
        ("town < 3", 7, "not a number"),
        ("class = 33", 8, 'nothing in class is "33"'),
        ("3 < 4", 0, "no column"),
        ("agge > 3", 0, "Did you mean age"),
        ("(" * 100 + "Hat", 60, "within each other"),
        ("not " * 100 + "Hat", 400, "times"),
        ("Hat " * 2000, 4000, "longer than 4,000"),
    ],
)
def test_that_an_error_says_what_and_where(text: str, position: int, words: str) -> None:
    with pytest.raises(ExpressionError, match=words) as caught:
        found(text)
    assert caught.value.position == position
