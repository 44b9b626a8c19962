"""A model in training without the parts whose phases have not begun: as it is shown and saved until then.

Their weights are still the random ones of the beginning: what they would say of pictures means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from latentlab.engine.files.checkpoint import empty_model
from latentlab.models.base import capabilities_of, parse_config
from latentlab.models.capabilities import Capability
from latentlab.models.registry import find_kind


@dataclass(frozen=True, eq=False)
class Partial:
    """A model that can be shown, the config it is made from, and what the whole one will do besides."""

    model: nn.Module
    config: Mapping[str, Any]
    later: frozenset[Capability] = frozenset()


def without(kind: str, config: Mapping[str, Any], fields: Mapping[str, Any], device: torch.device) -> Partial:
    """A model of this kind on the device, with these fields of the config changed; its weights are random.

    Raises:
        LabError: if there is no such config.
    """
    smaller = {**config, **fields}
    model = empty_model(kind, smaller).to(device)
    whole = find_kind(kind)
    later = whole.can(parse_config(whole.config, config)) - capabilities_of(model)
    return Partial(model, smaller, later)


@torch.no_grad()
def fill(model: nn.Module, whole: nn.Module) -> None:
    """Copies the weights and buffers that a model has from one that has more."""
    tensors = whole.state_dict()
    for name, tensor in model.state_dict().items():
        tensor.copy_(tensors[name])
