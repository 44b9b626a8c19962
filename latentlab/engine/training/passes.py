"""A training phase without gradients: passes over the data that accumulate sums.

Pictures are passed as uint8 slices, many at once and in order: nothing is copied. Where several processes
train together, each sees its share, and their sums are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from latentlab.core.figures import Figures
from latentlab.engine.training.averages import put_back
from latentlab.engine.training.learner import Situation
from latentlab.engine.training.playing import PlayerSettings
from latentlab.models.players import Fitting, Moment, Player, Prepared

_OF_MODEL, _OF_SUMS = "model.", "statistics."


class Passes:
    """The passes of one phase. Nothing is averaged: at the end of a pass both models are set.

    Args:
        fitting: how the model is fitted.
        here: what all phases share.
    """

    def __init__(self, fitting: Fitting, here: Situation) -> None:
        self.work, self.epochs, self.batch = fitting, fitting.passes, fitting.at_once
        self.per_epoch = -(-len(here.pictures) // self.batch)
        # Nobody takes steps.
        self.players: tuple[Player, ...] = ()
        self._here = here
        self._statistics: dict[str, Tensor] = {}
        self._passed = 0
        self._figures = Figures(spec=fitting.spec)

    def set_players(self, settings: Mapping[str, PlayerSettings]) -> None:
        """Changes nothing: there are none."""

    def batches(self, position: int) -> Iterator[slice]:
        """The rest of a pass from this batch on."""
        if not position:
            if not self._passed:
                self._prepare()
            self._statistics = self._begin(self._passed)
        count = len(self._here.pictures)
        for first in range(position * self.batch, count, self.batch):
            yield slice(first, min(first + self.batch, count))

    @torch.no_grad()
    def step(self, index: slice, moment: Moment, alone: str = "") -> None:
        """Adds one batch to the sums."""
        x, y = self._here.pictures.within(index)
        team = self._here.team
        if team.size > 1:
            x, y = team.share(x), None if y is None else team.share(y)
        if len(x):
            self.work.add(self._here.model, self._statistics, x, y, self._passed)

    def recent(self, count: int) -> Figures:
        """None: figures come at the end of a pass."""
        return Figures(spec=self.work.spec)

    @torch.no_grad()
    def end_epoch(self, passed: int) -> bool:
        """Sets the model from the sums; returns whether no further pass is needed."""
        sums = {name: tensor.clone() for name, tensor in self._statistics.items()}
        for tensor in sums.values():
            self._here.team.sum_(tensor)
        self._figures, done = self.work.end(self._here.model, sums, passed)
        self._here.averaged.load_state_dict(self._here.model.state_dict())
        self._passed = passed + 1
        return done

    def learnt(self, counted: int) -> Figures:
        """The figures of the pass."""
        return self._figures

    def hand_on(self) -> None:
        """Nothing to do: the model is final."""

    def state(self, position: int) -> dict[str, Tensor]:
        """The model, and within a pass its sums."""
        own = {f"{_OF_MODEL}{name}": tensor for name, tensor in self._here.model.state_dict().items()}
        if position:
            own |= {f"{_OF_SUMS}{name}": tensor for name, tensor in self._statistics.items()}
        return own

    def restore(self, tensors: Mapping[str, Tensor], passed: int, position: int) -> int:
        """Restores a `state()`; returns the next batch. A team, where only one process saves, restarts its
        pass.
        """
        own = {f"{_OF_MODEL}{name}": tensor for name, tensor in self._here.model.state_dict().items()}
        put_back(own, tensors)
        self._passed = passed
        self._here.averaged.load_state_dict(self._here.model.state_dict())
        if position == 0 or self._here.team.size > 1:
            return 0
        self._statistics = self._begin(self._passed)
        put_back({f"{_OF_SUMS}{name}": tensor for name, tensor in self._statistics.items()}, tensors)
        return position

    @torch.no_grad()
    def _prepare(self) -> None:
        if isinstance(self.work, Prepared):
            every = max(1, len(self._here.pictures) // self.work.prepared_from)
            x, y = self._here.pictures.within(slice(None, None, every))
            most = slice(None, self.work.prepared_from)
            self.work.prepare(self._here.model, x[most], None if y is None else y[most])
            # What is shown of the training is where it begins.
            self._here.averaged.load_state_dict(self._here.model.state_dict())

    @torch.no_grad()
    def _begin(self, passed: int) -> dict[str, Tensor]:
        return self.work.begin(self._here.model, passed)
