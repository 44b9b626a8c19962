"""Training that goes on from a finished model: its weights and config, in a training of its own.

The moments of the optimiser and the schedule are not in a model's file: they begin anew, as in any training.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.files.checkpoint import load_model
from latentlab.errors import LabError
from latentlab.models.registry import find_kind
from latentlab.models.with_prior import without_prior


def begun_model(path: str | Path, kind: str, train: ImageSet) -> nn.Module:
    """The model in a file, to be trained further on such pictures.

    Raises:
        LabError: if it cannot be read, is of another kind, or is made for pictures of another size.
    """
    loaded = load_model(path, torch.device("cpu"))
    model = loaded.model
    if loaded.card.kind != kind:
        raise LabError(
            f"a {find_kind(loaded.card.kind).title}, which cannot go on as a {find_kind(kind).title}", path
        )
    shape = getattr(model, "picture_shape", train.shape)
    if tuple(shape) != train.shape:
        raise LabError(
            f"made for pictures {size_in_words(shape)}; those of {train.name} are "
            f"{size_in_words(train.shape)}",
            path,
            "Choose the pictures that it was trained on",
        )
    # A prior that was fitted to its codes no longer suits them once it learns further.
    return without_prior(model).requires_grad_(True)
