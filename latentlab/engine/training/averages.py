"""The exponential moving average of the weights and buffers in training, which is what gets saved.

    theta_ema <- d theta_ema + (1 - d) theta

with d rising from 0 to `ema_decay`, so that the first, bad weights are soon forgotten. Buffers go with them:
those that are statistics (running means and variances) are averaged alike, others (codebooks, directions of a
spectral norm, counts) are copied, as averages of them would be none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import torch
from torch import Tensor, nn

from latentlab.engine.training.distributed import Team
from latentlab.engine.training.weights import as_one_vector, by_player
from latentlab.errors import LabError
from latentlab.models.players import Player
from latentlab.models.training import CopiesBuffers

# After this many steps the average is slow enough to update at every eighth, with the decay of eight.
_EACH, _EVERY = 24, 8
# The buffers of torch's spectral norm, in its new form and its old one.
_DIRECTIONS = ("*._u", "*._v", "*weight_u", "*weight_v")


class Averages:
    """Updates a second model of the same form with the averages.

    Attributes:
        vector: the averaged weights, (P,), in the order of `Weights.theta`; `averaged` has views of it.

    Args:
        model: the model being trained.
        averaged: the averaged model.
        players: the players that train it.
        decay: the highest d.
    """

    def __init__(
        self, model: nn.Module, averaged: nn.Module, players: Sequence[Player], decay: float
    ) -> None:
        self.vector = as_one_vector([one for group in by_player(averaged, players) for one in group])
        self._decay = decay
        self._buffers = Buffers(model, averaged)

    @torch.no_grad()
    def follow(self, theta: Tensor, step: int) -> None:
        """Adds the weights (P,) after step 1, 2, ... of a phase."""
        if step <= _EACH:
            self._take(theta, step, 1)
        elif step % _EVERY == 0:
            self._take(theta, step, _EVERY)

    def _take(self, theta: Tensor, step: int, steps: int) -> None:
        decay = min(self._decay, step / (step + 10.0)) ** steps
        self.vector.lerp_(theta, 1.0 - decay)
        self._buffers.follow(1.0 - decay)


class Buffers:
    """The buffers of a model in training, and of the averaged one; either may have none."""

    def __init__(self, model: nn.Module, averaged: nn.Module) -> None:
        saved = set(model.state_dict())
        self._own = {name: buffer for name, buffer in model.named_buffers() if name in saved}
        self._followers = {name: buffer for name, buffer in averaged.named_buffers() if name in saved}
        patterns = (*_DIRECTIONS, *(model.copied_buffers if isinstance(model, CopiesBuffers) else ()))
        self._averaged = [
            name
            for name, buffer in self._own.items()
            if buffer.is_floating_point() and not any(fnmatchcase(name, pattern) for pattern in patterns)
        ]
        self._copied = [name for name in self._own if name not in set(self._averaged)]

    def follow(self, share: float) -> None:
        """Moves the averaged ones by this share towards the model's; copies those that are no statistics."""
        for name in self._averaged:
            self._followers[name].lerp_(self._own[name], share)
        for name in self._copied:
            self._followers[name].copy_(self._own[name])

    @torch.no_grad()
    def agree(self, team: Team) -> None:
        """Makes them equal in all processes of a team: statistics averaged, others copied from the leader."""
        for name in self._averaged:
            team.average_(self._own[name])
        for name in self._copied:
            team.follow_(self._own[name])

    def state(self) -> dict[str, Tensor]:
        """All of them by name, for a file."""
        return dict(self._named())

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Puts a `state()` back.

        Raises:
            LabError: if it is that of another model.
        """
        put_back(dict(self._named()), tensors)

    def _named(self) -> Iterator[tuple[str, Tensor]]:
        for name in self._own:
            yield f"buffer.{name}", self._own[name]
            yield f"average_buffer.{name}", self._followers[name]


@torch.no_grad()
def put_back(mine: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> None:
    """Copies saved tensors into those of a training, all or none of them.

    Raises:
        LabError: if one is missing there, or is of another type or shape.
    """
    missing = [name for name in mine if name not in tensors]
    if missing:
        raise LabError(f"{len(missing)} of its tensors are missing: {', '.join(missing)}")
    for name, tensor in mine.items():
        if tensors[name].dtype != tensor.dtype:
            raise LabError(f"the training's {name} is {tensors[name].dtype}, expected {tensor.dtype}")
        if tensors[name].shape != tensor.shape:
            found, expected = tuple(tensors[name].shape), tuple(tensor.shape)
            raise LabError(f"the training's {name} has shape {found}, the model asks for {expected}")
    for name, tensor in mine.items():
        tensor.copy_(tensors[name])
