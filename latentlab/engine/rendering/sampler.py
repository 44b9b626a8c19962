"""Draws samples under the requested conditions in pieces, so that the window stays responsive."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from latentlab.engine.attributes.conditional_sampling import (
    ConditionFrequencies,
    DrawnConditions,
    conditions_as_asked,
    frequencies_of,
    is_settled,
)
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.sampling import draw_in_chunks, points_of
from latentlab.engine.rendering.drawing import Drawing, to_pictures, to_point
from latentlab.engine.rendering.requests.points import SamplesReply, SamplesRequest
from latentlab.engine.rendering.serving import Reply
from latentlab.engine.types import Picture, Point
from latentlab.errors import LabError
from latentlab.models.base import conditional

# The longest that a picture at the probe may have to wait.
_CHUNK = 8


class Sampler:
    """Keeps how often conditions occur in the data last used."""

    def __init__(self) -> None:
        self._frequencies: tuple[LoadedModel, str, ConditionFrequencies] | None = None

    def draw(
        self, loaded: LoadedModel, drawing: Drawing | None, request: SamplesRequest
    ) -> Iterator[Reply | None]:
        """The same samples as `latentlab sample` draws with the same seed.

        Without a `drawing`, for a model without a latent space, the model draws them directly.

        Raises:
            LabError: for a name that the model does not know.
        """
        told: DrawnConditions | None = None
        if conditional(loaded.model) is not None:
            asked, frequencies = dict(request.asked), None
            if not is_settled(loaded.model, asked):
                yield None
                frequencies = self._known(loaded, request.data)
                yield None
            told = conditions_as_asked(loaded.model, asked, request.count, frequencies, request.seed)
        pictures: list[Picture] = []
        points: tuple[Point, ...] = ()
        if drawing is None:
            y = None if told is None else told.y
            for chunk in draw_in_chunks(loaded.model, request.count, request.seed, y=y):
                pictures.extend(to_pictures(chunk))
                yield None
        else:
            z = points_of(drawing.model, request.count, request.seed)
            points = tuple(map(to_point, z))
            for first in range(0, len(z), _CHUNK):
                some = slice(first, first + _CHUNK)
                y = None if told is None else told.y[some].to(drawing.device)
                pictures.extend(drawing.decode(z[some], y))
                yield None
        yield SamplesReply(
            generation=request.generation,
            asked=request.asked,
            seed=request.seed,
            points=points,
            conditions=() if told is None else tuple(map(to_point, told.y)),
            pictures=tuple(pictures),
            origin="" if told is None else told.origin,
        )

    def _known(self, loaded: LoadedModel, data: str) -> ConditionFrequencies:
        kept = self._frequencies
        if kept is None or kept[0] is not loaded or kept[1] != data:
            # The model's own training data, if available, rather than the open ones, which may be others.
            with torch.inference_mode(False):
                frequencies = frequencies_of(loaded)
                if frequencies.rows is None:
                    frequencies = _of_others(loaded, data) or frequencies
            kept = self._frequencies = (loaded, data, frequencies)
        return kept[2]


def _of_others(loaded: LoadedModel, data: str) -> ConditionFrequencies | None:
    try:
        return frequencies_of(loaded, data)
    except LabError:
        return None
