"""Inpainting (RePaint) with any sampler: the known part is replaced at every step.

    x_s = m x_s(sampler) + (1 - m) x_s(known),   x_s(known) ~ q(x_s | x_0)          m = 1 where the hole is
    and, `repeats` - 1 times:  x_t ~ q(x_t | x_s),  the same step again

The second line lets the hole take notice of what stands around it; with one repeat only, the two halves match
at the seam and nowhere else. Source: Lugmayr et al., RePaint (2022), algorithm 1 with a jump length of 1.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentlab.core.gaussian import Draws, standard_noise
from latentlab.models.samplers import Sampler, Step


class Repaint:
    """Steps of a sampler that leave the known part of the picture as it is.

    A sampler with a memory, such as DPM++, forgets at each step back: repeats are steps of first order.

    Args:
        sampler: the sampler.
        x_0: the picture, (C, H, W) or (B, C, H, W) in [-1, 1].
        mask: 1 where the picture is to be filled, 0 where it is kept; broadcast to x_0.
        repeats: how often each step is made.
    """

    def __init__(self, sampler: Sampler, x_0: Tensor, mask: Tensor, repeats: int = 5) -> None:
        self.sampler, self.x_0, self.mask, self.repeats = sampler, x_0, mask, repeats

    def step(self, x_t: Tensor, t: int, s: int, generator: Draws | None = None) -> Step:
        """From x_t at t to x_s; see `Sampler.step`."""
        schedule, begun = self.sampler.schedule, x_t
        signal, sigma = (float(scale) for scale in schedule.scales(s))
        first: Step | None = None
        for repeat in range(self.repeats):
            made = self.sampler.step(x_t, t, s, generator)
            # The prediction for x_t itself; the repeats start from other noise.
            first = first or made
            known = signal * self.x_0.expand_as(x_t)
            if s:
                known = known + sigma * standard_noise(x_t, generator)
            x_s = torch.lerp(known, made.x_s, self.mask)
            # At the last step there is nothing left to harmonise.
            if s == 0 or repeat == self.repeats - 1:
                break
            kept = float(schedule.alpha_bar[t] / schedule.alpha_bar[s])
            x_t = math.sqrt(kept) * x_s + math.sqrt(1.0 - kept) * standard_noise(x_s, generator)
        assert first is not None
        x0_hat = torch.lerp(self.x_0.expand_as(x_s), first.x0_hat, self.mask)
        signal, sigma = (float(scale) for scale in schedule.scales(t))
        return Step(x_s, x0_hat, (begun - signal * x0_hat) / sigma)
