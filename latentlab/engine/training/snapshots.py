"""Copies the weights and buffers of a model in training into another model of the same form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import nn

from latentlab.engine.training.weights import give_weights, in_order
from latentlab.errors import LabError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Weighed:
    """Copies: theta float32 (P,), in the order of `in_order`, and the buffers by name."""

    theta: NDArray[np.float32]
    buffers: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)


@torch.no_grad()
def weighed(model: nn.Module) -> Weighed:
    """A copy of a model's current weights and buffers."""
    parts = [parameter.detach().flatten().float() for parameter in in_order(model)]
    theta = torch.cat(parts) if parts else torch.zeros(0)
    saved = set(model.state_dict())
    buffers = {
        name: buffer.detach().to("cpu", copy=True).numpy()
        for name, buffer in model.named_buffers()
        if name in saved
    }
    return Weighed(theta.cpu().numpy(), buffers)


@torch.no_grad()
def give(model: nn.Module, theta: NDArray[np.float32], buffers: Mapping[str, NDArray[np.generic]]) -> None:
    """Loads weights and buffers into a model.

    Raises:
        LabError: if they are those of another model.
    """
    give_weights(model, torch.from_numpy(theta))
    own = dict(model.named_buffers())
    for name, values in buffers.items():
        if name not in own or tuple(own[name].shape) != values.shape:
            raise LabError(f"a snapshot has a buffer {name[:80]!a} that the model has not")
        own[name].copy_(torch.from_numpy(values))
