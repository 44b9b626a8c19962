"""Makes pictures of other pictures with a model that translates."""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.errors import LabError
from latentlab.models.base import Translates
from latentlab.models.capabilities import Capability
from latentlab.models.registry import how_to_train

_CHUNK = 100


def require_translator(model: object, name: str) -> Translates:
    """The model, called `name`, if it translates pictures.

    Raises:
        LabError: if it does not.
    """
    if isinstance(model, Translates):
        return model
    raise LabError(
        f"{name} does not make pictures of other pictures",
        hint=f"Train a model that does: {how_to_train(Capability.TRANSLATES)} --data DATA --out FILE",
    )


@torch.no_grad()
def translated(model: Translates, sources: Tensor) -> Tensor:
    """Pictures of sources on its device; (B, C', H, W) -> float32 (B, C, H, W) in [0, 1] on the CPU."""
    made = [model.translate(some).float().cpu() for some in sources.split(_CHUNK)]
    return torch.cat(made) if made else torch.empty(0, *model.target_shape)
