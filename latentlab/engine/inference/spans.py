"""How the plane of a linear decoder lies to another one, or to the first principal components."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor

from latentlab.core.principal import principal_angles
from latentlab.errors import LabError
from latentlab.models.base import linear
from latentlab.models.linear import HasEigenpictures


@torch.no_grad()
def angles_between(one: object, other: object) -> tuple[float, ...]:
    """The principal angles between the planes of two linear decoders, in degrees, the smallest first.

    Of a model with eigenpictures the first are taken, as many as the other model has latents: all of them
    would span everything. Of two such models, as many as the one has that keeps fewer.

    Raises:
        LabError: if a model does not decode linearly, or their pictures are of different sizes.
    """
    require_plane(one)
    require_plane(other)
    first, second = _rows(one), _rows(other)
    if first.shape[1] != second.shape[1]:
        raise LabError(f"pictures of {first.shape[1]:,} and of {second.shape[1]:,} numbers have no angles")
    least = min(len(first), len(second))
    if isinstance(one, HasEigenpictures):
        first = first[:least]
    if isinstance(other, HasEigenpictures):
        second = second[:least]
    return tuple(math.degrees(angle) for angle in principal_angles(first, second).tolist())


def require_plane(model: object, path: Path | None = None) -> None:
    """Refuses a model whose decoder spans no plane, naming its file.

    Raises:
        LabError: if it does not decode by one linear layer.
    """
    if not isinstance(model, HasEigenpictures) and _linear_rows(model) is None:
        raise LabError(
            "the model does not decode by one linear layer, and so spans no plane",
            path,
            "Take a Gaussian, PCA, or an autoencoder with --decoder linear --likelihood gaussian",
        )


def _rows(model: object) -> Tensor:
    if isinstance(model, HasEigenpictures):
        return model.eigenpictures().rows
    rows = _linear_rows(model)
    assert rows is not None
    return rows.detach().cpu().double()


def _linear_rows(model: object) -> Tensor | None:
    decoder = linear(model)
    return None if decoder is None else decoder.linear_rows()
