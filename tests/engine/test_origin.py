"""Where made pictures come from, and which of them are copies."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from latentlab.engine.evaluation.origin import (
    CHANCE,
    FEATURES,
    SHOWN,
    Copies,
    Surroundings,
    as_pixels,
    wilson,
)
from latentlab.engine.files.checkpoint import load_model
from latentlab.errors import LabError
from tests.tiny import save_tiny_classifier

SIDE = 8


def pictures(count: int, seed: int) -> Tensor:
    """Blobs at random places on a grey ground; uint8 (count, 1, 8, 8)."""
    generator = torch.Generator().manual_seed(seed)
    place = torch.rand(count, 2, 1, 1, generator=generator) * SIDE
    size = 1.0 + 2.0 * torch.rand(count, 1, 1, generator=generator)
    down, across = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    squares = (down - place[:, 0]).square() + (across - place[:, 1]).square()
    return (255.0 * torch.exp(-squares / (2.0 * size.square()))).to(torch.uint8).unsqueeze(1)


def noisy(images: Tensor, amount: float) -> Tensor:
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(9))
    return (images.float() + amount * noise).round().clamp(0, 255).to(torch.uint8)


TRAIN, HELD_OUT = pictures(140, 0), pictures(400, 1)


@pytest.fixture(scope="module")
def surroundings() -> Surroundings:
    return Surroundings.of(TRAIN, HELD_OUT)


def test_that_training_pictures_with_a_little_noise_are_copies_of_themselves(
    surroundings: Surroundings,
) -> None:
    found = surroundings.origins(noisy(TRAIN, 1.0))
    copies = Copies.among(found)
    assert copies.share > 0.9
    assert copies.copier
    assert all(one.numbers[0] == number for number, one in enumerate(found) if one.copy)


def test_that_fresh_pictures_are_not_copies(surroundings: Surroundings) -> None:
    copies = Copies.among(surroundings.origins(pictures(500, 2)))
    assert copies.share <= 2.0 * CHANCE
    assert not copies.copier


def test_that_at_most_one_in_a_hundred_held_out_pictures_counts_as_a_copy(
    surroundings: Surroundings,
) -> None:
    assert Copies.among(surroundings.origins(HELD_OUT)).share <= CHANCE


def test_that_a_mean_of_many_pictures_is_near_to_all_and_a_copy_of_none() -> None:
    # All in one place: only the shade differs, so that a mean lies in the middle of them.
    shades = torch.Generator().manual_seed(3)
    train = torch.randint(100, 156, (300, 1, SIDE, SIDE), generator=shades).to(torch.uint8)
    held_out = torch.randint(100, 156, (300, 1, SIDE, SIDE), generator=shades).to(torch.uint8)
    (one,) = Surroundings.of(train, held_out).origins(train.float().mean(0, keepdim=True).to(torch.uint8))
    assert one.as_near == 0
    assert one.as_alone > CHANCE * one.held_out
    assert not one.copy


def test_that_the_nearest_come_first_with_their_root_mean_square_differences(
    surroundings: Surroundings,
) -> None:
    (one,) = surroundings.origins(HELD_OUT[:1])
    apart = (HELD_OUT[:1].double() - TRAIN.double()).flatten(1).div(255.0).square().mean(1).sqrt()
    order = apart.argsort()[:SHOWN]
    assert one.numbers == tuple(order.tolist())
    assert one.distances == pytest.approx(apart[order].tolist(), abs=1e-6)
    assert len(one.numbers) == SHOWN


def test_that_the_ranks_are_counts_of_held_out_pictures(surroundings: Surroundings) -> None:
    near = torch.cdist(as_pixels(HELD_OUT).double(), as_pixels(TRAIN).double()).min(1).values
    (one,) = surroundings.origins(HELD_OUT[7:8])
    assert one.held_out == len(HELD_OUT)
    assert one.as_near == int((near <= near[7] + 1e-9).sum())
    assert one.share == one.as_near / 400


def test_that_no_copy_is_claimed_without_held_out_pictures() -> None:
    (one,) = Surroundings.of(TRAIN, TRAIN[:0]).origins(TRAIN[:1])
    assert one.distances[0] == 0.0
    assert not one.copy
    assert math.isnan(one.share)
    assert "cannot be told" in Copies.among([one]).in_words("it")


def test_that_one_training_picture_is_enough() -> None:
    (one,) = Surroundings.of(TRAIN[:1], HELD_OUT).origins(TRAIN[:1])
    assert (one.numbers, one.distances) == ((0,), (0.0,))


def test_that_a_copy_of_a_picture_that_is_there_twice_is_still_one() -> None:
    (one,) = Surroundings.of(torch.cat([TRAIN, TRAIN[:5]]), HELD_OUT).origins(noisy(TRAIN[:1], 1.0))
    assert one.copy


def test_that_none_at_all_are_refused() -> None:
    with pytest.raises(LabError, match="no training pictures"):
        Surroundings.of(TRAIN[:0], HELD_OUT)


def test_that_they_are_found_in_the_features_of_a_classifier_too(tmp_path: Path) -> None:
    classifier = load_model(save_tiny_classifier(tmp_path / "judge.safetensors")).model
    (one,) = Surroundings.of(TRAIN, HELD_OUT, classifier).origins(TRAIN[3:4])
    assert (one.space, one.numbers[0]) == (FEATURES, 3)
    assert one.distances[0] == pytest.approx(0.0, abs=1e-5)


def test_that_the_work_is_told_in_shares_that_grow() -> None:
    *shares, last = Surroundings.made(TRAIN, HELD_OUT)
    assert isinstance(last, Surroundings)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_that_a_share_has_wilsons_interval() -> None:
    # Brown, Cai & DasGupta (2001) and any calculator: 10 of 100.
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(0, 50)
    assert low == 0.0
    assert 0.0 < high < 0.08


def test_that_words_say_whether_a_model_copies(surroundings: Surroundings) -> None:
    copied = Copies.among(surroundings.origins(noisy(TRAIN, 1.0)))
    fresh = Copies.among(surroundings.origins(pictures(200, 5)))
    assert copied.in_words("it").startswith("it copies: ")
    assert fresh.in_words("it").startswith("it does not copy: ")
