"""One step of every sampler, and every step of one with a memory, is that of `diffusers`."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor, nn

from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.models.samplers import DPMSolver, Step, make_sampler
from tests.models.test_samplers import noise, seeded

THEIRS = {"linear": "linear", "cosine": "squaredcos_cap_v2"}
PREDICTIONS = {"noise": "epsilon", "x0": "sample", "v": "v_prediction"}


class Fixed(nn.Module):
    """A network that answers something else at every time, and the same whenever it is asked again."""

    def forward(self, x: Tensor, t: Tensor, y: Tensor | None = None) -> Tensor:
        return torch.randn(x.shape, generator=seeded(int(t[0]))) + 0.3 * x


def ours(predicts: str, schedule: str) -> DDPM:
    model = DDPM(DDPMConfig(shape=(1, 4, 4), widths=(8,), schedule=schedule, predicts=predicts)).eval()
    model.net = Fixed()
    return model


def theirs(name: str, predicts: str, schedule: str, **options):
    """A scheduler of `diffusers`; its timestep is our t less 1."""
    diffusers = pytest.importorskip("diffusers")
    return getattr(diffusers, name)(
        num_train_timesteps=1000,
        beta_schedule=THEIRS[schedule],
        prediction_type=PREDICTIONS[predicts],
        **options,
    )


def answer(x_t: Tensor, t: int) -> Tensor:
    return Fixed()(x_t, torch.full((len(x_t),), float(t)))


def noised(model: DDPM, t: int) -> Tensor:
    """What a picture may look like at t."""
    return model.schedule.noised(noise(seed=5).clamp(-1.0, 1.0), t, noise(seed=6))


of_any_model = pytest.mark.parametrize("predicts", PREDICTIONS)
of_any_schedule = pytest.mark.parametrize("schedule", THEIRS)


def assert_same(step: Step, x_s: Tensor, x_0: Tensor | None = None) -> None:
    torch.testing.assert_close(step.x_s, x_s, rtol=1e-5, atol=1e-5)
    if x_0 is not None:
        torch.testing.assert_close(step.x0_hat, x_0, rtol=1e-5, atol=1e-5)


@of_any_model
@of_any_schedule
@pytest.mark.parametrize(("t", "s"), [(950, 900), (500, 499), (500, 20), (30, 0), (1, 0)])
def test_that_a_ddpm_step_is_that_of_diffusers(predicts, schedule, t, s):
    model, other = ours(predicts, schedule), theirs("DDPMScheduler", predicts, schedule, clip_sample=True)
    other.set_timesteps(timesteps=[t - 1, s - 1] if s else [t - 1])
    x_t = noised(model, t)
    expected = other.step(answer(x_t, t), t - 1, x_t, generator=seeded(1))
    step = make_sampler("ddpm", model).step(x_t, t, s, seeded(1))
    assert_same(step, expected.prev_sample, expected.pred_original_sample)


@of_any_schedule
@pytest.mark.parametrize("t", [2, 3, 30])
def test_that_a_short_ddpm_step_near_the_picture_is_that_of_diffusers_in_double_precision(schedule, t):
    """In single precision their 1 - abar_t / abar_s has three digits there."""
    model, other = ours("v", schedule), theirs("DDPMScheduler", "v", schedule)
    other.alphas_cumprod = model.schedule.alpha_bar[1:]
    x_t = noised(model, t)
    expected = other.step(answer(x_t, t), t - 1, x_t, generator=seeded(1))
    step = make_sampler("ddpm", model).step(x_t, t, t - 1, seeded(1))
    assert_same(step, expected.prev_sample.float(), expected.pred_original_sample.float())


@of_any_model
@of_any_schedule
@pytest.mark.parametrize("eta", [0.0, 0.7, 1.0])
@pytest.mark.parametrize(("t", "s"), [(940, 920), (500, 480), (40, 20), (20, 0)])
def test_that_a_ddim_step_is_that_of_diffusers(predicts, schedule, eta, t, s):
    model, other = ours(predicts, schedule), theirs("DDIMScheduler", predicts, schedule, clip_sample=True)
    other.set_timesteps(50)
    x_t, given_noise = noised(model, t), noise(seed=7)
    expected = other.step(
        answer(x_t, t), t - 1, x_t, eta=eta, use_clipped_model_output=True,
        variance_noise=given_noise if eta else None,
    )  # fmt: skip
    step = make_sampler("ddim", model, eta=eta).step(x_t, t, s, seeded(7))
    assert_same(step, expected.prev_sample, expected.pred_original_sample)


# How diffusers makes an array of a tensor, NumPy 2 has other ideas of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@of_any_model
@of_any_schedule
@pytest.mark.parametrize(
    "times", [(900, 700, 500, 300, 100, 0), (640, 600, 150, 0), tuple(range(950, -1, -50))]
)
def test_that_dpm_solver_steps_are_those_of_diffusers_from_the_first_to_the_last(predicts, schedule, times):
    """The first is of first order, then comes the second, and the last is of the first order again."""
    model = ours(predicts, schedule)
    other = theirs(
        "DPMSolverMultistepScheduler", predicts, schedule,
        algorithm_type="dpmsolver++", solver_order=2, solver_type="midpoint", final_sigmas_type="zero",
    )  # fmt: skip
    other.set_timesteps(timesteps=[t - 1 for t in times[:-1]])
    sampler = DPMSolver(model.schedule, model.denoise, clip=False)
    x_t = noised(model, times[0])
    for t, s in itertools.pairwise(times):
        expected = other.step(answer(x_t, t), t - 1, x_t).prev_sample
        assert_same(sampler.step(x_t, t, s), expected)
        x_t = expected
