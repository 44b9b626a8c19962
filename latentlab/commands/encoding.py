"""Encodes and decodes pictures for the commands that compute with them."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import (
    as_text,
    encoder_is_conditional,
)
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import PICTURE_FORMATS, Picture
from latentlab.engine.inference.encodings import encode_in_chunks, join
from latentlab.engine.inference.sampling import decode_in_chunks, require_decoder
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.errors import LabError
from latentlab.models.base import Conditional, Decodes


def require_condition(loaded: LoadedModel, y: Tensor | None) -> None:
    # Without a condition it would draw the first class, whatever the picture shows.
    if y is None and isinstance(loaded.model, Conditional):
        raise LabError(
            f"{loaded.name} needs a condition: it draws pictures of a given class or with given attributes",
            hint="Give one with --condition",
        )


def encode_pictures(loaded: LoadedModel, data: ImageSet, y: Tensor | None) -> NDArray[np.float32]:
    """Posterior means, (N, D)."""
    told = y.expand(len(data), -1) if y is not None and encoder_is_conditional(loaded.model) else None
    z = join(list(encode_in_chunks(loaded.model, data, y=told))).mean
    if not np.isfinite(z).all():
        raise LabError(f"{loaded.name} encodes pictures to values that are not finite")
    return z


def decode_points(loaded: LoadedModel, z: NDArray[np.float32], y: Tensor | None) -> list[Picture]:
    pictures: list[Picture] = []
    for some in decode_in_chunks(loaded.model, torch.from_numpy(z), y=y):
        pictures.extend(to_pictures(some))
    return pictures


def decoder_of(loaded: LoadedModel) -> Decodes:
    return require_decoder(loaded.model, loaded.name)


def check_out(arguments: argparse.Namespace) -> Path:
    return check_destination(arguments.out, overwrite=arguments.force, suffixes=PICTURE_FORMATS)


def condition_words(loaded: LoadedModel, y: Tensor | None) -> dict[str, str]:
    """The model's condition as text, so that it can be repeated."""
    text = as_text(loaded.model, y)
    return {"condition": text} if text else {}
