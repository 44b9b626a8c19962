"""How the columns of a table are chosen in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.columns import Columns
from latentlab.errors import LabError

NAMES = st.text(st.sampled_from("none,+%= é|\t/:") | st.characters(codec="utf-8"), min_size=1).filter(
    lambda name: name == name.strip()
)
COLUMNS = st.builds(
    Columns,
    file=st.none() | NAMES,
    label=st.none() | st.just("") | NAMES,
    split=st.none() | st.just("") | NAMES,
    attributes=st.none() | st.lists(NAMES, max_size=3).map(tuple),
)


@given(COLUMNS)
def test_that_columns_come_back_as_they_were_written(columns):
    assert Columns.parse(str(columns)) == columns


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", Columns()),
        ("file=image,class=species", Columns("image", "species")),
        ("class=cell type, by hand,split=none", Columns(None, "cell type, by hand", "")),
        ("class=", Columns(None, "")),
        ("class=%6Eone", Columns(None, "none")),
        ("attributes=Hat+Smiling", Columns(attributes=("Hat", "Smiling"))),
        ("attributes=none", Columns(attributes=())),
        ("class=100%", Columns(None, "100%")),
        ("class=a%2Bb%2Cc", Columns(None, "a+b,c")),
    ],
)
def test_that_columns_are_read(text, columns):
    assert Columns.parse(text) == columns


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("species", "'species' is not a column option.*file, class, split, attributes"),
        ("kind=species", "'kind=species' is not a column option"),
        ("class=a,class=b", "the column class is given twice"),
        ("file=none", "one column must name the files"),
    ],
)
def test_that_a_wrong_choice_is_told(text, reason):
    with pytest.raises(LabError, match=reason):
        Columns.parse(text)
