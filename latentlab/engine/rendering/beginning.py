"""What a model is opened on: its data or none, and the point where a person first meets it.

The point is the encoding of a picture that is neither near the middle of all nor far out: of some held-out
pictures, that whose distance from the middle of the prior is the median of theirs. In many dimensions the
middle itself decodes to a blur between all pictures, which no picture is near. Where the pictures have
attributes, it is one with the fewest: so each that is added by hand is seen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from latentlab.data.image_set import ImageSet
from latentlab.engine.inference.encodings import encode_in_chunks
from latentlab.engine.types import Point
from latentlab.models.base import Decodes, Encodes

_LOOKED_AT = 64


def no_pictures(name: str, split: str, shape: tuple[int, int, int]) -> ImageSet:
    """A data set without pictures, for a model whose own are not to be found; shape (C, H, W)."""
    return ImageSet(name or "no data", split, torch.zeros(0, *shape, dtype=torch.uint8))


def typical_point(model: nn.Module, data: ImageSet, y: Tensor | None, middle: Point) -> Point:
    """The encoding of a typical picture of some data; () where there is none.

    Args:
        model: any model; one that does not encode has no such point.
        data: the pictures, of which the first 64 are looked at.
        y: the condition of each picture for a conditional encoder, (N, A).
        middle: of the prior, D numbers.
    """
    if not isinstance(model, Encodes) or not isinstance(model, Decodes) or not len(data):
        return ()
    some = data.part(data.split, 0, min(_LOOKED_AT, len(data)))
    told = None if y is None else y[: len(some)]
    (encodings,) = encode_in_chunks(model, some, chunk=_LOOKED_AT, y=told)
    mean = encodings.mean.astype(np.float64)
    if not np.isfinite(mean).all():
        return ()
    far = np.square(mean - np.asarray(middle)).sum(1)
    plain = _plainest(some)
    # The lower of two medians: the distance of a picture, not one between two.
    place = int(plain[np.argsort(far[plain], kind="stable")[(len(plain) - 1) // 2]])
    return tuple(float(value) for value in encodings.mean[place])


def _plainest(data: ImageSet) -> npt.NDArray[np.intp]:
    """The numbers of the pictures with the fewest attributes; of all where there are none."""
    if data.attributes is None or data.attributes.shape[1] == 0:
        return np.arange(len(data))
    count = data.attributes.numpy().sum(1)
    return np.flatnonzero(count == count.min())
