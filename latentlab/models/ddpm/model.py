"""The diffusion model: a network that predicts picture and noise from a noisy picture.

    x_t = a x_0 + s e,   e ~ N(0, I),   a = sqrt(abar_t),  s = sqrt(1 - abar_t)
    loss(x_0) = w(t) | target - network(x_t, t, y) |^2 / d,   t even over 1 .. T

    predicts     target          x_0                     noise
    "noise"      e               (x_t - s out) / a       out
    "x0"         x_0             out                     (x_t - a out) / s
    "v"          a e - s x_0     a x_t - s out           s x_t + a out

w(t) = 1 ("simple"), or what weighs the error of x_0 by min(SNR, 5) ("min-snr"). For a share of the pictures
y is left out, and a guidance g follows it more than was learnt: out = without + g (with - without).

Sources: Ho et al. (2020), eq. 14; Salimans & Ho, Progressive Distillation (2022), appendix D (v); Hang et
al., Efficient Diffusion Training via Min-SNR Weighting (2023), eq. 8; Ho & Salimans, Classifier-Free
Diffusion Guidance (2022), eq. 6, where w = g - 1.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from latentlab.core.gaussian import standard_noise
from latentlab.core.schedules import SCHEDULES, Schedule
from latentlab.errors import LabError
from latentlab.models.base import Denoised, NoiseTerms
from latentlab.models.ddpm.spec import PREDICTS, WEIGHTINGS, DDPMConfig
from latentlab.models.ddpm.unet import UNet
from latentlab.models.objectives.denoising import ByNoiseLevel
from latentlab.models.players import Objective, Settings
from latentlab.models.samplers import make_sampler

__all__ = ["DDPM", "PREDICTS", "WEIGHTINGS", "DDPMConfig"]

# gamma of Min-SNR.
_MOST_SNR = 5.0
# Steps of DDIM, unless another number is given: see `latentlab.engine.diffusion`.
_STEPS = 50


class DDPM(nn.Module):
    """A diffusion model; y as for `latentlab.models.base.Conditional`, None for none."""

    def __init__(self, config: DDPMConfig) -> None:
        super().__init__()
        self.config = config
        self.schedule: Schedule = SCHEDULES[config.schedule](config.steps)
        self.net = UNet(
            self.picture_shape, config.patch, config.widths, config.blocks, len(config.condition_names),
            config.dropout,
        )  # fmt: skip

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def condition_names(self) -> tuple[str, ...]:
        """The names of the entries of y."""
        return self.config.condition_names

    @property
    def exclusive(self) -> bool:
        """Whether y is one-hot."""
        return self.config.exclusive

    def objective(self, settings: Settings) -> Objective:
        """The loss at a noise level drawn for each picture."""
        return ByNoiseLevel(self.schedule.steps)

    def denoise(
        self, x_t: Tensor, t: int | Tensor, y: Tensor | None = None, guidance: float = 1.0
    ) -> Denoised:
        """Predicts picture and noise of x_t; see `latentlab.models.base.Denoises`."""
        times = torch.as_tensor(t).expand(len(x_t))
        told = self._told(y, len(x_t), x_t.device)
        if told is None or guidance == 0.0:
            out = self._out(x_t, times, None)
        elif guidance == 1.0:
            out = self._out(x_t, times, told)
        else:
            # Both at once: two batches of n take longer than one of 2 n.
            both = torch.cat([told, torch.zeros_like(told)])
            with_y, without = self._out(x_t.repeat(2, 1, 1, 1), times.repeat(2), both).chunk(2)
            out = without + guidance * (with_y - without)
        signal, sigma = self._scales(times, x_t)
        match self.config.predicts:
            case "noise":
                return Denoised((x_t - sigma * out) / signal, out)
            case "x0":
                return Denoised(out, (x_t - signal * out) / sigma)
            case _:
                return Denoised(signal * x_t - sigma * out, sigma * x_t + signal * out)

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Pictures in [0, 1] from as many draws of noise, by 50 steps of DDIM; -> (count, C, H, W)."""
        frames = deque(self.sampling_frames(count, generator, y), maxlen=1)
        return frames[0]["picture"]

    def sampling_frames(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Iterator[Mapping[str, Tensor]]:
        """Each step of DDIM: the "noisy" picture that it starts from and the "picture" predicted, in [0,
        1].
        """
        device = next(self.parameters()).device
        x_t = standard_noise(torch.empty(count, *self.picture_shape), generator).to(device)
        sampler = make_sampler("ddim", self, y=y)
        for t, s in itertools.pairwise(self.schedule.times(min(_STEPS, self.schedule.steps))):
            step = sampler.step(x_t, t, s)
            yield {"noisy": _shown(x_t), "picture": _shown(step.x0_hat)}
            x_t = step.x_s

    def noise_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        y: Tensor | None = None,
        t: Tensor | None = None,
    ) -> NoiseTerms:
        """The loss at times t; see `latentlab.models.training.TrainsByDenoising`."""
        if t is None:
            # Drawn on the generator's device, where the same seed gives the same times; then moved to that of
            # abar.
            t = self.spread_times(torch.rand(len(x), generator=generator, device=x.device))
        t = t.cpu()
        x_0 = 2.0 * x - 1.0
        noise = standard_noise(x_0, generator)
        signal, sigma = self._scales(t, x)
        x_t = signal * x_0 + sigma * noise
        told = self._told(y, len(x), x.device)
        if told is not None and self.training:
            kept = (
                torch.rand(len(x), 1, generator=generator, device=x.device) >= self.config.condition_dropout
            )
            told = told * kept
        out = self._out(x_t, t, told)
        match self.config.predicts:
            case "noise":
                target = noise
            case "x0":
                target = x_0
            case _:
                target = signal * noise - sigma * x_0
        loss = (out - target).square().flatten(1).mean(1)
        return NoiseTerms(loss * self.weights(t).to(loss.device, loss.dtype), t)

    def spread_times(self, u: Tensor) -> Tensor:
        """Times 1 .. T (B,) of u (B,), uniform in [0, 1): one from each B-th part of them.

        Each picture's time is uniform over all times, because its position in the batch is random, and the
        batch's loss varies less than with independent times: stratified sampling, as in Kingma et al.,
        Variational Diffusion Models (2021), appendix I.1, with a u for each part.
        """
        at = (torch.arange(len(u)) + u.cpu().double()) / len(u)
        return 1 + (at * self.config.steps).long().clamp(max=self.config.steps - 1)

    def weights(self, t: Tensor) -> Tensor:
        """w(t), float64 (B,)."""
        if self.config.weighting == "simple":
            return torch.ones(len(t), dtype=torch.float64)
        snr = self.schedule.snr[t]
        # The weight of the error of x_0 that the plain error of the target implies.
        plain = {"noise": snr, "x0": torch.ones_like(snr), "v": snr + 1.0}[self.config.predicts]
        return snr.clamp(max=_MOST_SNR) / plain

    def _out(self, x_t: Tensor, t: Tensor, told: Tensor | None) -> Tensor:
        """The network's output in the precision of the pictures."""
        out: Tensor = self.net(x_t, t.to(x_t.device) * (1000.0 / self.config.steps), told)
        return out.to(x_t.dtype)

    def _scales(self, t: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
        """(sqrt(abar_t), sqrt(1 - abar_t)), (B, 1, 1, 1) each."""
        signal, sigma = self.schedule.scales(t.cpu())
        shape = (-1, 1, 1, 1)
        return signal.to(like.device, like.dtype).view(shape), sigma.to(like.device, like.dtype).view(shape)

    def _told(self, y: Tensor | None, count: int, device: torch.device) -> Tensor | None:
        """The network's input for y, (count, A): classes one-hot, attributes as -1 or 1.

        A row of zeros means no condition.
        """
        names = len(self.condition_names)
        if y is None or not names:
            return None
        if y.shape[-1] != names:
            raise LabError(f"a condition of {y.shape[-1]} numbers; the model has {names}")
        y = y.to(device, torch.float32).expand(count, -1)
        return y if self.exclusive else 2.0 * y - 1.0


def _shown(x: Tensor) -> Tensor:
    """From [-1, 1] to [0, 1], clipped."""
    return (0.5 * x + 0.5).clamp(0.0, 1.0)
