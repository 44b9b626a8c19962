"""Any picture to a square of the side asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from latentlab.data.pictures.fitting import choose_side, fit, is_grey, planes
from latentlab.data.spec import SQUARES, ReadingOptions
from tests.data.pictures import BLUE, GREEN, RED, noise


@given(st.integers(1, 90), st.integers(1, 90), st.integers(8, 64), st.sampled_from(SQUARES), st.booleans())
def test_that_any_size_becomes_the_side_asked_for(width, height, side, how, grey):
    image = Image.new("L" if grey else "RGB", (width, height), 77 if grey else (7, 77, 177))
    fitted = np.asarray(fit(image, side, how))
    assert fitted.shape[:2] == (side, side)
    # One colour stays that colour: no bars, no ringing at the edges.
    assert (fitted == np.asarray(image)[0, 0]).all()


def test_that_the_right_size_is_left_alone():
    array = noise(1, 32)
    for how in SQUARES:
        assert np.array_equal(np.asarray(fit(Image.fromarray(array), 32, how)), array)


@given(st.integers(8, 20), st.integers(2, 4))
def test_that_pixel_art_at_a_multiple_of_its_size_stays_sharp(side, times):
    art = noise(side, side)
    large = np.repeat(np.repeat(art, times, 0), times, 1)
    assert np.array_equal(np.asarray(fit(Image.fromarray(large), side, "crop")), art)
    if side * times <= 64:
        assert np.array_equal(np.asarray(fit(Image.fromarray(art), side * times, "crop")), large)


def stripes() -> Image.Image:
    """Red, green, blue from left to right, 48 x 16."""
    array = np.zeros((16, 48, 3), np.uint8)
    for third, colour in enumerate((RED, GREEN, BLUE)):
        array[:, third * 16 : third * 16 + 16] = colour
    return Image.fromarray(array)


def test_that_crop_keeps_the_middle():
    assert (np.asarray(fit(stripes(), 16, "crop")) == GREEN).all()


def test_that_pad_keeps_all_on_a_ground_of_the_borders_mean():
    padded = np.asarray(fit(stripes(), 48, "pad"))
    assert np.array_equal(padded[16:32], np.asarray(stripes()))
    # The border: both ends, and the long sides with their thirds.
    assert np.abs(padded[0, 0].astype(int) - [96, 63, 96]).max() < 8
    assert (padded[:16] == padded[0, 0]).all()
    assert (padded[32:] == padded[0, 0]).all()


@pytest.mark.parametrize(
    ("sizes", "options", "side"),
    [
        ([(32, 32)] * 3, ReadingOptions(), 32),
        ([(17, 17)], ReadingOptions(), 17),
        ([(8, 8)], ReadingOptions(), 8),
        ([(7, 7)], ReadingOptions(), 28),
        ([(128, 128)], ReadingOptions(), 64),
        ([(178, 218)], ReadingOptions(), 64),
        ([(40, 50), (50, 40)], ReadingOptions(), 32),
        ([(20, 28)], ReadingOptions(), 28),
        ([(30, 70)], ReadingOptions(), 28),
        ([(30, 70)], ReadingOptions(fit="pad"), 64),
        ([(32, 32)], ReadingOptions(side=20), 20),
    ],
)
def test_that_the_side_follows_the_pictures(sizes, options, side):
    assert choose_side(sizes, options) == side


def test_that_grey_is_grey_in_any_mode():
    grey = Image.fromarray(noise(0, colours=1))
    assert is_grey(grey)
    assert is_grey(grey.convert("RGB"))
    assert not is_grey(Image.fromarray(noise(0)))
    assert planes(grey, True).shape == (1, 12, 12)
    assert planes(grey, False).shape == (3, 12, 12)
    assert np.array_equal(planes(grey.convert("RGB"), True), planes(grey, True))
