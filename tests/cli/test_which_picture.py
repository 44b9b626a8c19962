"""A picture of a data set by its number, or by the name of its file."""

from __future__ import annotations

import pytest

from latentlab.commands.arguments import number_or_name
from latentlab.commands.which_picture import number_of
from latentlab.data.opening import open_data
from latentlab.errors import LabError
from tests.data.pictures import noise, write


@pytest.fixture
def data(tmp_path):
    for name in ("cats/1.png", "cats/2.png", "dogs/1.png", "7.png/x.png"):
        write(tmp_path / name, noise(len(name) + sum(map(ord, name))))
    return open_data(str(tmp_path)).everything


def test_that_a_number_is_a_number_and_all_else_a_name():
    assert [number_or_name(text) for text in ("0", "17", "17.png", "a 3")] == [0, 17, "17.png", "a 3"]


@pytest.mark.parametrize("name", ["cats/1.png", "2.png", "x.png", "dogs/1.png"])
def test_that_a_path_or_the_end_of_one_alone_names_a_picture(data, name):
    found = data.keys.names[number_of(data, name)]
    assert found == name or found.endswith(f"/{name}")


def test_that_a_path_may_be_written_in_other_forms(data, tmp_path):
    assert data.keys.names[number_of(data, ".\\cats\\1.png")] == "cats/1.png"
    write(tmp_path / "caf\N{LATIN SMALL LETTER E WITH ACUTE}.png", noise(99))
    everything = open_data(str(tmp_path)).everything
    found = number_of(everything, "./cafe\N{COMBINING ACUTE ACCENT}.png")
    assert everything.keys.names[found] == "caf\N{LATIN SMALL LETTER E WITH ACUTE}.png"


def test_that_no_picture_several_and_numbers_too_high_are_refused(data):
    with pytest.raises(LabError, match=r"has no picture called '3.png'"):
        number_of(data, "3.png")
    with pytest.raises(LabError, match=r"has 2 pictures called '1.png': "):
        number_of(data, "1.png")
    with pytest.raises(LabError, match="has 4 pictures, so no number 4"):
        number_of(data, 4)
