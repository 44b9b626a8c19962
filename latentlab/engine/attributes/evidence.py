"""log p(x) of a picture of a data set, under the condition that belongs to it: see `inference.evidence`."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

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
    known = Evidence(model, next(model.parameters()).device)
    require_shape(data, getattr(model, "picture_shape", data.shape))
    told = conditions_of(model, data)
    y = None if told is None else told[index].to(next(model.parameters()).device)
    return known.ladder(data.images[index : index + 1].float() / 255.0, y, seed=seed)
