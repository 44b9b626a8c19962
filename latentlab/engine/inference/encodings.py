"""Encodes a data set: the posterior of each picture in a model's latent space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.data.limits import LARGEST_SIDE, SMALLEST_SIDE
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import COLOURS
from latentlab.errors import LabError
from latentlab.models.base import Encodes


@dataclass(frozen=True, eq=False)
class Encodings:
    """Posteriors of N pictures; row i belongs to picture i of the split.

    Attributes:
        mean, log_variance: float32 (N, D).
        label: int64 (N,), -1 where there are no classes.
    """

    mean: NDArray[np.float32]
    log_variance: NDArray[np.float32]
    label: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.mean)


def require_shape(data: ImageSet, shape: tuple[int, int, int]) -> None:
    """Refuses pictures of another shape than (C, H, W).

    Raises:
        LabError: saying how pictures of one's own are read in that shape, where they can be.
    """
    if data.shape == shape:
        return
    channels, height, width = shape
    colour = COLOURS[channels == 3]
    can_be = height == width and SMALLEST_SIDE <= height <= LARGEST_SIDE and data.name not in SHIPPED_SETS
    raise LabError(
        f"the pictures of {data.name} are {size_in_words(data.shape)}, "
        f"the model takes {size_in_words(shape)}",
        hint=f"PATH::side={height},colour={colour} reads them so" if can_be else None,
    )


@torch.no_grad()
def encode_in_chunks(
    model: nn.Module, data: ImageSet, chunk: int = 500, y: Tensor | None = None
) -> Iterator[Encodings]:
    """The encodings of a data set, `chunk` pictures at a time; the mean, never a draw.

    `y` (N, A) is the condition of a conditional encoder, see `latentlab.engine.attributes.conditions`.

    Raises:
        LabError: if the model does not encode, or its pictures have another shape.
    """
    if not isinstance(model, Encodes):
        raise LabError(f"a {type(model).__name__} does not encode pictures")
    shape = getattr(model, "picture_shape", data.shape)
    require_shape(data, shape)
    device = next(model.parameters()).device
    for first in range(0, len(data), chunk):
        images = data.images[first : first + chunk].to(device)
        told = None if y is None else y[first : first + chunk].to(device)
        posterior = model.encode(images.float() / 255.0, told)
        if data.labels is None:
            labels = np.full(len(images), -1, dtype=np.int64)
        else:
            labels = data.labels[first : first + chunk].numpy()
        yield Encodings(posterior.mean.cpu().numpy(), posterior.log_variance.cpu().numpy(), labels)


def join(parts: list[Encodings]) -> Encodings:
    """The chunks joined, in order."""
    return Encodings(
        mean=np.concatenate([part.mean for part in parts]),
        log_variance=np.concatenate([part.log_variance for part in parts]),
        label=np.concatenate([part.label for part in parts]),
    )


def encode_all(model: nn.Module, data: ImageSet) -> Encodings:
    """The encodings of a whole data set."""
    return join(list(encode_in_chunks(model, data)))
