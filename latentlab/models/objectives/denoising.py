"""The denoising loss, at one noise level for each picture, reported by noise level."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.models.objectives.figures import DENOISING, denoising_figures
from latentlab.models.players import Batch, Moment, Player
from latentlab.models.training import TrainsByDenoising

# The times 1 .. T are divided into this many equal parts whose losses are reported separately.
NOISE_LEVELS = 10


class ByNoiseLevel:
    """The denoising loss; figures: it, its sum at each of the noise levels, and the number of pictures in
    each.

    Args:
        steps: T.
    """

    players: tuple[Player, ...] = (Player(),)
    spec = DENOISING
    most_judged: int | None = 2000
    exact = False

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.width = 1 + 2 * NOISE_LEVELS

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`; the moment is not used."""
        assert isinstance(layers, TrainsByDenoising)
        terms = layers.noise_terms(batch.x, noise, y=batch.y)
        loss = terms.loss.mean()
        return loss, self._figures(loss.detach(), terms.loss.detach(), terms.t)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Each picture at a time of its own, spread evenly over all times; see `Objective.judge`."""
        assert isinstance(model, TrainsByDenoising)
        number = torch.arange(first, first + len(batch.x), dtype=torch.float64)
        # Multiples of the golden ratio modulo 1: uniform for any number of them.
        t = 1 + ((number * 0.6180339887498949) % 1.0 * self.steps).long().clamp(max=self.steps - 1)
        terms = model.noise_terms(batch.x, noise, y=batch.y, t=t)
        return self._figures(terms.loss.sum(), terms.loss, terms.t)

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        levels, counts = sums[1 : 1 + NOISE_LEVELS], sums[1 + NOISE_LEVELS :]
        per_level = (levels / counts).tolist()
        return denoising_figures(float(sums[0]) / max(1, count), tuple(per_level))

    def _figures(self, loss: Tensor, each: Tensor, t: Tensor) -> Tensor:
        level = ((t - 1) * NOISE_LEVELS // self.steps).to(each.device)
        sums = torch.zeros(2, NOISE_LEVELS, device=each.device)
        sums[0].index_add_(0, level, each.float())
        sums[1].index_add_(0, level, torch.ones_like(each, dtype=torch.float32))
        return torch.cat([loss.float().view(1), sums.flatten()])
