"""What a trainer minimises and what it tells of it, for each kind of objective that a model may have.

An objective's figures are one vector a batch, so that they can be summed up over steps and processes by one
call each; `terms` makes words of such a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.errors import LabError
from latentlab.models.base import (
    Classifies,
    Denoises,
    Trains,
    TrainsByDenoising,
    TrainsByImportance,
    TrainsByLabel,
)
from latentlab.models.objectives.figures import denoising_figures, elbo_figures, label_figures

# Of the times 1 .. T, so many equal parts whose losses are told apart.
NOISE_LEVELS = 10


@dataclass(frozen=True)
class Batch:
    """Pictures x (B, C, H, W) in [0, 1], what the encoder is shown in their place, what they are of."""

    x: Tensor
    shown: Tensor | None = None
    y: Tensor | None = None


class Objective(Protocol):
    """One kind of objective.

    Attributes:
        width: how many figures a batch has.
        most_judged: of so many held-out pictures the figures are good enough; None takes all.
        exact: whether they are judged in full precision, whatever the training computes in.
    """

    width: int
    most_judged: int | None
    exact: bool

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, beta: float, samples: int
    ) -> tuple[Tensor, Tensor]:
        """What is minimised, (), and the batch's figures (width,), ready to be summed over batches."""

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Figures (width,) summed over held-out pictures number `first` and on, of so many in all."""

    def terms(self, sums: Tensor, count: int) -> Figures:
        """What sums of so many batches' figures (of so many pictures' when judged) say."""


def objective_of(model: nn.Module, importance_samples: int = 1) -> Objective:
    """The objective of a model.

    Raises:
        LabError: if it has none, or none with importance samples.
    """
    if isinstance(model, TrainsByDenoising) and importance_samples <= 1:
        return ByNoiseLevel(model.schedule.steps if isinstance(model, Denoises) else 1)
    if isinstance(model, TrainsByLabel) and importance_samples <= 1:
        return ByLabel()
    if not isinstance(model, Trains | TrainsByDenoising | TrainsByLabel):
        raise LabError(f"a {type(model).__name__} has no objective to train")
    if importance_samples > 1 and not isinstance(model, TrainsByImportance):
        raise LabError(f"a {type(model).__name__} cannot be trained with importance samples")
    return ByElbo(int(getattr(model, "latents", 1)))


class ByElbo:
    """beta KL - reconstruction (and what the model adds), or the importance-weighted bound.

    Figures: reconstruction, and the KL of each dimension.
    """

    most_judged: int | None = None
    exact = True

    def __init__(self, latents: int) -> None:
        self.width = 1 + latents

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, beta: float, samples: int
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`."""
        if samples > 1:
            assert isinstance(layers, TrainsByImportance)
            draws = layers.importance_terms(batch.x, samples, noise, shown=batch.shown, y=batch.y)
            reconstruction, kl = draws.reconstruction.mean(), draws.kl_per_dimension.mean(0)
            loss = -draws.bound(beta).mean()
        else:
            assert isinstance(layers, Trains)
            terms = layers.elbo_terms(batch.x, noise, shown=batch.shown, y=batch.y)
            reconstruction, kl = terms.reconstruction.mean(), terms.kl_per_dimension.mean(0)
            loss = beta * kl.sum() - reconstruction
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


class ByNoiseLevel:
    """The denoising loss; figures: it, its sum at each of the noise levels, and how many pictures that is of.

    Args:
        steps: T.
    """

    most_judged: int | None = 2000
    exact = False

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.width = 1 + 2 * NOISE_LEVELS

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, beta: float, samples: int
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`; neither beta nor samples mean anything here."""
        assert isinstance(layers, TrainsByDenoising)
        terms = layers.noise_terms(batch.x, noise, y=batch.y)
        loss = terms.loss.mean()
        return loss, self._figures(loss.detach(), terms.loss.detach(), terms.t)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Each picture at a time of its own, spread evenly over all times; see `Objective.judge`."""
        assert isinstance(model, TrainsByDenoising)
        number = torch.arange(first, first + len(batch.x), dtype=torch.float64)
        # Multiples of the golden ratio, less their whole part: even however many there are.
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


class ByLabel:
    """The cross-entropy of a classifier; figures: it, and the share of answers that are right."""

    width = 2
    most_judged: int | None = None
    exact = True

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, beta: float, samples: int
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`; neither beta nor samples mean anything here."""
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
    """What the pictures show, (B, A); the first class if nobody says, as when only the speed is measured."""
    if batch.y is not None:
        return batch.y
    assert isinstance(model, Classifies)
    return torch.eye(len(model.class_names), device=batch.x.device)[:1].expand(len(batch.x), -1)
