"""The ideal denoiser of a finite set of pictures."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from latentlab.core import ideal_denoiser
from latentlab.core.ideal_denoiser import IdealDenoiser
from latentlab.core.schedules import cosine


def brute_force(x_t: Tensor, alpha_bar: Tensor, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """(means, weights), line by line as the equation stands."""
    x_i = pictures.double() / 127.5 - 1.0
    means, weights = [], []
    for x, abar in zip(x_t.double(), alpha_bar.double(), strict=True):
        squares = (x - abar.sqrt() * x_i).square().flatten(1).sum(1)
        w = (-squares / (2.0 * (1.0 - abar).clamp(min=1e-12))).softmax(0)
        means.append((w.view(-1, 1, 1, 1) * x_i).sum(0))
        weights.append(w)
    return torch.stack(means), torch.stack(weights)


def some_pictures(count: int, seed: int, shape: tuple[int, int, int] = (1, 6, 5)) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(256, (count, *shape), generator=generator).to(torch.uint8)


def noised(pictures: Tensor, alpha_bar: Tensor, seed: int) -> Tensor:
    noise = torch.randn(pictures.shape, generator=torch.Generator().manual_seed(seed))
    signal, sigma = alpha_bar.sqrt().view(-1, 1, 1, 1), (1.0 - alpha_bar).sqrt().view(-1, 1, 1, 1)
    return (signal * (pictures.float() / 127.5 - 1.0) + sigma * noise).float()


# Nearly all noise, nearly none, none at all, and between.
LEVELS = st.one_of(
    st.floats(1e-9, 1.0),
    st.floats(-9.0, -1.0).map(lambda power: 1.0 - 10.0**power),
    st.floats(-9.0, -1.0).map(lambda power: 10.0**power),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**31 - 1),
    count=st.integers(1, 40),
    levels=st.lists(LEVELS, min_size=1, max_size=4),
    twins=st.integers(0, 30),
)
def test_that_it_is_brute_force_at_every_level_of_noise_with_identical_pictures_too(
    seed: int, count: int, levels: list[float], twins: int
) -> None:
    pictures = some_pictures(count, seed)
    pictures = torch.cat([pictures, pictures[:1].expand(twins, -1, -1, -1)])
    alpha_bar = torch.tensor(levels, dtype=torch.float64)
    x_t = noised(pictures[torch.arange(len(levels)) % len(pictures)], alpha_bar, seed + 1)
    found = IdealDenoiser(pictures).denoise(x_t, alpha_bar, 3)
    means, weights = brute_force(x_t, alpha_bar, pictures)
    assert torch.allclose(found.mean.double(), means, atol=1e-4)
    assert torch.allclose(found.weights, weights.topk(min(3, len(pictures)), 1).values, atol=1e-4)
    assert torch.allclose(weights.gather(1, found.numbers), found.weights, atol=1e-4)
    # How many share the weight is a number from 1 to all of them.
    assert bool((found.effective >= 1.0 - 1e-6).all())
    assert bool((found.effective <= len(pictures) * (1.0 + 1e-6)).all())


@pytest.mark.slow
def test_that_it_is_brute_force_for_thousands_of_digits_over_a_whole_schedule() -> None:
    pictures = some_pictures(3000, 0, (1, 28, 28))
    schedule = cosine(1000)
    alpha_bar = schedule.alpha_bar[[1000, 900, 500, 200, 50, 10, 1, 0]]
    x_t = noised(pictures[:8], alpha_bar, 1)
    found = IdealDenoiser(pictures).denoise(x_t, alpha_bar)
    means, _ = brute_force(x_t, alpha_bar, pictures)
    assert torch.allclose(found.mean.double(), means, atol=1e-4)


def test_that_the_size_of_the_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, alpha_bar = some_pictures(23, 2), torch.tensor([0.5, 0.02, 1.0 - 1e-7])
    x_t = noised(pictures[:3], alpha_bar, 3)
    whole = IdealDenoiser(pictures).denoise(x_t, alpha_bar, 23)
    monkeypatch.setattr(ideal_denoiser, "_AT_ONCE", 4 * 30)
    pieces = list(IdealDenoiser(pictures).denoised(x_t, alpha_bar, 23))
    assert pieces[:6] == [None] * 6
    last = pieces[-1]
    assert last is not None
    assert torch.allclose(last.mean, whole.mean, atol=1e-6)
    assert torch.allclose(last.weights, whole.weights, atol=1e-9)


def test_that_noise_alone_gives_the_mean_picture_and_everybody_the_same_weight() -> None:
    pictures = some_pictures(50, 4)
    x_t = torch.randn(1, 1, 6, 5, generator=torch.Generator().manual_seed(0))
    found = IdealDenoiser(pictures).denoise(x_t, torch.tensor([1e-14]), 2)
    mean = (pictures.double() / 127.5 - 1.0).mean(0)
    assert torch.allclose(found.mean[0].double(), mean, atol=1e-5)
    assert float(found.effective) == pytest.approx(50.0, rel=1e-4)


def test_that_without_noise_it_is_the_nearest_picture() -> None:
    pictures = some_pictures(50, 5)
    found = IdealDenoiser(pictures).denoise(pictures[31:32].float() / 127.5 - 1.0, torch.tensor([1.0]), 2)
    assert int(found.numbers[0, 0]) == 31
    assert float(found.effective) == 1.0
    assert torch.allclose(found.mean[0], pictures[31].float() / 127.5 - 1.0, atol=1e-6)


def test_that_of_identical_pictures_each_has_its_part_even_without_noise() -> None:
    pictures = torch.cat([some_pictures(1, 6).expand(4, -1, -1, -1), some_pictures(3, 7)])
    found = IdealDenoiser(pictures).denoise(pictures[:1].float() / 127.5 - 1.0, torch.tensor([1.0]), 7)
    assert found.weights[0].tolist() == pytest.approx([0.25] * 4 + [0.0] * 3)
    assert float(found.effective) == pytest.approx(4.0)


def test_that_two_pictures_divide_the_weight_by_the_logistic_function() -> None:
    # One pixel, -1 and 1: log(w_2 / w_1) = 2 sqrt(abar) x / (1 - abar).
    pictures = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1)
    x, abar = 0.3, 0.4
    x_t, alpha_bar = (torch.tensor([value], dtype=torch.float64) for value in (x, abar))
    found = IdealDenoiser(pictures).denoise(x_t.view(1, 1, 1, 1), alpha_bar, 1)
    w = 1.0 / (1.0 + math.exp(-2.0 * math.sqrt(abar) * x / (1.0 - abar)))
    assert int(found.numbers) == 1
    assert float(found.weights) == pytest.approx(w, abs=1e-9)
    assert float(found.mean) == pytest.approx(math.tanh(math.sqrt(abar) * x / (1.0 - abar)), abs=1e-6)


def test_that_no_denoiser_has_a_smaller_squared_error_over_the_pictures() -> None:
    pictures, abar = some_pictures(5, 8, (1, 1, 2)), 0.6
    alpha_bar = torch.full((4000,), abar)
    x_0 = pictures[torch.arange(4000) % 5]
    x_t = noised(x_0, alpha_bar, 9)
    error = x_0.float() / 127.5 - 1.0 - IdealDenoiser(pictures).denoise(x_t, alpha_bar).mean
    # The residual of a conditional mean is uncorrelated with whatever is computed from x_t.
    for function in (x_t, x_t.square(), torch.sin(3.0 * x_t)):
        product = (error * function).flatten(1).mean(1)
        assert abs(float(product.mean())) < 4.0 * float(product.std()) / math.sqrt(len(product))
    assert np.isfinite(float(error.square().mean()))


def test_that_no_pictures_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="M >= 1"):
        IdealDenoiser(torch.empty(0, 1, 2, 2, dtype=torch.uint8))
