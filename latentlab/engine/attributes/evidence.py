"""log p(x) of a picture, under the condition that belongs to it: see `inference.evidence`."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of
from latentlab.engine.inference.encodings import require_shape
from latentlab.engine.inference.evidence import Evidence
from latentlab.engine.inference.ladder import Ladder


def evidence_of(model: nn.Module, data: ImageSet, index: int, *, seed: int = 0) -> Iterator[Ladder]:
    """The ladder of a picture, growing with its draws.

    Raises:
        LabError: for a model without posterior, likelihood or prior, or pictures of another shape.
    """
    require_shape(data, getattr(model, "picture_shape", data.shape))
    told = conditions_of(model, data)
    return evidence_of_picture(model, data.images[index], None if told is None else told[index], seed=seed)


def evidence_of_picture(
    model: nn.Module, picture: Tensor, y: Tensor | None = None, *, seed: int = 0
) -> Iterator[Ladder]:
    """The ladder of a picture of the model's shape, uint8 (C, H, W), under a condition (A,).

    Raises:
        LabError: for a model without posterior, likelihood or prior.
    """
    device = next(model.parameters()).device
    known = Evidence(model, device)
    return known.ladder(picture[None].float() / 255.0, None if y is None else y.to(device), seed=seed)
