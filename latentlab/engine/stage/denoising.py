"""A diffusion model of points.

    x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps,     loss = | eps - eps'(x_t, t) |^2,    t in (0, 1)
    abar_t = cos^2( pi/2 (t + s) / (1 + s) ) / cos^2( pi/2 s / (1 + s) ),   s = 0.008
    DDIM: x_s = sqrt(abar_s) x0' + sqrt(1 - abar_s) eps',   x0' = (x_t - sqrt(1 - abar_t) eps') / sqrt(abar_t)

DDIM adds no noise: it takes each point of the noise to one place, and a grid of noise to a grid, as a
generator does.

Sources: Ho et al. (2020), eq. 14; Nichol & Dhariwal (2021), eq. 17; Song et al., Denoising Diffusion Implicit
Models (2021), eq. 12.
"""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor, nn

from latentlab.core.points import Points
from latentlab.engine.stage.nets import grid, layers
from latentlab.engine.stage.recipe import Recipe, Tuning

DENOISER = "denoiser"
_WIDTH, _WAVES, _STEPS = 96, 4, 24
_S = 0.008
# The last time, where little is left but noise; the weights that draw are averaged.
_LATEST, _KEPT = 0.995, 0.99


class DenoisedPoints:
    """See `latentlab.engine.stage.learner.Learner`."""

    players: tuple[str, ...] = (DENOISER,)

    def __init__(self, data: Points, recipe: Recipe) -> None:
        draw = torch.Generator().manual_seed(recipe.seed)
        sizes = (2 + 2 * _WAVES, _WIDTH, _WIDTH, _WIDTH, 2)
        self._net = layers(sizes, nn.SiLU, draw, 0.1)
        self._averaged = layers(sizes, nn.SiLU, draw)
        self._averaged.load_state_dict(self._net.state_dict())
        self._steps = torch.optim.Adam(self._net.parameters())
        self._data, self._seed, self._turns = data, recipe.seed + 2, 0
        self._draw = torch.Generator().manual_seed(recipe.seed + 1)
        self._loss = float("nan")

    def turns(self, player: str, tuning: Tuning) -> int:
        """See `Learner`."""
        return 1

    def turn(self, player: str, tuning: Tuning) -> None:
        """See `Learner`."""
        x = self._data.draw(tuning.batch, self._draw).float()
        # Evenly over the times, at random within each share.
        t = (torch.arange(len(x)) + torch.rand(len(x), generator=self._draw)) / len(x) * _LATEST
        eps = torch.randn(x.shape, generator=self._draw)
        kept = _alpha_bar(t).unsqueeze(1)
        loss = (self._net(_inputs(kept.sqrt() * x + (1.0 - kept).sqrt() * eps, t)) - eps).square().mean()
        for group in self._steps.param_groups:
            group["lr"] = tuning.rate
        self._steps.zero_grad()
        loss.backward()
        self._steps.step()
        self._turns += 1
        keep = min(_KEPT, self._turns / (self._turns + 10.0))
        with torch.no_grad():
            for mean, now in zip(self._averaged.parameters(), self._net.parameters(), strict=True):
                mean.lerp_(now, 1.0 - keep)
        self._loss = float(loss.detach())

    @torch.no_grad()
    def _drawn(self, x: Tensor) -> Tensor:
        """From noise (N, 2) to points."""
        times = torch.linspace(_LATEST, 0.0, _STEPS + 1)
        for t, s in itertools.pairwise(times):
            now, then = _alpha_bar(t), _alpha_bar(s)
            eps = self._averaged(_inputs(x, t.expand(len(x))))
            clean = ((x - (1.0 - now).sqrt() * eps) / now.sqrt()).clamp(-2.5, 2.5)
            x = then.sqrt() * clean + (1.0 - then).clamp(min=0.0).sqrt() * eps
        return x

    def made(self, count: int) -> Tensor:
        """See `Learner`."""
        return self._drawn(
            torch.randn(count, 2, generator=torch.Generator().manual_seed(self._seed))
        ).double()

    def mesh(self) -> Tensor | None:
        """See `Learner`."""
        nodes = grid("normal", 2)
        return self._drawn(nodes.flatten(0, 1)).view(nodes.shape)

    def ellipses(self) -> Tensor | None:
        """See `Learner`."""
        return None

    def log_density(self, x: Tensor) -> Tensor | None:
        """See `Learner`: it would take an integral for each point."""
        return None

    def figures(self) -> dict[str, float]:
        """See `Learner`."""
        return {"Loss of the denoiser": self._loss} if self._turns else {}

    @property
    def points(self) -> Points | None:
        """See `Learner`."""
        return None


def _alpha_bar(t: Tensor) -> Tensor:
    start = math.cos(0.5 * math.pi * _S / (1.0 + _S)) ** 2
    return (0.5 * math.pi * (t + _S) / (1.0 + _S)).cos().square() / start


def _inputs(x: Tensor, t: Tensor) -> Tensor:
    """A point, and its time as waves of four lengths."""
    waves = t.unsqueeze(1) * (math.pi * 2.0 ** torch.arange(_WAVES))
    return torch.cat((x, waves.sin(), waves.cos()), 1)
