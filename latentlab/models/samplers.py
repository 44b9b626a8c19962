"""Samplers of the reverse diffusion: step(x_t, t, s, generator) -> Step, from time t down to s.

    x0, e = the denoiser's predictions from x_t                 a_t = sqrt(abar_t),  s_t = sqrt(1 - abar_t)

    DDPM    x_s ~ q(x_s | x_t, x0)
    DDIM    x_s = a_s x0 + sqrt(s_s^2 - sigma^2) e + sigma n,   sigma = eta times DDPM's,  n ~ N(0, I)
    DPM++   x_s = (s_s / s_t) x_t - a_s (exp(-h) - 1) D         h = l_s - l_t,  l = log(a / s)
            D = x0 + (h / h') / 2 (x0 - x0'),                   ' of the step before

Any times t > s >= 0 will do, so any number of steps; loop, animation and command are such steps in a row. x0
is clipped to [-1, 1], and e is then what it leaves of x_t.

Sources: Ho et al. (2020), algorithm 2; Song et al., Denoising Diffusion Implicit Models (2021), eqs. 12 and
16; Lu et al., DPM-Solver++ (2022), algorithm 2 (second order, multistep; first and last step of first order).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core.gaussian import Draws, standard_noise
from latentlab.core.schedules import Schedule
from latentlab.models.base import Denoised, Denoises
from latentlab.models.sampler_names import ANCESTRAL

Denoiser = Callable[[Tensor, int], Denoised]


@dataclass(frozen=True, eq=False)
class Step:
    """The end of a step, x_s, and the predictions from its start x_t: picture and noise; (B, C, H, W)
    each.
    """

    x_s: Tensor
    x0_hat: Tensor
    noise_hat: Tensor


class Sampler(ABC):
    """Steps from t to s < t along a schedule.

    Args:
        schedule: the model's schedule.
        denoise: the model's predictions from x_t at t, condition and guidance included.
        clip: whether predicted pictures are clipped to [-1, 1], the range of all pictures.
    """

    def __init__(self, schedule: Schedule, denoise: Denoiser, *, clip: bool = True) -> None:
        self.schedule, self.denoise, self.clip = schedule, denoise, clip

    def step(self, x_t: Tensor, t: int, s: int, generator: Draws | None = None) -> Step:
        """From x_t (B, C, H, W) at t to x_s; T >= t > s >= 0. All randomness comes from the generator.

        Raises:
            ValueError: for times that do not decrease.
        """
        if not 0 <= s < t <= self.schedule.steps:
            raise ValueError(f"a step from {t} to {s} of {self.schedule.steps}")
        predicted = self.predict(x_t, t)
        return Step(self._move(x_t, predicted, t, s, generator), predicted.x_0, predicted.noise)

    def predict(self, x_t: Tensor, t: int) -> Denoised:
        """The predicted picture, clipped, and noise of x_t."""
        predicted = self.denoise(x_t, t)
        if not self.clip:
            return predicted
        x_0 = predicted.x_0.clamp(-1.0, 1.0)
        signal, sigma = self._scales(t)
        return Denoised(x_0, (x_t - signal * x_0) / sigma)

    @abstractmethod
    def _move(self, x_t: Tensor, predicted: Denoised, t: int, s: int, generator: Draws | None) -> Tensor:
        """x_s."""

    def _scales(self, t: int) -> tuple[float, float]:
        alpha_bar = float(self.schedule.alpha_bar[t])
        return math.sqrt(alpha_bar), math.sqrt(1.0 - alpha_bar)


class Ancestral(Sampler):
    """DDPM: a draw from the posterior given the prediction."""

    def _move(self, x_t: Tensor, predicted: Denoised, t: int, s: int, generator: Draws | None) -> Tensor:
        mean, variance = self.schedule.posterior(predicted.x_0, x_t, t, s)
        return mean + math.sqrt(variance) * standard_noise(x_t, generator) if s else mean


class DDIM(Sampler):
    """The same marginals with a chosen amount of noise: none for eta = 0, DDPM's for eta = 1."""

    def __init__(self, schedule: Schedule, denoise: Denoiser, *, clip: bool = True, eta: float = 0.0) -> None:
        super().__init__(schedule, denoise, clip=clip)
        self.eta = eta

    def _move(self, x_t: Tensor, predicted: Denoised, t: int, s: int, generator: Draws | None) -> Tensor:
        signal, sigma_s = self._scales(s)
        _, variance = self.schedule.posterior(predicted.x_0, x_t, t, s)
        drawn = self.eta * math.sqrt(variance)
        kept = math.sqrt(max(0.0, sigma_s**2 - drawn**2))
        x_s = signal * predicted.x_0 + kept * predicted.noise
        return x_s + drawn * standard_noise(x_t, generator) if drawn > 0.0 else x_s


class DPMSolver(Sampler):
    """DPM-Solver++ 2M: a fast solver of the same ODE as DDIM; keeps the prediction of the previous step."""

    def __init__(self, schedule: Schedule, denoise: Denoiser, *, clip: bool = True) -> None:
        super().__init__(schedule, denoise, clip=clip)
        # The start, prediction and end of the previous step.
        self._before: tuple[int, Tensor, int] | None = None

    def _move(self, x_t: Tensor, predicted: Denoised, t: int, s: int, generator: Draws | None) -> Tensor:
        before, self._before = self._before, (t, predicted.x_0, s)
        if s == 0:
            return predicted.x_0
        (_, sigma_t), (signal, sigma_s) = self._scales(t), self._scales(s)
        h = self._log_ratio(s) - self._log_ratio(t)
        direction = predicted.x_0
        if before is not None and before[2] == t:  # otherwise another run has begun
            h_before = self._log_ratio(t) - self._log_ratio(before[0])
            direction = torch.lerp(before[1], predicted.x_0, 1.0 + 0.5 * h / h_before)
        return (sigma_s / sigma_t) * x_t - signal * math.expm1(-h) * direction

    def _log_ratio(self, t: int) -> float:
        signal, sigma = self._scales(t)
        return math.log(signal / sigma)


SAMPLERS: Mapping[str, type[Sampler]] = {"ddim": DDIM, ANCESTRAL: Ancestral, "dpm++": DPMSolver}


def make_sampler(
    name: str,
    model: Denoises,
    *,
    y: Tensor | None = None,
    guidance: float = 1.0,
    eta: float = 0.0,
) -> Sampler:
    """The sampler called `name` for a model under condition y, (A,) or (B, A). `eta` is for DDIM only.

    Raises:
        KeyError: for an unknown name.
    """

    def denoise(x_t: Tensor, t: int) -> Denoised:
        return model.denoise(x_t, t, y, guidance)

    kind = SAMPLERS[name]
    if kind is DDIM:
        return DDIM(model.schedule, denoise, eta=eta)
    return kind(model.schedule, denoise)
