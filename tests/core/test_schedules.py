"""Schedules: what they say of the way into noise and back is what Bayes' rule says."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from latentlab.core.schedules import SCHEDULES, Schedule, cosine, linear

NAMES = st.sampled_from(sorted(SCHEDULES))
TIMES = st.lists(st.integers(0, 1000), min_size=2, max_size=2, unique=True).map(sorted)
NUMBERS = st.floats(-3.0, 3.0)
CLOSE = {"rtol": 0.0, "atol": 1e-10}
ALL = {name: make(1000) for name, make in SCHEDULES.items()}


def number(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


@given(NAMES, st.integers(10, 10_000))
def test_that_for_any_number_of_steps_it_falls_from_a_picture_to_all_but_noise(name, steps):
    schedule = SCHEDULES[name](steps)
    assert schedule.steps == steps == len(schedule.alpha_bar) - 1
    assert schedule.alpha_bar.dtype == torch.float64
    assert schedule.alpha_bar[0] == 1.0
    assert (schedule.alpha_bar.diff() < 0.0).all()
    assert 0.0 < schedule.alpha_bar[-1] < 1e-4


@pytest.mark.parametrize("name", SCHEDULES)
def test_that_single_steps_in_a_row_are_the_marginal_of_each_time(name):
    """x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) e, of a picture x_0 = 1.7: its mean and variance."""
    schedule, mean, variance = ALL[name], 1.7, 0.0
    for t, beta in enumerate(schedule.beta.tolist(), 1):
        mean, variance = math.sqrt(1.0 - beta) * mean, (1.0 - beta) * variance + beta
        signal, sigma = schedule.scales(t)
        assert float(signal) * 1.7 == pytest.approx(mean, rel=0, abs=1e-10)
        assert float(sigma) ** 2 == pytest.approx(variance, rel=0, abs=1e-10)


@given(NAMES, TIMES, NUMBERS, NUMBERS)
def test_that_the_posterior_is_that_of_the_joint_gaussian(name, times, x_0, x_t):
    """(x_s, x_t) given x_0 is one Gaussian in two numbers; conditioned on x_t by the textbook."""
    schedule, (s, t) = ALL[name], times
    of_s, of_t = schedule.alpha_bar[s], schedule.alpha_bar[t]
    mean_s, mean_t = of_s.sqrt() * x_0, of_t.sqrt() * x_0
    covariance = (of_t / of_s).sqrt() * (1.0 - of_s)
    expected = mean_s + covariance / (1.0 - of_t) * (x_t - mean_t)
    mean, variance = schedule.posterior(number(x_0), number(x_t), t, s)
    torch.testing.assert_close(mean, expected, **CLOSE)
    torch.testing.assert_close(number(variance), 1.0 - of_s - covariance.square() / (1.0 - of_t), **CLOSE)
    assert variance >= 0.0


def by_quadrature(schedule: Schedule, x_0: float, x_t: float, t: int, s: int) -> tuple[float, float]:
    """Mean and variance of q(x_s | x_t, x_0) ~ q(x_t | x_s) q(x_s | x_0), added up over a fine grid."""
    of_s, kept = float(schedule.alpha_bar[s]), float(schedule.alpha_bar[t] / schedule.alpha_bar[s])
    # Both Gaussians of x_s; the grid holds all of the narrower one and has it in many pieces.
    centres = (math.sqrt(of_s) * x_0, x_t / math.sqrt(kept))
    widths = (math.sqrt(1.0 - of_s), math.sqrt((1.0 - kept) / kept))
    width = min(widths)
    low, high = min(centres) - 12.0 * width, max(centres) + 12.0 * width
    x_s = torch.linspace(low, high, 400_001, dtype=torch.float64)
    log_density = sum(-0.5 * ((x_s - c) / w).square() for c, w in zip(centres, widths, strict=True))
    density = (log_density - log_density.max()).exp()
    mean = torch.trapezoid(x_s * density, x_s) / torch.trapezoid(density, x_s)
    spread = torch.trapezoid((x_s - mean).square() * density, x_s) / torch.trapezoid(density, x_s)
    return float(mean), float(spread)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(("t", "s"), [(2, 1), (300, 299), (300, 100), (700, 699), (900, 20), (990, 989)])
def test_that_the_posterior_is_bayes_rule_by_quadrature(name, t, s):
    schedule = ALL[name]
    for x_0, x_t in ((0.8, -0.5), (-1.0, 1.3)):
        mean, variance = schedule.posterior(number(x_0), number(x_t), t, s)
        expected_mean, expected_variance = by_quadrature(schedule, x_0, x_t, t, s)
        assert float(mean) == pytest.approx(expected_mean, rel=0, abs=1e-10)
        assert variance == pytest.approx(expected_variance, rel=0, abs=1e-10)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("t", [300, 700, 990])
def test_that_the_means_some_notes_misprint_are_not_those_of_bayes_rule(name, t):
    """sqrt(abar_t) in place of sqrt(abar_{t-1}), or alpha_t without its root."""
    schedule, x_0, x_t = ALL[name], 0.8, -0.5
    of_t, of_s = (float(schedule.alpha_bar[time]) for time in (t, t - 1))
    alpha, beta = of_t / of_s, 1.0 - of_t / of_s
    bayes, _ = by_quadrature(schedule, x_0, x_t, t, t - 1)

    def mean(root_of: float, kept: float) -> float:
        return (math.sqrt(root_of) * beta * x_0 + kept * (1.0 - of_s) * x_t) / (1.0 - of_t)

    assert mean(of_s, math.sqrt(alpha)) == pytest.approx(bayes, rel=0, abs=1e-10)
    assert abs(mean(of_t, math.sqrt(alpha)) - bayes) > 1e-6
    assert abs(mean(of_s, alpha) - bayes) > 1e-6


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("t", [1, 50, 1000])
def test_that_all_that_was_noised_comes_back_at_time_0(name, t):
    mean, variance = ALL[name].posterior(number(0.3), number(-2.0), t, 0)
    torch.testing.assert_close(mean, number(0.3), **CLOSE)
    assert variance == 0.0


@given(NAMES, st.data())
def test_that_times_fall_strictly_to_0_as_evenly_as_they_can(name, data):
    schedule = ALL[name]
    first = data.draw(st.integers(1, 1000), "first")
    count = data.draw(st.integers(1, first), "count")
    times = schedule.times(count, first)
    assert len(times) == count + 1
    assert (times[0], times[-1]) == (first, 0)
    falls = {before - after for before, after in itertools.pairwise(times)}
    assert falls <= {first // count, -(-first // count)}
    assert min(falls) >= 1
    assert all(abs(t - first * (count - done) / count) <= 0.5 for done, t in enumerate(times))


def test_that_times_begin_at_the_last_unless_told_otherwise():
    assert linear(50).times(5) == (50, 40, 30, 20, 10, 0)
    assert linear(50).times(50) == tuple(range(50, -1, -1))


@pytest.mark.parametrize(
    ("count", "first"), [(0, None), (-1, None), (1001, None), (11, 10), (1, 0), (1, 1001)]
)
def test_that_more_or_fewer_steps_than_there_are_times_are_refused(count, first):
    with pytest.raises(ValueError, match="steps from"):
        ALL["linear"].times(count, first)


@pytest.mark.parametrize("name", SCHEDULES)
def test_that_what_is_told_of_it_agrees(name):
    schedule = ALL[name]
    signal, sigma = schedule.scales(torch.arange(1001))
    torch.testing.assert_close(signal.square() + sigma.square(), torch.ones_like(signal), **CLOSE)
    torch.testing.assert_close((1.0 - schedule.beta).cumprod(0), schedule.alpha_bar[1:], **CLOSE)
    assert schedule.snr[0] == math.inf
    torch.testing.assert_close(schedule.snr[1:], signal[1:].square() / sigma[1:].square())
    torch.testing.assert_close(10.0 ** (schedule.snr_db / 10.0), schedule.snr[1:])
    assert len(schedule.beta) == len(schedule.snr_db) == schedule.steps
    assert ((schedule.beta > 0.0) & (schedule.beta <= 0.999 + 1e-12)).all()


def test_that_pictures_are_noised_each_at_its_own_time(generator):
    schedule = ALL["cosine"]
    x_0, noise = (torch.randn(3, 2, 4, 4, generator=generator) for _ in range(2))
    times = torch.tensor([1, 500, 1000])
    x_t = schedule.noised(x_0, times, noise)
    assert x_t.dtype == torch.float32
    for row, t in enumerate(times.tolist()):
        signal, sigma = (float(scale) for scale in schedule.scales(t))
        torch.testing.assert_close(x_t[row], signal * x_0[row] + sigma * noise[row])
        torch.testing.assert_close(schedule.noised(x_0[row], t, noise[row]), x_t[row])


@pytest.mark.parametrize(
    "alpha_bar",
    [
        [1.0, 0.5, 0.5],
        [1.0, 0.4, 0.6],
        [0.9, 0.5, 0.1],
        [1.0, 0.5, 0.0],
        [1.0, 0.5, -0.1],
        [1.0, math.nan, 0.1],
    ],
    ids=["stands", "rises", "begins below 1", "ends at 0", "ends below 0", "no number"],
)
def test_that_what_does_not_fall_from_1_and_stay_above_0_is_refused(alpha_bar):
    with pytest.raises(ValueError, match="abar must fall"):
        Schedule(torch.tensor(alpha_bar, dtype=torch.float64))


@pytest.mark.parametrize(
    ("schedule", "theirs"), [(linear, "linear"), (cosine, "squaredcos_cap_v2")], ids=["linear", "cosine"]
)
@pytest.mark.parametrize("steps", [1000])
def test_that_it_is_the_schedule_others_know_by_that_name(schedule, theirs, steps):
    diffusers = pytest.importorskip("diffusers")
    other = diffusers.DDPMScheduler(num_train_timesteps=steps, beta_schedule=theirs).alphas_cumprod
    # Their betas are float32: near the end, where 1 - beta is 1e-3, they are good for four digits of abar.
    torch.testing.assert_close(schedule(steps).alpha_bar[1:].float(), other, rtol=1e-4, atol=1e-6)


def test_that_sigmoid_follows_its_formula():
    f = [1.0 / (1.0 + math.exp(-(3.0 - 6.0 * t / 1000.0))) for t in range(1001)]
    expected = [(value - f[-1]) / (f[0] - f[-1]) for value in f[:-1]]
    torch.testing.assert_close(
        ALL["sigmoid"].alpha_bar[:-1], torch.tensor(expected, dtype=torch.float64), **CLOSE
    )
