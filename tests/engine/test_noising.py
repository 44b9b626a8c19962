"""Pictures among noise without torch: the same as the schedules of the core."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from latentlab.core.schedules import SCHEDULES
from latentlab.engine.diffusion.noising import (
    as_bytes,
    as_pictures,
    as_x,
    noise_in,
    noise_picture,
    noised,
    picture_of,
    pixels_of,
    snr_db,
)

CHANCE = np.random.default_rng(3)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("t", [0, 1, 37, 99, 100])
def test_that_the_closed_form_is_that_of_the_core(name: str, t: int) -> None:
    schedule = SCHEDULES[name](100)
    x_0, noise = CHANCE.standard_normal((2, 3, 5, 4)).astype(np.float32)
    x_t = noised(x_0, float(schedule.alpha_bar[t]), noise)
    assert x_t.dtype == np.float32
    wanted = schedule.noised(torch.from_numpy(x_0), t, torch.from_numpy(noise)).numpy()
    assert np.allclose(x_t, wanted, atol=1e-6)
    if t > 0:
        assert snr_db(float(schedule.alpha_bar[t])) == pytest.approx(float(schedule.snr_db[t - 1]), abs=1e-9)


def test_that_the_noise_is_what_the_right_picture_leaves() -> None:
    x_0, noise = CHANCE.standard_normal((2, 1, 6, 6)).astype(np.float32)
    assert np.allclose(noise_in(noised(x_0, 0.3, noise), x_0, 0.3), noise, atol=1e-5)
    assert not noise_in(x_0, x_0, 1.0).any()


def test_that_the_signal_to_noise_ratio_has_its_ends() -> None:
    assert snr_db(1.0) == math.inf
    assert snr_db(0.0) == -math.inf
    assert snr_db(0.5) == pytest.approx(0.0)


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 3)])
def test_that_a_picture_comes_back_unharmed_from_the_denoisers_numbers_and_from_a_recipe(
    shape: tuple[int, ...],
) -> None:
    picture = CHANCE.integers(0, 256, shape, dtype=np.uint8)
    x = as_x(picture)
    assert x.shape == ((1, 5, 4) if len(shape) == 2 else (3, 5, 4))
    assert -1.0 <= x.min() < x.max() <= 1.0
    assert np.array_equal(as_pictures(x[None])[0], picture)
    assert np.array_equal(picture_of(pixels_of(picture)), picture)


def test_that_what_lies_outside_is_cut_off_and_no_noise_is_grey() -> None:
    assert as_bytes(np.float32([-4.0, -1.0, 1.0, 4.0])).tolist() == [0, 0, 255, 255]
    assert noise_picture(np.float32([[[-3.0, 0.0, 3.0]]])).tolist() == [[0, 128, 255]]
