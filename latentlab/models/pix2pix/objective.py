"""The losses of pix2pix's generator and critic, and the damage done to sources in training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.figures import Figures
from latentlab.models.adversarial.figures import Tally
from latentlab.models.pix2pix.nets import Critic
from latentlab.models.pix2pix.spec import FIGURES
from latentlab.models.players import Batch, Moment, Player
from latentlab.models.translating import Translates

_BETAS = (0.5, 0.99)
# The critic is a small network with a simple task: at the same rate the generator outruns it.
_CRITIC = Player("critic", ("critic",), rate=2.0, betas=_BETAS)
_GENERATOR = Player("generator", ("generator",), betas=_BETAS)
# Of a damaged outline, the share of specks, and the least and largest sides of the blank rectangle.
_SPECKS, _LEAST, _MOST = 0.02, 0.1, 0.7
_BLACK = 0.5
# The generator learns by the L1 error alone until the critic's weight rises, between these shares of the
# training. Where the lines of an outline lead is learnt soonest and surest from the L1 error; from a critic
# that weighs from the start it learns to guess there too.
_FROM, _TO = 0.2, 0.4
# v: with it the slopes of both, and that of the L1 error, are of a size.
_FEATURES = 50.0
_NAMES = ("error", "real", "made")


class _WithCritic(Translates, Protocol):
    """What the losses call of the model; there is no critic if it has no weight."""

    critic: Critic


class TranslationLosses:
    """The losses of generator and critic, or of the generator alone if the critic has no weight.

    Figures: the error, and the critic's mean probabilities for true and for made pictures.

    Args:
        adversarial: the critic's weight.
        roughness, off: see `rough`.
    """

    spec = FIGURES
    most_judged: int | None = 2000
    exact = True

    def __init__(self, adversarial: float, roughness: float, off: int = 0) -> None:
        self.adversarial, self.roughness, self.off = adversarial, roughness, off
        self.players: tuple[Player, ...] = (_CRITIC, _GENERATOR) if adversarial > 0.0 else (_GENERATOR,)
        self._tally = Tally(FIGURES, _NAMES)
        self.width = self._tally.width

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`."""
        model = cast(_WithCritic, layers)
        source, true = model.source_of(batch.x), model.target_of(batch.x)
        source = self._roughened(model, source, noise)
        if player == _CRITIC.name:
            return self._of_critic(model, source, true)
        made = model.translate(source)
        error = (made - true).abs().mean()
        figures = self._tally.of({"error": error})
        weight = self.adversarial * risen(moment.step / moment.steps)
        if weight == 0.0:
            return error, figures
        with torch.no_grad():
            *wanted, _ = model.critic.seen(true, source)
        *features, logits = model.critic.seen(made, source)
        believed = functional.softplus(-logits.float()).mean()
        return error + weight * (believed + _FEATURES * mean_difference(features, wanted)), figures

    def _roughened(self, model: _WithCritic, source: Tensor, noise: torch.Generator) -> Tensor:
        """The sources as they are learnt from: only drawings are damaged."""
        if model.source_name != "outline" or self.roughness == 0.0:
            return source
        return rough(source, self.roughness, self.off, noise)

    def _of_critic(self, model: _WithCritic, source: Tensor, true: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            made = model.translate(source)
        # In one pass: two of half the size take longer.
        logits = model.critic(torch.cat([true, made]), source.repeat(2, 1, 1, 1)).float()
        of_true, of_made = logits.chunk(2)
        loss = functional.softplus(-of_true).mean() + functional.softplus(of_made).mean()
        means = {"real": torch.sigmoid(of_true).mean(), "made": torch.sigmoid(of_made).mean()}
        return loss, self._tally.of(means)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """See `Objective.judge`; of sources that are not damaged."""
        translator = cast(_WithCritic, model)
        source, true = translator.source_of(batch.x), translator.target_of(batch.x)
        made = translator.translate(source)
        means = {"error": (made - true).abs().mean()}
        if self.adversarial > 0.0:
            for name, x in (("real", true), ("made", made)):
                means[name] = torch.sigmoid(translator.critic(x, source)).mean()
        return self._tally.of(means, len(batch.x))

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`: NaN for the critic where there is none."""
        return self._tally.terms(sums)


def mean_difference(some: Sequence[Tensor], others: Sequence[Tensor]) -> Tensor:
    """The mean over levels of the mean absolute difference of two pictures' features; -> ()."""
    each = [(a - b).float().abs().mean() for a, b in zip(some, others, strict=True)]
    return torch.stack(each).mean()


def risen(done: float) -> float:
    """The share of its weight that the critic has when a share `done` of the training is over; 0 to 1."""
    return min(1.0, max(0.0, (done - _FROM) / (_TO - _FROM)))


def rough(source: Tensor, share: float, off: int, noise: torch.Generator) -> Tensor:
    """Outlines, a share of them damaged: moved a little, a rectangle blank, some pixels turned over; and half
    of those drawn with one black pen, as a person may do who does not weigh the lines.

    Args:
        source: (B, 1, H, W), 1 on paper.
        share: of the outlines, 0 to 1.
        off: pixels by which the lines may be off, up and to the left.
        noise: of the draws.
    """
    count, _, height, width = source.shape
    device = source.device
    u = torch.rand(6, count, 1, 1, generator=noise, device=device)
    sides = _LEAST + (_MOST - _LEAST) * u[1:3]
    corners = u[3:5] * (1.0 - sides)
    rows = (torch.arange(height, device=device)[:, None] + 0.5) / height
    columns = (torch.arange(width, device=device) + 0.5) / width
    blank = (rows >= corners[0]) & (rows < corners[0] + sides[0])
    blank = blank & (columns >= corners[1]) & (columns < corners[1] + sides[1])
    specks = torch.rand(count, height, width, generator=noise, device=device) < _SPECKS
    steps = torch.randint(0, off + 1, (2, count, 1), generator=noise, device=device)
    damaged = _moved(source, steps)
    damaged = torch.where((u[5, :, None] < _BLACK) & (damaged < 1.0), 0.0, damaged)
    damaged = torch.where(specks[:, None], 1.0 - damaged, damaged).masked_fill(blank[:, None], 1.0)
    return torch.where(u[0, :, None] < share, damaged, source)


def _moved(x: Tensor, steps: Tensor) -> Tensor:
    """Each picture moved up and to the left by steps (2, B, 1); its edges are repeated."""
    count, _, height, width = x.shape
    rows = (torch.arange(height, device=x.device) + steps[0]).clamp(max=height - 1)
    columns = (torch.arange(width, device=x.device) + steps[1]).clamp(max=width - 1)
    picture = torch.arange(count, device=x.device)[:, None, None]
    return x[picture, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
