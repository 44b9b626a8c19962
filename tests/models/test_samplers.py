"""Samplers: what a step is, and that many of them end at the distribution of the data."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from latentlab.core.schedules import SCHEDULES, Schedule
from latentlab.models.base import Denoised
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.models.samplers import DDIM, SAMPLERS, Ancestral, Sampler, make_sampler

SHAPE = (1, 4, 4)
SCHEDULE = SCHEDULES["cosine"](1000)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(count: int = 3, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(count, *SHAPE, generator=seeded(seed), dtype=dtype)


class Gaussian:
    """Knows what x_t holds if each number of a picture is from N(mean, deviation^2): E[x_0 | x_t]."""

    def __init__(self, schedule: Schedule = SCHEDULE, mean: float = 0.4, deviation: float = 0.3) -> None:
        self.schedule, self.mean, self.deviation = schedule, mean, deviation

    def __call__(self, x_t: Tensor, t: int) -> Denoised:
        signal, sigma = (float(scale) for scale in self.schedule.scales(t))
        gain = signal * self.deviation**2 / self.variance(t)
        x_0 = self.mean + gain * (x_t - signal * self.mean)
        return Denoised(x_0, (x_t - signal * x_0) / sigma)

    def variance(self, t: int) -> float:
        """Of x_t."""
        alpha_bar = float(self.schedule.alpha_bar[t])
        return alpha_bar * self.deviation**2 + 1.0 - alpha_bar

    def flow(self, x_t: Tensor, t: int) -> Tensor:
        """Where the probability flow from x_t ends: it keeps the rank of each number in its distribution."""
        signal = math.sqrt(float(self.schedule.alpha_bar[t]))
        return self.mean + self.deviation * (x_t - signal * self.mean) / math.sqrt(self.variance(t))


def sampled(sampler: Sampler, x: Tensor, count: int, generator=None) -> Tensor:
    times = sampler.schedule.times(count)
    for t, s in itertools.pairwise(times):
        x = sampler.step(x, t, s, generator).x_s
    return x


def made(name: str, denoise=None, **options) -> Sampler:
    return SAMPLERS[name](SCHEDULE, denoise or Gaussian(), **options)


# What a step is


@pytest.mark.parametrize("name", SAMPLERS)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_that_times_that_do_not_fall_are_refused(name, t, s):
    sampler = made(name)
    if s < t:
        assert sampler.step(noise(1), t, s, seeded()).x_s.isfinite().all()
    else:
        with pytest.raises(ValueError, match=f"a step from {t} to {s} of 1000"):
            sampler.step(noise(1), t, s, seeded())


@pytest.mark.parametrize(("t", "s"), [(1001, 5), (5, -1)])
def test_that_times_beyond_the_schedule_are_refused(t, s):
    with pytest.raises(ValueError, match="a step from"):
        made("ddim").step(noise(1), t, s)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("t", [1, 30, 1000])
def test_that_the_last_step_ends_at_the_picture_that_is_predicted_in(name, t):
    step = made(name).step(noise(), t, 0, seeded())
    torch.testing.assert_close(step.x_s, step.x0_hat, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", SAMPLERS)
def test_that_a_belief_is_clipped_and_its_noise_is_what_is_left(name):
    far = Gaussian(mean=3.0)
    clipped, plain = (made(name, far, clip=clip).step(noise(), 600, 500, seeded()) for clip in (True, False))
    assert float(clipped.x0_hat.max()) <= 1.0 < float(plain.x0_hat.max())
    signal, sigma = (float(scale) for scale in SCHEDULE.scales(600))
    for step in (clipped, plain):
        torch.testing.assert_close(signal * step.x0_hat + sigma * step.noise_hat, noise())
    assert not torch.allclose(clipped.x_s, plain.x_s)


@given(
    st.sampled_from(sorted(SCHEDULES)), st.lists(st.integers(0, 1000), min_size=2, max_size=2, unique=True)
)
def test_that_ddim_with_an_eta_of_1_is_ddpm(name, times):
    s, t = sorted(times)
    schedule = SCHEDULES[name](1000)
    knows, x_t = Gaussian(schedule), noise(dtype=torch.float64)
    ddim = DDIM(schedule, knows, eta=1.0).step(x_t, t, s, seeded())
    ddpm = Ancestral(schedule, knows).step(x_t, t, s, seeded())
    torch.testing.assert_close(ddim.x_s, ddpm.x_s, rtol=1e-6, atol=1e-6)


def test_that_ddim_without_noise_draws_none():
    generator = seeded()
    before = generator.get_state()
    made("ddim").step(noise(), 600, 500, generator)
    made("dpm++").step(noise(), 600, 500, generator)
    assert torch.equal(generator.get_state(), before)
    made("ddpm").step(noise(), 600, 500, generator)
    assert not torch.equal(generator.get_state(), before)


# Many steps, of data whose denoiser is known


@pytest.mark.parametrize("name", ["ddim", "dpm++"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_that_many_steps_follow_the_flow_to_the_data(name, schedule):
    along = SCHEDULES[schedule](1000)
    knows, x = Gaussian(along), noise(64, dtype=torch.float64)
    end = sampled(SAMPLERS[name](along, knows, clip=False), x, 1000)
    torch.testing.assert_close(end, knows.flow(x, 1000), rtol=0, atol=0.01)


def error(name: str, knows: Gaussian, count: int) -> float:
    """How far from the end of the flow so many steps end, on average."""
    x = noise(64, dtype=torch.float64)
    end = sampled(SAMPLERS[name](knows.schedule, knows, clip=False), x, count)
    return float((end - knows.flow(x, knows.schedule.steps)).abs().mean())


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("deviation", [0.1, 0.3, 1.5])
def test_that_ten_steps_of_second_order_come_closer_than_ten_of_first(schedule, deviation):
    knows = Gaussian(SCHEDULES[schedule](1000), deviation=deviation)
    assert error("dpm++", knows, 10) < error("ddim", knows, 10)


@pytest.mark.parametrize(("name", "least", "most"), [("ddim", 1.8, 2.2), ("dpm++", 2.8, 4.5)])
def test_that_with_twice_the_steps_a_first_order_error_halves_and_a_second_order_one_falls_faster(
    name, least, most
):
    errors = [error(name, Gaussian(deviation=1.5), count) for count in (50, 100, 200)]
    assert least < errors[0] / errors[1] < most
    assert least < errors[1] / errors[2] < most


@pytest.mark.parametrize(("name", "options"), [("ddpm", {}), ("ddim", {"eta": 1.0}), ("ddim", {"eta": 0.5})])
@pytest.mark.parametrize("count", [250, 1000])
def test_that_draws_have_the_mean_and_the_variance_of_the_data(name, options, count):
    knows, x = Gaussian(), torch.randn(20_000, generator=seeded(1), dtype=torch.float64)
    end = sampled(made(name, knows, clip=False, **options), x, count, seeded(2))
    assert float(end.mean()) == pytest.approx(0.4, abs=5 * 0.3 / math.sqrt(20_000))
    # Few steps lose some of the spread; the rest is chance.
    assert float(end.std()) == pytest.approx(0.3, rel=0.05 if count < 1000 else 0.03)


# The same again


@pytest.mark.parametrize(
    ("name", "options"), [("ddpm", {}), ("ddim", {"eta": 0.7}), ("ddim", {}), ("dpm++", {})]
)
def test_that_a_row_with_its_own_generator_is_the_same_in_any_batch(name, options):
    x = noise(5)
    whole = sampled(made(name, **options), x, 20, [seeded(row) for row in range(5)])
    for row in range(5):
        alone = sampled(made(name, **options), x[row : row + 1], 20, [seeded(row)])
        assert torch.equal(alone[0], whole[row])
    some = sampled(made(name, **options), x[[3, 1]], 20, [seeded(3), seeded(1)])
    assert torch.equal(some, whole[[3, 1]])


def test_that_rows_with_generators_of_their_own_draw_different_noise():
    x = noise(1).expand(2, *SHAPE)
    end = sampled(made("ddpm"), x, 20, [seeded(1), seeded(2)])
    assert not torch.allclose(end[0], end[1])


@pytest.mark.parametrize(("name", "options"), [("ddpm", {}), ("ddim", {"eta": 0.7}), ("dpm++", {})])
def test_that_the_same_seed_has_the_same_pictures_and_another_others(name, options):
    first, again, other = (sampled(made(name, **options), noise(), 10, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert torch.equal(first, other) == (name == "dpm++")


def test_that_a_dpm_solver_begins_anew_where_another_way_begins():
    times, used = SCHEDULE.times(6), made("dpm++")
    x = noise()
    for t, s in itertools.pairwise(times[:4]):
        x = used.step(x, t, s).x_s
    other = noise(seed=4)
    for t in (1000, 900, 10):  # back to the start, in the midst, and ahead
        assert torch.equal(used.step(other, t, 5).x_s, made("dpm++").step(other, t, 5).x_s)


# By name, over a model


def test_that_a_sampler_by_name_follows_condition_and_guidance():
    asked = []

    class Model:
        picture_shape, schedule = SHAPE, SCHEDULE

        def denoise(self, x_t, t, y=None, guidance=1.0):
            asked.append((t, y, guidance))
            return Gaussian()(x_t, t)

    y = torch.ones(3)
    for name, kind in SAMPLERS.items():
        sampler = make_sampler(name, Model(), y=y, guidance=2.5, eta=0.3)
        assert type(sampler) is kind
        sampler.step(noise(), 40, 30, seeded())
    assert asked == [(40, y, 2.5)] * len(SAMPLERS)
    assert make_sampler("ddim", Model(), eta=0.3).eta == 0.3
    with pytest.raises(KeyError):
        make_sampler("euler", Model())


@pytest.mark.parametrize("name", SAMPLERS)
def test_that_every_sampler_runs_a_model_to_pictures(name):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = DDPM(DDPMConfig(shape=(3, 9, 8), widths=(8, 8), condition_names=("a", "b"))).eval()
    sampler = make_sampler(name, model, y=torch.tensor([0.0, 1.0]), guidance=2.0)
    with torch.no_grad():
        end = sampled(sampler, torch.randn(2, 3, 9, 8, generator=seeded()), 5, seeded())
    assert end.shape == (2, 3, 9, 8)
    assert end.isfinite().all()
    assert float(end.abs().max()) <= 1.0 + 1e-6
