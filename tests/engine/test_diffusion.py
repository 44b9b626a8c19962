"""Recipes run: every way to the same pictures gives the same pictures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from latentlab.core.schedules import SCHEDULES
from latentlab.engine.diffusion.recipes import (
    BetweenNoises,
    Branch,
    FromPicture,
    Inpainting,
    Pixels,
    Recipe,
    SamplerSettings,
)
from latentlab.engine.diffusion.runner import Diffusion, Frame, as_bytes, as_pictures, pixels_of
from latentlab.errors import LabError
from latentlab.models.base import Denoised
from latentlab.models.sampler_names import SAMPLER_NAMES
from tests.tiny import DDPM_CONFIG, make_tiny_ddpm

TOLD = dataclasses.replace(DDPM_CONFIG, condition_names=("even", "odd"))
SAMPLER_SETTINGS = [SamplerSettings(name, 6, seed=3) for name in SAMPLER_NAMES] + [
    SamplerSettings("ddim", 6, eta=0.7, seed=3)
]


@pytest.fixture(scope="module")
def diffusion() -> Diffusion:
    return Diffusion(make_tiny_ddpm(), "fp32")


@pytest.fixture(scope="module")
def told() -> Diffusion:
    return Diffusion(make_tiny_ddpm(TOLD), "fp32")


def frames(diffusion: Diffusion, recipe: Recipe, after: Frame | None = None) -> list[Frame]:
    return [frame for frame in diffusion.run(recipe, after) if frame is not None]


def last(diffusion: Diffusion, recipe: Recipe) -> np.ndarray:
    return frames(diffusion, recipe)[-1].x_t


def grey(value: int = 0, seed: int | None = None) -> Pixels:
    content = np.full((8, 8), value, np.uint8)
    if seed is not None:
        content = np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
    return pixels_of(content)


class Oracle(nn.Module):
    """Believes in one picture, whatever it sees."""

    def __init__(self, x_0: torch.Tensor) -> None:
        super().__init__()
        self.x_0 = nn.Parameter(x_0)
        self.picture_shape = tuple(x_0.shape)
        self.schedule = SCHEDULES["cosine"](100)

    def denoise(self, x_t, t, y=None, guidance=1.0):
        signal, sigma = (float(scale) for scale in self.schedule.scales(t))
        x_0 = self.x_0.expand_as(x_t)
        return Denoised(x_0, (x_t - signal * x_0) / sigma)


@pytest.mark.parametrize(
    "sampler_settings",
    SAMPLER_SETTINGS,
    ids=lambda sampler_settings: f"{sampler_settings.sampler}-{sampler_settings.eta}",
)
def test_that_frames_are_numbered_and_go_down_to_the_picture(
    diffusion: Diffusion, sampler_settings: SamplerSettings
):
    found = frames(diffusion, Recipe(2, sampler_settings))
    times = diffusion.times(Recipe(2, sampler_settings))
    assert [frame.number for frame in found] == list(range(7))
    assert tuple(frame.t for frame in found) == times == diffusion.schedule.times(6)
    assert {frame.total for frame in found} == {7}
    assert found[-1].t == 0
    assert np.array_equal(found[-1].x0_hat, np.clip(found[-1].x_t, -1.0, 1.0))
    assert all(frame.x_t.shape == frame.x0_hat.shape == (2, 1, 8, 8) for frame in found)
    assert all(np.abs(frame.x0_hat).max() <= 1.0 for frame in found)


@pytest.mark.parametrize(
    "sampler_settings",
    SAMPLER_SETTINGS,
    ids=lambda sampler_settings: f"{sampler_settings.sampler}-{sampler_settings.eta}",
)
def test_that_picture_i_is_the_same_in_any_batch(diffusion: Diffusion, sampler_settings: SamplerSettings):
    many = last(diffusion, Recipe(11, sampler_settings))
    for count in (1, 4):
        assert np.allclose(last(diffusion, Recipe(count, sampler_settings)), many[:count], atol=1e-5)
    assert len(np.unique(many.reshape(11, -1), axis=0)) == 11


@pytest.mark.parametrize(
    "sampler_settings",
    SAMPLER_SETTINGS,
    ids=lambda sampler_settings: f"{sampler_settings.sampler}-{sampler_settings.eta}",
)
def test_that_pieces_make_the_pictures_that_a_whole_batch_makes(sampler_settings: SamplerSettings):
    whole, parted = (Diffusion(make_tiny_ddpm(TOLD), "fp32") for _ in range(2))
    parted.piece = 3
    sampler_settings = dataclasses.replace(sampler_settings, conditions=((1.0, 0.0), (0.0, 1.0)))
    recipe = Recipe(8, sampler_settings).branched(2, dataclasses.replace(sampler_settings, seed=9))
    for one, other in zip(frames(whole, recipe), frames(parted, recipe), strict=True):
        assert np.allclose(one.x_t, other.x_t, atol=1e-5)
        assert np.allclose(one.x0_hat, other.x0_hat, atol=1e-4)
    waits = [frame for frame in parted.run(recipe) if frame is None]
    assert len(waits) == 3 * (len(parted.times(recipe)) - 1)


@pytest.mark.parametrize(
    "sampler_settings",
    SAMPLER_SETTINGS,
    ids=lambda sampler_settings: f"{sampler_settings.sampler}-{sampler_settings.eta}",
)
def test_that_samples_are_the_pictures_of_the_tape(told: Diffusion, sampler_settings: SamplerSettings):
    sampler_settings = dataclasses.replace(sampler_settings, conditions=((1.0, 0.0), (0.0, 1.0), (1.0, 0.0)))
    expected = as_bytes(last(told, Recipe(64, sampler_settings)))
    found = [some for some in told.sample(sampler_settings, 70) if len(some)]
    assert [len(some) for some in found] == [16, 16, 16, 16, 6]
    assert np.array_equal(np.concatenate(found)[:64], expected)
    rest = [some for some in told.sample(sampler_settings, 22, 48) if len(some)]
    assert np.array_equal(np.concatenate(rest), np.concatenate(found)[48:])


def test_that_long_sampling_lets_others_have_a_look(diffusion: Diffusion):
    waits = [some for some in diffusion.sample(SamplerSettings(steps=20), 1) if not len(some)]
    assert len(waits) == 2
    assert waits[0].shape == (0, 1, 8, 8)


def test_that_the_same_recipe_gives_the_same_bytes_again(told: Diffusion):
    recipe = Recipe(5, SamplerSettings("ddpm", 8, guidance=2.0, conditions=((0.0, 1.0),), seed=4)).branched(
        3, SAMPLER_SETTINGS[1]
    )
    for one, other in zip(frames(told, recipe), frames(told, recipe), strict=True):
        assert one.x_t.tobytes() == other.x_t.tobytes()
        assert one.x0_hat.tobytes() == other.x0_hat.tobytes()


def test_that_seed_condition_and_guidance_each_change_the_pictures(told: Diffusion):
    sampler_settings = SamplerSettings(steps=5, conditions=((1.0, 0.0),))
    changes = [{}, {"seed": 1}, {"conditions": ((0.0, 1.0),)}, {"conditions": ()}, {"guidance": 3.0}]
    made = [last(told, Recipe(2, dataclasses.replace(sampler_settings, **change))) for change in changes]
    for number, one in enumerate(made):
        assert all(np.abs(one - other).max() > 1e-3 for other in made[:number])
    untold = last(told, Recipe(2, dataclasses.replace(sampler_settings, guidance=0.0)))
    assert np.allclose(untold, made[3], atol=1e-6)


@pytest.mark.parametrize("way", SAMPLER_NAMES)
@pytest.mark.parametrize("trunk", SAMPLER_NAMES)
def test_that_a_branch_from_a_frame_at_hand_is_that_of_the_whole_recipe(diffusion: Diffusion, trunk, way):
    recipe = Recipe(5, SamplerSettings(trunk, 8, seed=1)).branched(4, SamplerSettings(way, 10, seed=1))
    recipe = recipe.branched(6, SamplerSettings(way, 6, seed=2))
    whole = frames(diffusion, recipe)
    before = frames(diffusion, dataclasses.replace(recipe, branches=recipe.branches[:1]))
    assert [frame.t for frame in whole] == list(diffusion.times(recipe))
    for one, other in zip(whole[:6], before[:6], strict=True):
        assert np.array_equal(one.x_t, other.x_t)
    rest = frames(diffusion, recipe, after=before[6])
    assert [frame.number for frame in rest] == [frame.number for frame in whole[6:]]
    for one, other in zip(whole[6:], rest, strict=True):
        assert np.array_equal(one.x_t, other.x_t)
        assert np.array_equal(one.x0_hat, other.x0_hat)


def test_that_a_frame_where_no_branch_leaves_does_not_shorten_the_way(diffusion: Diffusion):
    recipe = Recipe(2, SamplerSettings("ddpm", 5))
    whole = frames(diffusion, recipe)
    for one, other in zip(whole, frames(diffusion, recipe, after=whole[0]), strict=True):
        assert np.array_equal(one.x_t, other.x_t)
    assert len(frames(diffusion, recipe, after=whole[3])) == len(whole)


def test_that_the_second_order_memory_ends_where_a_branch_begins(told: Diffusion):
    # What was believed of another class is no earlier point of the same curve.
    trunk = SamplerSettings("dpm++", 8, conditions=((1.0, 0.0),))
    other = dataclasses.replace(trunk, conditions=((0.0, 1.0),))
    branched = frames(told, Recipe(2, trunk).branched(4, other))
    first_order = frames(told, Recipe(2, trunk).branched(4, dataclasses.replace(other, sampler="ddim")))
    assert np.allclose(branched[5].x_t, first_order[5].x_t, atol=1e-5)
    assert not np.allclose(branched[6].x_t, first_order[6].x_t, atol=1e-5)


def test_that_a_branch_of_the_same_seed_draws_other_noise_than_its_trunk():
    # An oracle leaves nothing in x_s but a x_0 and noise, which at once shows what was drawn.
    diffusion = Diffusion(Oracle(torch.zeros(1, 16, 16)), "fp32")
    trunk = frames(diffusion, Recipe(1, SamplerSettings("ddpm", 50, seed=5)))
    branched = frames(
        diffusion,
        Recipe(1, SamplerSettings("ddpm", 50, seed=5)).branched(1, SamplerSettings("ddpm", 50, seed=5)),
    )

    def new(earlier: Frame, later: Frame) -> np.ndarray:
        mean, _ = diffusion.schedule.posterior(
            torch.zeros(1), torch.from_numpy(earlier.x_t), earlier.t, later.t
        )
        return (later.x_t - mean.numpy()).ravel()

    fresh = new(branched[1], branched[2])
    for drawn in (trunk[0].x_t.ravel(), new(trunk[0], trunk[1]), new(trunk[1], trunk[2])):
        assert abs(np.corrcoef(fresh, drawn)[0, 1]) < 0.3  # of 256 numbers that have nothing in common: 0.06


def test_that_the_pictures_between_two_noises_end_at_both_of_them(diffusion: Diffusion):
    sampler_settings = SamplerSettings(steps=10, seed=3)
    between = frames(diffusion, Recipe(7, sampler_settings, BetweenNoises(8)))
    for at, seed in ((0, 3), (-1, 8)):
        own = frames(diffusion, Recipe(1, dataclasses.replace(sampler_settings, seed=seed)))
        assert np.allclose(between[0].x_t[at], own[0].x_t[0], atol=1e-5)
        assert np.allclose(between[-1].x_t[at], own[-1].x_t[0], atol=1e-4)
    lengths = np.sqrt(np.square(between[0].x_t).mean((1, 2, 3)))
    assert lengths.min() > 0.7  # a straight line would lead through shorter noise than there is


@pytest.mark.parametrize(
    "sampler_settings",
    SAMPLER_SETTINGS,
    ids=lambda sampler_settings: f"{sampler_settings.sampler}-{sampler_settings.eta:g}",
)
def test_that_neighbours_on_an_arc_are_alike_whatever_noise_the_sampler_draws(
    diffusion: Diffusion, sampler_settings: SamplerSettings
):
    ends = last(diffusion, Recipe(40, sampler_settings, BetweenNoises(8)))
    steps = np.square(np.diff(ends, axis=0)).mean((1, 2, 3))
    assert steps.max() < 0.2 * np.square(ends[-1] - ends[0]).mean()
    own = last(diffusion, Recipe(1, sampler_settings))
    assert np.allclose(ends[0], own[0], atol=1e-4), "the first is that of the seed, whatever the sampler"


def test_that_the_noise_of_a_seed_is_what_its_tape_begins_with(diffusion: Diffusion):
    begun = frames(diffusion, Recipe(3, SamplerSettings(steps=2, seed=5)))[0].x_t
    np.testing.assert_array_equal(diffusion.noise(5, range(1, 3)).numpy(), begun[1:])


def test_that_all_pictures_of_an_arc_are_told_what_the_first_is_told(told: Diffusion):
    both = dataclasses.replace(SAMPLER_SETTINGS[0], conditions=((1.0, 0.0), (0.0, 1.0)))
    alike = dataclasses.replace(both, conditions=both.conditions[:1])
    arc = BetweenNoises(9)
    assert np.array_equal(last(told, Recipe(4, both, arc)), last(told, Recipe(4, alike, arc)))


def test_that_what_is_predicted_of_a_hole_is_predicted_of_the_frame_that_is_shown(diffusion: Diffusion):
    mask = np.zeros((8, 8), np.uint8)
    mask[:, 4:] = 1
    start = Inpainting(grey(seed=1), pixels_of(mask), repeats=4)
    for frame in frames(diffusion, Recipe(2, SAMPLER_SETTINGS[0], start))[:-1]:
        predicted = diffusion.predict(frame.x_t, frame.t, (), 1.0)
        np.testing.assert_allclose(frame.x0_hat[..., 4:], predicted[..., 4:], atol=1e-5)


def test_that_a_picture_that_is_hardly_noised_comes_back():
    picture = grey(seed=1)
    oracle = Oracle(torch.rand(1, 8, 8) * 2.0 - 1.0)
    recipe = Recipe(3, SamplerSettings(steps=50), FromPicture(picture, 0.001))
    diffusion = Diffusion(oracle, "fp32")
    assert diffusion.times(recipe) == (1, 0)
    begun = frames(diffusion, recipe)[0]
    known = np.frombuffer(picture.content, np.uint8).reshape(8, 8).astype(np.float32) / 127.5 - 1.0
    assert np.abs(begun.x_t - known).max() < 0.2
    # And of one who knows the picture, it comes back to the very bytes, from any noise.
    knows = Diffusion(Oracle(torch.from_numpy(known)[None].clone()), "fp32")
    for strength in (0.001, 0.5, 1.0):
        ends = last(knows, Recipe(2, SamplerSettings(steps=50), FromPicture(picture, strength)))
        assert as_bytes(ends)[0].tobytes() == picture.content


def test_that_more_strength_is_a_longer_way_from_more_noise(diffusion: Diffusion):
    ways = [
        frames(diffusion, Recipe(2, SamplerSettings(steps=10), FromPicture(grey(255), strength)))
        for strength in (0.2, 0.5, 1.0)
    ]
    assert [way[0].t for way in ways] == [4, 10, 20]
    assert [len(way) for way in ways] == [3, 6, 11]
    means = [way[0].x_t.mean() for way in ways]
    assert means[0] > means[1] > means[2]


@pytest.mark.parametrize(
    "sampler_settings",
    SAMPLER_SETTINGS,
    ids=lambda sampler_settings: f"{sampler_settings.sampler}-{sampler_settings.eta}",
)
def test_that_inpainting_keeps_the_known_part_to_the_bit(
    diffusion: Diffusion, sampler_settings: SamplerSettings
):
    picture, hole = grey(seed=2), np.zeros((8, 8), np.uint8)
    hole[2:5, 3:7] = 255
    recipe = Recipe(3, sampler_settings, Inpainting(picture, pixels_of(hole), 3))
    made = np.stack(as_pictures(last(diffusion, recipe)))
    known = np.frombuffer(picture.content, np.uint8).reshape(8, 8)
    assert np.array_equal(made[:, hole == 0], np.broadcast_to(known[hole == 0], (3, 52)))
    assert len(np.unique(made[:, hole != 0], axis=0)) == 3


def test_that_a_whole_hole_is_a_picture_from_noise(diffusion: Diffusion):
    sampler_settings = SamplerSettings(steps=6, seed=2)
    recipe = Recipe(2, sampler_settings, Inpainting(grey(), grey(255), 1))
    assert np.allclose(last(diffusion, recipe), last(diffusion, Recipe(2, sampler_settings)), atol=1e-5)


def test_that_a_belief_is_that_of_the_frame(told: Diffusion):
    sampler_settings = SamplerSettings(steps=5, guidance=2.0, conditions=((0.0, 1.0), (1.0, 0.0)))
    for frame in frames(told, Recipe(2, sampler_settings))[:-1]:
        assert np.allclose(
            told.predict(frame.x_t, frame.t, sampler_settings.conditions, 2.0), frame.x0_hat, atol=1e-5
        )


def test_that_x_t_is_made_of_the_belief_and_its_noise(diffusion: Diffusion):
    alpha_bar = diffusion.schedule.alpha_bar.numpy()
    for frame in frames(diffusion, Recipe(2, SamplerSettings(steps=5))):
        a, s = np.sqrt(alpha_bar[frame.t]), np.sqrt(1.0 - alpha_bar[frame.t])
        assert np.allclose(a * frame.x0_hat + s * frame.noise_hat(alpha_bar), frame.x_t, atol=1e-5)
    assert not frame.noise_hat(alpha_bar).any()


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (Recipe(1, SamplerSettings(steps=21)), "21 steps are more than the 20 time steps of the model"),
        (
            Recipe(1, SamplerSettings(steps=5), branches=(Branch(5, SamplerSettings(steps=5)),)),
            "a branch starts at frame 5",
        ),
        (
            Recipe(1, SamplerSettings(steps=5, conditions=((1.0, 0.0),))),
            "conditions of 2 numbers; the model has 0",
        ),
        (Recipe(1, SamplerSettings(steps=5), FromPicture(Pixels((4, 4), bytes(16)))), r"shape \(1, 4, 4\)"),
        (Recipe(1, SamplerSettings(steps=5), FromPicture(Pixels((8, 8, 3), bytes(192)))), r"\(3, 8, 8\)"),
    ],
    ids=str,
)
def test_that_a_recipe_that_the_model_cannot_follow_is_refused(diffusion: Diffusion, recipe, reason: str):
    with pytest.raises(LabError, match=reason):
        frames(diffusion, recipe)


def test_that_rows_of_conditions_of_different_lengths_are_refused(told: Diffusion):
    with pytest.raises(LabError, match="conditions of 3 numbers; the model has 2"):
        frames(told, Recipe(2, SamplerSettings(steps=5, conditions=((1.0, 0.0), (1.0, 0.0, 0.0)))))


def test_that_a_model_of_another_kind_is_refused():
    with pytest.raises(LabError, match="a Linear does not denoise"):
        Diffusion(nn.Linear(1, 1))


def test_that_bf16_leaves_the_model_as_it_was_and_the_pictures_about_the_same():
    model = make_tiny_ddpm()
    low = Diffusion(model, "bf16")
    assert all(weight.dtype == torch.float32 for weight in model.parameters())
    exact, rough = (last(one, Recipe(2, SamplerSettings(steps=5))) for one in (Diffusion(model, "fp32"), low))
    assert not np.array_equal(exact, rough)
    assert np.abs(exact - rough).mean() < 0.1


@pytest.mark.gpu
@pytest.mark.parametrize(
    "sampler_settings",
    SAMPLER_SETTINGS,
    ids=lambda sampler_settings: f"{sampler_settings.sampler}-{sampler_settings.eta}",
)
def test_that_cuda_draws_what_the_cpu_draws(cuda: torch.device, sampler_settings: SamplerSettings):
    here = Diffusion(make_tiny_ddpm(TOLD), "fp32")
    there = Diffusion(make_tiny_ddpm(TOLD).to(cuda), "fp32")
    recipe = Recipe(
        3, dataclasses.replace(sampler_settings, conditions=((1.0, 0.0), (0.0, 1.0)), guidance=2.0)
    )
    np.testing.assert_allclose(last(there, recipe), last(here, recipe), atol=1e-2)
