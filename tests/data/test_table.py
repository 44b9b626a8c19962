"""Tables of attributes, CelebA's and CSV."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latentlab.data.report import Notebook
from latentlab.data.table import read_table, read_told
from latentlab.errors import LabError


def table(tmp_path, text: str | bytes, name: str = "list_attr.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
    book = Notebook()
    return read_table(path, book), book


GOOD = "2\nHat Smiling\n1.png  1 -1\n2.png -1 -1\n"


@given(
    values=arrays.arrays(np.bool_, st.tuples(st.integers(1, 6), st.integers(1, 4))),
    kind=st.sampled_from(["txt", "csv"]),
    zero=st.sampled_from(["0", "-1", "0.0", "false"]),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    bom=st.booleans(),
    mark=st.sampled_from([",", ";", "\t"]),
)
def test_that_any_table_comes_back_as_it_was_written(tmp_path, values, kind, zero, ending, bom, mark):
    rows, columns = values.shape
    names = [f"n{c}" for c in range(columns)]
    mark = mark if kind == "csv" else " "
    lines = [mark.join(["file", *names])] if kind == "csv" else [str(rows), " ".join(names)]
    for row in range(rows):
        lines.append(mark.join([f"{row}.png", *(("1" if value else zero) for value in values[row])]))
    text = ("\ufeff" if bom else "") + ending.join(lines) + ending
    found, book = table(tmp_path, text, f"a.{kind}")
    assert found.names == tuple(names)
    assert found.files == tuple(f"{row}.png" for row in range(rows))
    assert np.array_equal(found.values, values)
    assert (book.notes, book.skipped) == ([], [])


def test_that_a_wrong_count_is_only_noted(tmp_path):
    found, book = table(tmp_path, GOOD.replace("2\n", "7\n", 1))
    assert len(found.files) == 2
    assert book.notes == ["list_attr.txt says 7 pictures and lists 2"]


def test_that_no_count_is_needed(tmp_path):
    assert table(tmp_path, GOOD.removeprefix("2\n"))[0].values.tolist() == [[True, False], [False, False]]


@pytest.mark.parametrize("value", ["nan", "", "2", "yes?", "--1"])
def test_that_a_stray_value_costs_its_line_and_tells_the_number(tmp_path, value):
    text = f"file,Hat\n1.png,1\n2.png,0\n3.png,{value}\n4.png,1\n"
    found, book = table(tmp_path, text, "a.csv")
    assert found.files == ("1.png", "2.png", "4.png")
    assert book.skipped == [("3.png", f"line 4 of a.csv: Hat is {value!r}, expected 1/0 or 1/-1")]


def test_that_a_line_of_another_length_is_told(tmp_path):
    found, book = table(tmp_path, GOOD + "3.png 1\n")
    assert len(found.files) == 2
    assert book.skipped == [("3.png", "line 5 of list_attr.txt: 1 values for 2 columns")]


def test_that_a_column_missing_from_the_header_is_told(tmp_path):
    with pytest.raises(LabError, match=r"a\.csv: line 3: 2 values for 1 columns"):
        table(tmp_path, "file,Hat\n1.png,1,0\n2.png,1,0\n", "a.csv")


def test_that_lines_that_contradict_each_other_are_told(tmp_path):
    found, book = table(tmp_path, GOOD + "1.png 1 -1\n2.png 1 1\n")
    assert found.files == ("1.png", "2.png")
    assert found.values[1].tolist() == [False, False]
    assert book.skipped == [("2.png", "line 6 of list_attr.txt: says otherwise than line 4")]
    assert "list_attr.txt lists some pictures twice (line 5)" in book.notes


def test_that_a_column_of_something_else_is_no_attribute(tmp_path):
    text = "file,name,Hat,age\n1.png,Ada,1,36\n2.png,Bob,0,1\n3.png,Cy,0,52\n"
    found, book = table(tmp_path, text, "a.csv")
    assert found.names == ("Hat",)
    assert len(found.files) == 3
    assert book.notes[0] == "The column name of a.csv is no attribute: it is 'Ada' in line 2"


def test_that_a_column_with_two_ways_of_saying_no_is_no_attribute(tmp_path):
    found, book = table(tmp_path, "2\nHat Odd\n1.png 1 -1\n2.png -1 0\n3.png -1 1\n")
    assert found.names == ("Hat",)
    assert "The column Odd of list_attr.txt is no attribute: it holds both 0 and -1 in line 4" in book.notes


def test_that_names_in_quotes_and_of_any_bytes_are_read(tmp_path):
    found, _ = table(tmp_path, b'file,Hat\n"a, b.png",1\ncaf\xe9.png,0\n', "a.csv")
    assert found.files == ("a, b.png", "caf\udce9.png")


def test_that_a_table_of_excel_is_read(tmp_path):
    found, _ = table(tmp_path, "file\tHat\r\n1.png\t1\r\n".encode("utf-16"), "a.csv")
    assert (found.names, found.values.tolist()) == (("Hat",), [[True]])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("3\n", "is empty"),
        ("3\nHat\n", "is empty"),
        ("2\nHat\n1.png x\n2.png y\n", "no column holds 1/0 or 1/-1"),
        ("1\nHat\n1.png\n", "0 values for 1 columns|names no attributes"),
    ],
)
def test_that_what_is_no_table_is_told(tmp_path, text, reason):
    with pytest.raises(LabError, match=reason) as caught:
        table(tmp_path, text)
    assert str(tmp_path / "list_attr.txt") in str(caught.value)


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.txt"]))
def test_that_any_bytes_give_a_table_or_a_reason(tmp_path, content, name):
    try:
        table(tmp_path, content, name)
    except LabError as error:
        reason = str(error)
    else:
        return
    assert name in reason


def test_that_a_table_tells_of_the_pictures_by_their_names():
    book = Notebook()
    told = read_told(b"file,Hat\na.png,1\nb.png,0\n", "labels.csv", ["x/b.png", "x/a.png", "x/c.png"], book)
    assert told.attributes.tolist() == [[False], [True], [False]]
    assert told.attributes_known.tolist() == [[True], [True], [False]]
    assert (told.attribute_names, told.labels, told.matched) == (("Hat",), None, 2)
    with pytest.raises(LabError, match=r"labels\.csv: names none of the 1 pictures"):
        read_told(b"file,Hat\na.png,1\n", "labels.csv", ["c.png"], book)
