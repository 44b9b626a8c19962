"""A phase of training by gradient descent: each player's loss, gradient and step; then the averages.

Adam with a linear warm-up and a cosine decay of the learning rate, over the steps of the phase.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from latentlab.core.figures import Figures
from latentlab.engine.inference.device import autocast
from latentlab.engine.training.adam import AdamW
from latentlab.engine.training.averages import Averages, Buffers, put_back
from latentlab.engine.training.learner import Situation, TrainingError
from latentlab.engine.training.pictures import Order
from latentlab.engine.training.playing import PlayerSettings, changed
from latentlab.engine.training.weights import Weights
from latentlab.models.players import Batch, Moment, Objective, Player


class Descent:
    """Steps of one phase.

    Attributes:
        work: the objective.
        epochs, per_epoch: the epochs of the phase, and the batches of each.
        batch: how many pictures at once.
        players: the objective's, with their settings as they are now.
        weights: theta and its gradient.

    Args:
        objective: what is minimised.
        here: what all phases share.
        epochs: of this phase.
        precision: "fp32" or "bf16".
    """

    def __init__(self, objective: Objective, here: Situation, epochs: int, precision: str) -> None:
        self.work, self.epochs = objective, epochs
        self._here, self._plan, self._team = here, here.plan, here.team
        self.batch = here.plan.batch
        self.per_epoch = len(here.pictures) // self.batch
        self._order = Order(len(here.pictures), self.batch, here.device, here.plan.seed)
        self.players = objective.players
        self._averages = Averages(here.model, here.averaged, objective.players, here.plan.ema_decay)
        self._buffers = Buffers(here.model, here.averaged)
        self.compute_in(precision)

    def compute_in(self, precision: str) -> None:
        """Sets the precision, and resets the optimiser."""
        players, here = self.work.players, self._here
        self.precision = precision
        self.weights = Weights(here.model, precision, players)
        theta = self.weights.theta
        self._moments = torch.zeros_like(theta), torch.zeros_like(theta)
        self.optimizers = tuple(
            AdamW(
                self.weights,
                betas=player.betas,
                weight_decay=_else(player.weight_decay, self._plan.weight_decay),
                hand=hand,
                moments=self._moments,
            )
            for player, hand in zip(players, self.weights.hands, strict=True)
        )
        # How many turns each player has had. The optimisers count them too, but on a GPU, which would be
        # waited for.
        self._turns = [0 for _ in players]
        self._sums = torch.zeros(self.work.width, device=here.device)
        self._recent = torch.zeros_like(self._sums)

    def set_players(self, settings: Mapping[str, PlayerSettings]) -> None:
        """Changes settings of players, by their names, from the next step on."""
        self.players = changed(self.work.players, settings)

    @property
    def average(self) -> Tensor:
        """The averaged weights (P,), in the order of theta."""
        return self._averages.vector

    def batches(self, position: int) -> Iterator[Tensor]:
        """The rest of an epoch from this batch on, as indices of pictures."""
        return self._order.batches(position)

    def step(self, index: Tensor, moment: Moment, alone: str = "") -> Tensor:
        """One step on the pictures at `index` (B,); returns the batch's figures, which are accumulated too.

        If a player is called `alone`, it has a turn and no other has; another name than those has no effect.

        Raises:
            TrainingError: if a loss is not finite; the weights are unchanged.
        """
        here, noise = self._here, self._here.noise
        if self._team.size > 1:
            seed = self._team.seed(self._plan.seed, moment.step)
            noise.manual_seed(seed)
            torch.manual_seed(seed)
        index = self._team.share(index)
        x, y = here.pictures.at(index)
        shown = torch.bernoulli(x, generator=noise) if self._plan.binarise_input else None
        batch = Batch(x, shown, y)
        rate = self._plan.rate_at(moment.step, moment.steps)
        told: Tensor | None = None
        for number, player in enumerate(self.players):
            if self._has_turn(player, moment.step, alone):
                figures = self._turn(number, batch, moment, rate * player.rate)
                told = figures if told is None else told + figures
        if self._team.size > 1:
            self._buffers.agree(self._team)
        self._averages.follow(self.weights.theta, moment.step + 1)
        assert told is not None  # the player with the most turns has one in every step
        self._recent += told
        self._sums += told
        return told

    def _has_turn(self, player: Player, step: int, alone: str) -> bool:
        if any(one.name == alone for one in self.players):
            return player.name == alone
        # In a round of five, a player with two turns takes the last two.
        most = max(one.turns for one in self.players)
        return step % most >= most - player.turns

    def _turn(self, number: int, batch: Batch, moment: Moment, rate: float) -> Tensor:
        """One player's step; returns its figures."""
        player, hand, weights, here = (
            self.players[number],
            self.weights.hands[number],
            self.weights,
            self._here,
        )
        weights.refresh()
        # Its own count: where turns have been changed, it does not follow from the step.
        moment = replace(moment, turn=self._turns[number])
        with autocast(here.device, self.precision):
            loss, figures = self.work.loss(weights.layers, batch, here.noise, moment, player.name)
        norm = weights.differentiate(loss, self._team, hand)
        # Before the step: after it the weights, and soon their averages, would not be finite either.
        if not math.isfinite(norm):
            raise TrainingError(
                "the loss stopped being a number", hint="Try a lower learning rate, or fp32 instead of bf16"
            )
        longest = _else(player.gradient_norm, self._plan.gradient_norm)
        if norm > longest:
            weights.gradient[hand.place].mul_(longest / norm)
        self.optimizers[number].step(rate)
        self._turns[number] += 1
        if player.after is not None:
            with torch.no_grad():
                player.after(here.model)
        return figures

    def recent(self, count: int) -> Figures:
        """The figures of the last so many batches."""
        told = self.work.terms(self._recent, count)
        self._recent.zero_()
        return told

    def end_epoch(self, passed: int) -> bool:
        """Nothing to do before the epoch is judged; the phase never ends early."""
        return False

    def learnt(self, counted: int) -> Figures:
        """The mean figures of the epoch, of which this process has seen so many batches."""
        self._team.sum_(self._sums)
        told = self.work.terms(self._sums, counted * self._team.size)
        self._sums.zero_()
        return told

    def hand_on(self) -> None:
        """Ends the phase: the averaged weights replace the trained ones."""
        with torch.no_grad():
            self.weights.theta.copy_(self._averages.vector)

    def state(self, position: int) -> dict[str, Tensor]:
        """Everything that determines how the phase goes on from this batch of an epoch."""
        return {**self._named(), "optimizer_steps": self._taken(), "order": self._order.state(position)}

    def restore(self, tensors: Mapping[str, Tensor], passed: int, position: int) -> int:
        """Restores a `state()`; returns the next batch.

        Raises:
            LabError: if it belongs to another model.
        """
        taken = self._taken()
        put_back({**self._named(), "optimizer_steps": taken}, tensors)
        every = [steps for optimizer in self.optimizers for steps in optimizer.steps]
        for steps, count in zip(every, taken, strict=True):
            steps.fill_(float(count))
        self._turns = [int(one.steps[0]) if one.steps else 0 for one in self.optimizers]
        self._order.restore(tensors["order"])
        return position

    def _named(self) -> dict[str, Tensor]:
        mean, mean_square = self._moments
        return {
            "theta": self.weights.theta,
            "average": self._averages.vector,
            "mean": mean,
            "mean_square": mean_square,
            "sums": self._sums,
            **self._buffers.state(),
        }

    def _taken(self) -> Tensor:
        return torch.stack([steps for optimizer in self.optimizers for steps in optimizer.steps])


def _else(own: float | None, usual: float) -> float:
    return usual if own is None else own
