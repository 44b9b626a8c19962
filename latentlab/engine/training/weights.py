"""A model's weights as one vector, theta, so that operations on all of them are one call each.

With bfloat16 the layers compute with a copy of theta in that format, made anew for each step, while theta
and all that is summed up over steps stay in float32: the master weights of Micikevicius et al., Mixed
Precision Training (2018), section 3.1. The numbers are those of torch's autocast, which casts each layer's
weights when it meets them; casting all at once, and back, takes half the time.

Each player's weights lie side by side in theta: the matrices, then biases and norms; behind all players lie
those that nobody trains.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.engine.training.distributed import ALONE, Team
from latentlab.errors import LabError
from latentlab.models.nets import PreciseLinear
from latentlab.models.players import Player

# The weights that autocast would cast to bfloat16.
_LOW_PRECISION = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def as_one_vector(parameters: Sequence[nn.Parameter]) -> Tensor:
    """One vector (P,) of which the parameters become views, in their order."""
    if not parameters:
        return torch.zeros(0)
    theta = torch.cat([parameter.detach().flatten() for parameter in parameters])
    for parameter, part in zip(parameters, _parts(theta, parameters), strict=True):
        parameter.data = part
    return theta


@dataclass(frozen=True, eq=False)
class Hand:
    """One player's weights: their range in theta, and how many of them, at the start, are matrices.

    `parameters` are those of the layers, `gradients` views of the gradient in their shapes.
    """

    place: slice
    matrices: int
    parameters: tuple[nn.Parameter, ...]
    gradients: tuple[Tensor, ...]


class Weights:
    """theta of a model and the gradients of its players' losses.

    Attributes:
        theta: (P,); the model's parameters are views of it.
        gradient: (P,), of each player the last `differentiate`.
        layers: what to compute losses with: the model, or its twin with bfloat16 weights.
        hands: each player's weights, in the players' order.

    Args:
        model: on its device already.
        precision: "fp32" or "bf16".
        players: who trains it; one that has all of it, if not given.
    """

    def __init__(
        self, model: nn.Module, precision: str = "fp32", players: Sequence[Player] = (Player(),)
    ) -> None:
        groups = by_player(model, players)
        order = [parameter for group in groups for parameter in group]
        self.theta = as_one_vector(order)
        self.gradient = torch.zeros_like(self.theta)
        self.layers = model
        self._low: list[Tensor] = []
        self._masters: list[Tensor] = []
        if precision == "bf16":
            # Buffers are shared with the model; only weights exist in two formats.
            self.layers = copy.deepcopy(model, {id(buffer): buffer for buffer in model.buffers()})
            self._lower(model)
        gradients, first = iter(_parts(self.gradient, order)), 0
        hands = []
        for group in by_player(self.layers, players)[:-1]:
            count = sum(parameter.numel() for parameter in group)
            hands.append(
                Hand(
                    place=slice(first, first + count),
                    matrices=sum(parameter.numel() for parameter in group if parameter.ndim > 1),
                    parameters=tuple(group),
                    gradients=tuple(next(gradients) for _ in group),
                )
            )
            first += count
        self.hands = tuple(hands)

    def refresh(self) -> None:
        """Updates the layers' weights from theta."""
        if self._low:
            torch._foreach_copy_(self._low, self._masters)

    def differentiate(self, loss: Tensor, team: Team = ALONE, hand: Hand | None = None) -> float:
        """Computes the gradient of a loss by a player's weights, averaged over the team, into `gradient`.

        Returns its Euclidean norm, which is not finite if any element is not. By default for the first
        player.
        """
        hand = hand or self.hands[0]
        gradients = torch.autograd.grad(loss, hand.parameters, allow_unused=True, materialize_grads=True)
        torch._foreach_copy_(hand.gradients, gradients)
        gradient = self.gradient[hand.place]
        team.average_(gradient)
        return math.sqrt(float(torch.dot(gradient, gradient)))

    def _lower(self, model: nn.Module) -> None:
        low = {
            id(parameter)
            for module in self.layers.modules()
            if isinstance(module, _LOW_PRECISION) and not isinstance(module, PreciseLinear)
            for parameter in module.parameters(recurse=False)
        }
        for twin, master in zip(in_order(self.layers), in_order(model), strict=True):
            if id(twin) in low:
                twin.data = twin.data.to(torch.bfloat16)
                self._low.append(twin.data)
                self._masters.append(master.data)
            else:
                twin.data = master.data


def in_order(model: nn.Module) -> list[nn.Parameter]:
    """A model's parameters in the order of snapshots: matrices, then the rest."""
    return _matrices_first(list(model.parameters()))


def by_player(model: nn.Module, players: Sequence[Player]) -> list[list[nn.Parameter]]:
    """Each player's parameters, matrices first, and last those that no player trains.

    Raises:
        LabError: if two players have the same parameter, or one has none.
    """
    named = dict(model.named_parameters())
    groups: list[list[nn.Parameter]] = []
    taken: set[str] = set()
    for player in players:
        own = [name for name in named if player.owns(name)]
        if not own or taken & set(own):
            which = "nothing" if not own else "what another has"
            raise LabError(
                f"the player {player.name!r} of a {type(model).__name__} is given {which} to train"
            )
        taken |= set(own)
        groups.append(_matrices_first([named[name] for name in own]))
    return [*groups, [parameter for name, parameter in named.items() if name not in taken]]


def _matrices_first(parameters: list[nn.Parameter]) -> list[nn.Parameter]:
    return [p for p in parameters if p.ndim > 1] + [p for p in parameters if p.ndim <= 1]


def give_weights(model: nn.Module, theta: Tensor) -> None:
    """Copies theta (P,), in the order of `in_order`, into a model's weights.

    Raises:
        LabError: if they are not as many as the model has.
    """
    parameters = in_order(model)
    count = sum(parameter.numel() for parameter in parameters)
    if theta.shape != (count,):
        raise LabError(f"a snapshot of {tuple(theta.shape)} weights; the model has {count:,}")
    with torch.no_grad():
        for parameter, part in zip(parameters, _parts(theta, parameters), strict=True):
            parameter.copy_(part)


def _parts(vector: Tensor, parameters: Sequence[nn.Parameter]) -> list[Tensor]:
    """Views of a vector in the shapes of the parameters."""
    sizes = [parameter.numel() for parameter in parameters]
    return [
        part.view(parameter.shape) for part, parameter in zip(vector.split(sizes), parameters, strict=True)
    ]
