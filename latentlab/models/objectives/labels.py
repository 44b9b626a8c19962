"""The cross-entropy objective of classifiers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.models.base import Classifies
from latentlab.models.objectives.figures import LABELS, label_figures
from latentlab.models.players import Batch, Moment, Player
from latentlab.models.training import TrainsByLabel


class ByLabel:
    """The cross-entropy of a classifier; figures: it, and the accuracy."""

    width = 2
    players: tuple[Player, ...] = (Player(),)
    spec = LABELS
    most_judged: int | None = None
    exact = True

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`; the moment is not used."""
        assert isinstance(layers, TrainsByLabel)
        terms = layers.label_terms(batch.x, _known(layers, batch), noise)
        loss = terms.loss.mean()
        return loss, torch.stack([loss.detach(), terms.right.mean()])

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """See `Objective.judge`."""
        assert isinstance(model, TrainsByLabel)
        terms = model.label_terms(batch.x, _known(model, batch), noise)
        return torch.stack([terms.loss.sum(), terms.right.sum()])

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        loss, accuracy = (sums / max(1, count)).tolist()
        return label_figures(loss, accuracy)


def _known(model: object, batch: Batch) -> Tensor:
    """The targets, (B, A); the first class if there are none, as when only the speed is measured."""
    if batch.y is not None:
        return batch.y
    assert isinstance(model, Classifies)
    return torch.eye(len(model.class_names), device=batch.x.device)[:1].expand(len(batch.x), -1)
