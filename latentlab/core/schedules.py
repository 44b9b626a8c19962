"""Noise schedules of diffusion models, and the posterior of the reverse process.

    q(x_t | x_0)      = N( sqrt(abar_t) x_0, (1 - abar_t) I )          abar_t = prod_{s <= t} (1 - beta_s)
    SNR(t)            = abar_t / (1 - abar_t)
    q(x_s | x_t, x_0) = N( [ a (1 - abar_s) x_t + sqrt(abar_s) b x_0 ] / (1 - abar_t),
                           b (1 - abar_s) / (1 - abar_t) I )
                        a = sqrt(abar_t / abar_s),  b = 1 - abar_t / abar_s,  0 <= s < t

Times are whole numbers: 0 is the picture, T noise and nothing else. For s = t - 1, a^2 = 1 - beta_t and
b = beta_t, and the last line is the posterior of Ho et al. Some lecture notes print sqrt(abar_t) where
sqrt(abar_{t-1}) belongs, or forget a root: such a mean is not that of Bayes' rule.

Sources: Ho et al., Denoising Diffusion Probabilistic Models (2020), eqs. 4 and 7 (linear); Nichol & Dhariwal,
Improved Denoising Diffusion Probabilistic Models (2021), eq. 17 (cosine); Jabri et al., Scalable Adaptive
Computation for Iterative Generation (2022), appendix B (sigmoid).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

# A last step with abar_T = 0 could not be inverted.
_MOST_BETA = 0.999


@dataclass(frozen=True, eq=False)
class Schedule:
    """abar_t for t = 0 .. T, float64 (T + 1,), falling from 1.

    Raises:
        ValueError: if it does not fall from 1 towards 0.
    """

    alpha_bar: Tensor

    def __post_init__(self) -> None:
        falls = bool((self.alpha_bar[1:] < self.alpha_bar[:-1]).all())
        if float(self.alpha_bar[0]) != 1.0 or not falls or float(self.alpha_bar[-1]) <= 0.0:
            raise ValueError("abar must fall from 1 and stay above 0")

    @property
    def steps(self) -> int:
        """T."""
        return len(self.alpha_bar) - 1

    @property
    def beta(self) -> Tensor:
        """beta_t = 1 - abar_t / abar_{t-1} for t = 1 .. T; (T,)."""
        return 1.0 - self.alpha_bar[1:] / self.alpha_bar[:-1]

    @property
    def snr(self) -> Tensor:
        """abar_t / (1 - abar_t) for t = 0 .. T, infinite at 0; (T + 1,)."""
        return self.alpha_bar / (1.0 - self.alpha_bar)

    @property
    def snr_db(self) -> Tensor:
        """10 log10 SNR(t) for t = 1 .. T; (T,)."""
        return 10.0 * torch.log10(self.snr[1:])

    def scales(self, t: int | Tensor) -> tuple[Tensor, Tensor]:
        """(sqrt(abar_t), sqrt(1 - abar_t)), float64 in the shape of t: the factors of x_0 and the noise."""
        alpha_bar = self.alpha_bar[t]
        return alpha_bar.sqrt(), (1.0 - alpha_bar).sqrt()

    def noised(self, x_0: Tensor, t: int | Tensor, noise: Tensor) -> Tensor:
        """x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise; t whole or (B,), pictures (B, ...)."""
        signal, sigma = (_beside(scale, x_0) for scale in self.scales(t))
        return signal * x_0 + sigma * noise

    def posterior(self, x_0: Tensor, x_t: Tensor, t: int, s: int) -> tuple[Tensor, float]:
        """Mean (...) and variance of q(x_s | x_t, x_0), 0 <= s < t <= T."""
        of_t, of_s = float(self.alpha_bar[t]), float(self.alpha_bar[s])
        a, b, rest = math.sqrt(of_t / of_s), 1.0 - of_t / of_s, 1.0 - of_t
        mean = (a * (1.0 - of_s) / rest) * x_t + (math.sqrt(of_s) * b / rest) * x_0
        return mean, b * (1.0 - of_s) / rest

    def times(self, count: int, first: int | None = None) -> tuple[int, ...]:
        """`count` + 1 times from `first` (T by default) to 0, as evenly spaced as whole numbers can be.

        Raises:
            ValueError: for fewer steps than 1 or more than there are times.
        """
        first = self.steps if first is None else first
        if not 1 <= count <= first <= self.steps:
            raise ValueError(f"{count} steps from {first} of {self.steps}")
        return tuple((first * (count - done) + count // 2) // count for done in range(count + 1))


def linear(steps: int) -> Schedule:
    """beta from 1e-4 to 0.02 linearly for T = 1000; scaled for another T, so that abar_T is as small."""
    scale = 1000.0 / steps
    beta = torch.linspace(1e-4 * scale, 0.02 * scale, steps, dtype=torch.float64, device="cpu")
    return _from_betas(beta)


def cosine(steps: int, offset: float = 0.008) -> Schedule:
    """abar_t = cos^2( (t/T + s) / (1 + s) pi/2 ), over its value at 0: slow at both ends."""
    return _from_function(lambda u: torch.cos((u + offset) / (1.0 + offset) * (math.pi / 2)).square(), steps)


def sigmoid(steps: int, start: float = -3.0, end: float = 3.0, tau: float = 1.0) -> Schedule:
    """abar_t as a logistic curve from `start` to `end`, scaled to go from 1 to 0."""
    return _from_function(
        lambda u: torch.sigmoid(-(start + u * (end - start)) / tau) - 1.0 / (1.0 + math.exp(end / tau)), steps
    )


SCHEDULES: Mapping[str, Callable[[int], Schedule]] = {"linear": linear, "cosine": cosine, "sigmoid": sigmoid}


def _from_function(f: Callable[[Tensor], Tensor], steps: int) -> Schedule:
    """abar_t = f(t/T) / f(0), with no beta above 0.999."""
    values = f(torch.arange(steps + 1, dtype=torch.float64, device="cpu") / steps)
    return _from_betas(1.0 - values[1:] / values[:-1])


def _from_betas(beta: Tensor) -> Schedule:
    kept = 1.0 - beta.clamp(max=_MOST_BETA)
    return Schedule(torch.cat([torch.ones(1, dtype=torch.float64, device="cpu"), kept.cumprod(0)]))


def _beside(scale: Tensor, x: Tensor) -> Tensor:
    """One number for all pictures, or one for each, in a shape and type to multiply them."""
    scale = scale.to(x.device, x.dtype)
    return scale if scale.ndim == 0 else scale.view(-1, *[1] * (x.ndim - 1))
