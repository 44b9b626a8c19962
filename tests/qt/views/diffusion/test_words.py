"""What is said of frames and manners; and the arrays that become pictures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from latentlab.engine.diffusion.noising import as_bytes
from latentlab.engine.diffusion.recipes import (
    BetweenNoises,
    FromNoise,
    FromPicture,
    Pixels,
    Recipe,
    SamplerSettings,
)
from latentlab.qt.views.diffusion import text
from latentlab.qt.views.diffusion.reverse.branching import other_noise
from latentlab.qt.views.diffusion.reverse.changes import changes, duration, resettled, seconds_for
from latentlab.qt.views.diffusion.reverse.mosaic import (
    BINS,
    REACH,
    mosaic_of,
    normal_density,
    scale_in,
    shares,
)


def test_that_a_frame_says_its_time_and_how_much_noise_there_is() -> None:
    alpha_bar = np.array([1.0, 0.9, 0.5, 0.1, 1e-9])
    assert text.of_frame(1, 5, 3, alpha_bar) == (
        "Frame 1 of 4 · t = 3 of 4 · SNR \N{MINUS SIGN}9.5 dB: more noise than picture"
    )
    assert "SNR 0.0 dB" in text.of_frame(2, 5, 2, alpha_bar)
    assert "SNR +9.5 dB: more picture than noise" in text.of_frame(3, 5, 1, alpha_bar)
    assert text.of_frame(0, 5, 4, alpha_bar).endswith("x̂₀ is the average of all pictures")
    for guidance, end in (
        (1.0, "given the condition"),
        (2.0, "exaggerated by guidance"),
        (0.5, "weakened by"),
    ):
        sampler_settings = SamplerSettings(guidance=guidance, conditions=((1.0, 0.0),))
        assert end in text.of_frame(0, 5, 4, alpha_bar, sampler_settings)
    assert "no noise left" in text.of_frame(4, 5, 0, alpha_bar)


def test_that_a_manner_says_what_matters_for_it() -> None:
    one = SamplerSettings("ddim", 20, 0.5, 2.0, ((0.0, 1.0),), 7)
    assert text.of_sampler_settings(one, ("a", "b")) == "DDIM 20, eta 0.5 · class b · guidance 2 · seed 7"
    assert text.of_sampler_settings(SamplerSettings("dpm++", 10, guidance=3.0)) == "DPM++ 10 · seed 0"


def test_that_conditions_are_told_in_words() -> None:
    each = ((1.0, 0.0), (0.0, 1.0))
    assert text.condition_words(each, ("a", "b"), True) == "each class in turn"
    assert (
        text.condition_words(((1.0, 0.5, 0.0),), ("Hat", "Beard", "Smile"), False)
        == "with Hat, without Smile"
    )
    assert text.condition_words((), ("a",), True) == ""


def test_that_a_start_is_told_in_words() -> None:
    pixels = Pixels((2, 2), bytes(4))
    assert text.of_start(FromNoise()) == ""
    assert "40%" in text.of_start(FromPicture(pixels, 0.4))
    assert "seed 9" in text.of_start(BetweenNoises(9))


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.3, "a moment left"), (12.4, "12 s left"), (200, "3 min left")]
)
def test_that_time_left_is_round(seconds: float, said: str) -> None:
    assert text.time_left(seconds) == said


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (16, 4), (64, 8), (10, 3)])
def test_that_pictures_are_as_large_as_a_square_allows(count: int, columns: int) -> None:
    assert scale_in(count, (28, 28), 300, 300)[0] == columns
    # Between equals the squarer one, though others would be a hair larger.
    assert scale_in(16, (28, 28), 742, 485) == (4, 4.0)


def test_that_a_mosaic_has_each_picture_in_its_place() -> None:
    x = np.linspace(-1, 1, 5, dtype=np.float32)[:, None, None, None] * np.ones((1, 3, 4, 4), np.float32)
    page = mosaic_of(x, 3, 77)
    assert page.shape == (9, 14, 3)
    assert page[5, 5, 0] == as_bytes(x)[4, 0, 0, 0]
    assert (page[4] == 77).all()
    assert (page[5:, 10:] == 77).all()


def test_that_a_histogram_is_a_density() -> None:
    x = np.random.default_rng(0).normal(size=(64, 3, 32, 32)).astype(np.float32)
    density = shares(x)
    # What lies outside is not in it, nor piled up at the ends.
    assert density.sum() * 2 * REACH / BINS == pytest.approx(0.9973, abs=1e-3)
    assert np.abs(density - normal_density()).max() < 0.04
    assert shares(np.full((1, 1, 2, 2), 5.0, np.float32)).sum() == 0.0


def test_that_a_branch_never_brings_the_same_pictures_again() -> None:
    ddim, ddpm, fast = SamplerSettings("ddim"), SamplerSettings("ddpm"), SamplerSettings("dpm++")
    assert other_noise(ddim, ddim) == SamplerSettings("ddim", eta=1.0, seed=1)
    # Without noise on the way another seed alone changes nothing.
    assert other_noise(SamplerSettings("ddim", seed=5), ddim) == SamplerSettings("ddim", eta=1.0, seed=5)
    assert other_noise(ddpm, ddpm) == SamplerSettings("ddpm", seed=1)
    assert other_noise(SamplerSettings("ddpm", seed=4), ddpm) == SamplerSettings("ddpm", seed=4)
    assert other_noise(fast, fast) == SamplerSettings("ddpm", seed=1)
    assert other_noise(SamplerSettings("ddim", guidance=3.0), ddim) == SamplerSettings("ddim", guidance=3.0)


def test_that_other_settings_change_the_last_part_of_a_tape_alone() -> None:
    told = SamplerSettings(conditions=((1.0, 0.0),))
    other = dataclasses.replace(told, guidance=4.0)
    branched = Recipe(2, told).branched(3, told)
    assert resettled(branched, 2, other).sampler_settings == told
    assert resettled(branched, 2, other).last_sampler_settings == other
    assert resettled(Recipe(2, told), 5, other) == Recipe(5, other)


def test_that_a_change_of_settings_is_said_in_words_with_the_time_it_takes() -> None:
    one = Recipe(16, SamplerSettings("ddim", 50, 0.0, 1.0, ((1.0, 0.0),), 0))
    other = Recipe(8, SamplerSettings("dpm++", 20, 0.0, 2.5, ((0.0, 1.0),), 7))
    assert changes(one, one, ("a", "b"), True) == ""
    assert changes(one, other, ("a", "b"), True) == (
        "pictures 16 → 8 · sampler DDIM → DPM++ · steps 50 → 20 · class a → class b"
        " · guidance 1 → 2.5 · seed 0 → 7"
    )
    # A fifth of the pictures' steps, each of which now asks twice.
    assert seconds_for(one, 10.0, other) == pytest.approx(4.0)
    assert duration(4.2) == "about 4 s"
    assert duration(300) == "about 5 min"
