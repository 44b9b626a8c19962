"""The colours of pixel art, and the size of its pixels."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.pictures.palette import palette_of
from latentlab.errors import LabError


@given(
    colours=st.lists(st.binary(min_size=3, max_size=3), min_size=2, max_size=12, unique=True),
    pixel=st.sampled_from([1, 2, 4]),
    seed=st.integers(0, 100),
)
def test_that_all_colours_and_the_drawn_pixels_of_a_drawing_are_found(colours, pixel, seed):
    inks = torch.tensor([list(colour) for colour in colours], dtype=torch.uint8)
    numbers = torch.randint(len(colours), (40, 8, 8), generator=torch.Generator().manual_seed(seed))
    drawn = inks[numbers].movedim(-1, 1)
    found, side = palette_of(drawn.repeat_interleave(pixel, -1).repeat_interleave(pixel, -2))
    assert side == pixel
    assert set(found) == {colours[number].hex() for number in numbers.unique().tolist()}
    counts = numbers.flatten().bincount(minlength=len(colours)).sort(descending=True).values
    assert [int((numbers == colours.index(bytes.fromhex(ink))).sum()) for ink in found] == [
        count for count in counts.tolist() if count
    ]


def test_that_a_grey_drawing_has_colours_of_one_byte():
    picture = torch.tensor([0, 255, 255, 0], dtype=torch.uint8).view(1, 1, 2, 2)
    assert palette_of(picture) == (("00", "ff"), 1)


def test_that_a_few_strays_do_not_hide_the_size_of_the_pixels():
    picture = torch.zeros(50, 1, 8, 8, dtype=torch.uint8)
    picture[:, :, :4] = 255
    picture[0, 0, 1, 1] = 9
    assert palette_of(picture) == (("00", "ff"), 4)


def test_that_pictures_without_a_palette_are_refused_with_advice():
    noise = torch.randint(256, (4, 3, 64, 64), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    with pytest.raises(LabError, match=r"too many for a palette.*another likelihood"):
        palette_of(noise)
    with pytest.raises(LabError, match="all of one colour"):
        palette_of(torch.full((2, 3, 4, 4), 7, dtype=torch.uint8))
