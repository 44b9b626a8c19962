"""The text that a data set is asked for with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.columns import Columns
from latentlab.data.spec import COLOURS, FITS, ReadingOptions, Spec
from latentlab.errors import LabError
from tests.data.test_columns import COLUMNS

OPTIONS = st.builds(
    ReadingOptions,
    side=st.none() | st.integers(8, 64),
    fit=st.sampled_from(FITS),
    colour=st.none() | st.sampled_from(COLOURS),
    columns=COLUMNS,
)
# Mostly what is hard: colons, commas and things that look like options.
NAMES = st.text(st.sampled_from("ab/:=,. 8é\udce9") | st.characters(exclude_characters="\0"), min_size=1)
SOURCES = NAMES | st.lists(NAMES | st.sampled_from(["side=32", "", "x=1"]), min_size=2).map("::".join)


@given(OPTIONS)
def test_that_options_come_back_as_they_were_written(options):
    assert ReadingOptions.parse(str(options)) == options


@given(SOURCES.filter(bool), OPTIONS)
def test_that_any_path_and_options_come_back_as_they_were_written(source, options):
    try:
        spec = Spec(source, options)
        text = str(spec)
    except LabError:  # The source alone looks like a spec with wrong options.
        text = f"{source}::{options}"
    assert Spec.parse(text) == Spec(source, options)


@pytest.mark.parametrize(
    ("text", "source", "options"),
    [
        ("mnist", "mnist", ReadingOptions()),
        (
            "/home/me/cats::side=32,fit=pad,colour=rgb",
            "/home/me/cats",
            ReadingOptions(32, "pad", "rgb"),
        ),
        ("faces::colour=grey", "faces", ReadingOptions(colour="grey")),
        (
            "cats::side=32,file=image%20name,class=cell%2Ctype",
            "cats",
            ReadingOptions(32, columns=Columns("image name", "cell,type")),
        ),
        ("/odd::name/cats", "/odd::name/cats", ReadingOptions()),
        ("/odd::name/cats::side=8", "/odd::name/cats", ReadingOptions(8)),
        ("/odd::side=8::", "/odd::side=8", ReadingOptions()),
        ("C:\\cats", "C:\\cats", ReadingOptions()),
    ],
)
def test_that_a_spec_is_read(text, source, options):
    assert Spec.parse(text) == Spec(source, options)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no data set was given"),
        ("::side=32", "no data set was given"),
        ("a\0b", "is not a path"),
        ("x::side=7", "side is 7, expected 8 to 64"),
        ("x::side=65", "side is 65"),
        ("x::side=", "side is '', expected a whole number"),
        ("x::side=3e1", "side is '3e1'"),
        ("x::side=99999999999999", "expected a whole number"),
        ("x::fit=squeeze", "fit is 'squeeze'.*crop, pad"),
        ("x::colour=blue", "colour is 'blue'.*grey, rgb"),
        ("x::size=32", "no reading option is called 'size'.*side, fit, colour"),
        ("x::side=32,side=33", "side is given twice"),
    ],
)
def test_that_a_wrong_spec_is_told(text, reason):
    with pytest.raises(LabError, match=reason):
        Spec.parse(text)
