"""Evaluates a model by the log-likelihood that it reports, where it has no posterior for an ELBO.

log p(x)        mean over pictures, in nats, as the model tells it: exact, a bound or an estimate
bits            - log2 p(x) / (C H W), for models of bytes
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from latentlab.core.measures import DensityTag
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of, require_known
from latentlab.engine.inference.encodings import require_shape
from latentlab.errors import LabError
from latentlab.models.base import TellsDensity

Progress = Callable[[float], None]
_AT_ONCE = 500


@dataclass(frozen=True)
class DensityEvaluation:
    """Means over `images` pictures of a split.

    Attributes:
        log_likelihood: log p(x) in nats a picture, from `samples` draws each where it is not exact.
        density: whether it is exact, a bound or an estimate.
        bits_per_dimension: the same as bits for each number of a picture; None unless it is of bytes.
    """

    log_likelihood: float
    density: DensityTag
    bits_per_dimension: float | None
    images: int
    samples: int

    def as_dict(self) -> dict[str, Any]:
        """The figures by name, ready for JSON."""
        return dataclasses.asdict(self)


@torch.no_grad()
def evaluate_density(
    model: nn.Module,
    data: ImageSet,
    *,
    samples: int = 1,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> DensityEvaluation:
    """Evaluates a model by its density, on the device it is on.

    Raises:
        LabError: if the model tells none, or the pictures are of another shape.
    """
    if not isinstance(model, TellsDensity):
        raise LabError(f"a {type(model).__name__} has no density of pictures")
    data = require_known(model, data)
    if min(samples, len(data)) < 1:
        raise LabError("pictures and samples must each be at least 1")
    shape = getattr(model, "picture_shape", data.shape)
    require_shape(data, shape)
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    y, total = conditions_of(model, data), 0.0
    for start in range(0, len(data), _AT_ONCE):
        x = data.images[start : start + _AT_ONCE].to(device).float() / 255.0
        told = None if y is None else y[start : start + _AT_ONCE].to(device)
        total += float(model.log_density(x, generator, draws=samples, y=told).double().sum())
        progress(min(1.0, (start + _AT_ONCE) / len(data)))
    mean, tag = total / len(data), model.density_tag
    bits = -mean / (math.log(2.0) * math.prod(shape)) if tag.measure == "bytes" else None
    return DensityEvaluation(mean, tag, bits, len(data), 0 if tag.how == "exact" else samples)
