"""Checks and converts arrays at the boundary of the Python API: pictures and points, as tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.engine.attributes.directions import Directions as Directions  # offered here, too
from latentlab.engine.diffusion.tape import Tape as Tape
from latentlab.errors import LabError

_CHUNK = 500
# Resampling leaves float pictures slightly outside [0, 1]; more than that means another scale.
_SLACK = 1e-4


def as_tensor(values: Any, what: str) -> Tensor:
    if isinstance(values, Tensor):
        return values.detach().cpu()
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biuf":
            raise TypeError
        # A copy: torch would share, and warn about, read-only memory.
        return torch.from_numpy(np.array(array, order="C", copy=True))
    except (TypeError, ValueError):
        raise LabError(f"the {what} are not an array of numbers") from None


def as_pictures(images: Any, shape: tuple[int, int, int]) -> Tensor:
    """Pictures as (N, C, H, W), uint8 or float32 in [0, 1]."""
    pictures = as_tensor(images, "pictures")
    given = tuple(pictures.shape)
    if given == shape or (shape[0] == 1 and given == shape[1:]):
        pictures = pictures.reshape(1, *shape)
    elif shape[0] == 1 and pictures.ndim == 3:
        pictures = pictures.unsqueeze(1)
    if pictures.ndim != 4 or tuple(pictures.shape[1:]) != shape:
        raise LabError(f"pictures of shape {given}; the model takes (N, {', '.join(map(str, shape))})")
    if pictures.dtype == torch.uint8:
        return pictures
    if pictures.dtype != torch.bool and not pictures.is_floating_point():
        raise LabError(f"pictures of type {pictures.dtype}; expected bytes, or floats in [0, 1]")
    pictures = pictures.float()
    # A comparison with NaN is false, so NaN is refused too.
    if pictures.numel() and not bool(((pictures >= -_SLACK) & (pictures <= 1.0 + _SLACK)).all()):
        raise LabError(
            "pictures of floats must lie in [0, 1], without NaN",
            hint="Give grey levels from 0 to 255 as unsigned bytes",
        )
    return pictures.clamp(0.0, 1.0)


def as_bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """The first of some pictures as bytes, (C, H, W)."""
    first = pictures[0]
    if first.dtype != torch.uint8:
        first = (first.float() * 255.0).round().to(torch.uint8)
    array: NDArray[np.uint8] = first.numpy()
    return array


def floats_in_chunks(pictures: Tensor) -> Iterator[Tensor]:
    """Not all at once: 70,000 pictures are four times as large as floats than as bytes."""
    for some in pictures.split(_CHUNK) if len(pictures) else ():
        yield some.float() / 255.0 if some.dtype == torch.uint8 else some


def as_points(z: Any, latents: int) -> Tensor:
    """Points as float32 (N, D)."""
    points = as_tensor(z, "points").float()
    given = tuple(points.shape)
    if points.ndim == 1:
        points = points.unsqueeze(0)
    if points.ndim != 2 or points.shape[1] != latents:
        raise LabError(f"points of shape {given}; the model takes (N, {latents}) or ({latents},)")
    if not bool(torch.isfinite(points).all()):
        raise LabError("the points have numbers that are not finite")
    return points
