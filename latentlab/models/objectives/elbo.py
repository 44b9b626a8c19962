"""The ELBO, or the importance-weighted bound, as a training objective; and the reconstruction alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.models.objectives.figures import (
    ELBO,
    RECONSTRUCTION,
    elbo_figures,
    reconstruction_figures,
)
from latentlab.models.players import Batch, Moment, Player
from latentlab.models.training import Trains, TrainsByImportance


class ByElbo:
    """beta KL - reconstruction (plus a model's penalty), or the importance-weighted bound.

    Figures: reconstruction, and the KL of each dimension.
    """

    players: tuple[Player, ...] = (Player(),)
    spec = ELBO
    most_judged: int | None = None
    exact = True

    def __init__(self, latents: int) -> None:
        self.width = 1 + latents

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`."""
        if moment.samples > 1:
            assert isinstance(layers, TrainsByImportance)
            draws = layers.importance_terms(batch.x, moment.samples, noise, shown=batch.shown, y=batch.y)
            reconstruction, kl = draws.reconstruction.mean(), draws.kl_per_dimension.mean(0)
            loss = -draws.bound(moment.beta).mean()
        else:
            assert isinstance(layers, Trains)
            terms = layers.elbo_terms(batch.x, noise, shown=batch.shown, y=batch.y)
            reconstruction, kl = terms.reconstruction.mean(), terms.kl_per_dimension.mean(0)
            loss = moment.beta * kl.sum() - reconstruction
            if terms.penalty is not None:
                loss = loss + terms.penalty.mean()
        return loss, torch.cat([reconstruction.detach().view(1), kl.detach()])

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """See `Objective.judge`."""
        assert isinstance(model, Trains)
        terms = model.elbo_terms(batch.x, noise, y=batch.y)
        return torch.cat([terms.reconstruction.sum().view(1), terms.kl_per_dimension.sum(0)])

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        reconstruction, *kl = (sums / max(1, count)).tolist()
        return elbo_figures(reconstruction, tuple(kl))


class ByReconstruction(ByElbo):
    """-log p(x|z), z the code of x: the objective of a model whose terms have no KL."""

    spec = RECONSTRUCTION

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        return reconstruction_figures(float(sums[0]) / max(1, count))
