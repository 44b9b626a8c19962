"""Ramps are uniform steps of colour that rise in lightness for every vision, on either ground."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.core.ramps import inks_of, ramp, to_oklab, to_rgb
from tests.vision import VISIONS, cielab


def rgb_of(inks: np.ndarray) -> np.ndarray:
    return np.stack([inks >> 16 & 255, inks >> 8 & 255, inks & 255], axis=-1) / 255.0


def test_that_oklab_goes_there_and_back() -> None:
    rgb = np.random.default_rng(0).random((50, 3))
    np.testing.assert_allclose(to_rgb(to_oklab(rgb)), rgb, atol=1e-6)
    np.testing.assert_allclose(to_oklab(np.ones(3)), [1.0, 0.0, 0.0], atol=1e-6)


@pytest.mark.parametrize("dark", [False, True])
def test_that_equal_steps_look_equal(dark: bool) -> None:
    lab = to_oklab(rgb_of(ramp(dark, 32)))
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.max() < 1.25 * steps.min()


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("dark", [False, True])
def test_that_more_is_lighter_to_everybody_and_stands_out(dark: bool, vision: str) -> None:
    lab = np.array([cielab(colour, vision) for colour in rgb_of(ramp(dark, 24))])
    assert (np.diff(lab[:, 0]) > 0).all()
    ground = cielab(np.array([0x14, 0x16, 0x1A]) / 255.0 if dark else np.ones(3), vision)
    assert np.linalg.norm(lab - ground, axis=1).min() > 15.0


def test_that_numbers_take_the_colours_between_the_ends() -> None:
    values = np.array([-5.0, 0.0, 1.0, 9.0, np.nan, np.inf], dtype=np.float32)
    inks = inks_of(values, 0.0, 1.0, dark=False, unknown=0xFF123456)
    colours = ramp(False)
    assert inks.tolist() == [colours[0], colours[0], colours[-1], colours[-1], 0xFF123456, colours[-1]]
