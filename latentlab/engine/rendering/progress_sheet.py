"""What a model makes of some pictures, and draws by itself: the same pictures and noise each time."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from latentlab.engine.inference.sampling import points_of
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.progress import ProgressSheetReply, ProgressSheetRequest
from latentlab.engine.rendering.serving import Reply
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.models.base import Encodes

# The longest that a picture at the probe may have to wait.
_CHUNK, _SEED = 8, 0


def progress_sheet(opened: Opened, request: ProgressSheetRequest, step: int | None) -> Iterator[Reply | None]:
    """The sheet, in pieces; conditional models are told the conditions of these pictures, for samples too."""
    model, drawing, data = opened.loaded.model, opened.drawing, opened.data
    if not isinstance(model, Encodes):
        raise LabError(f"{opened.loaded.name} does not encode pictures")
    count = min(request.pictures, len(data))
    some = torch.linspace(0, len(data) - 1, count).round().long()
    conditions, encoder_told = opened.conditions(), opened.encoder_conditions() is not None
    rebuilt: list[Picture] = []
    for part in some.split(_CHUNK):
        y = None if conditions is None else conditions[part].to(opened.device)
        x = data.images[part].to(opened.device).float() / 255.0
        z = model.encode(x, y if encoder_told else None).mean
        rebuilt.extend(drawing.decode(z, y))
        yield None
    samples: list[Picture] = []
    points = points_of(drawing.model, request.samples, _SEED)
    told = None if conditions is None else conditions[some[torch.arange(request.samples) % max(1, count)]]
    for first in range(0, len(points), _CHUNK):
        y = None if told is None else told[first : first + _CHUNK].to(opened.device)
        samples.extend(drawing.decode(points[first : first + _CHUNK], y))
        yield None
    originals = to_pictures(data.images[some].float() / 255.0)
    yield ProgressSheetReply(request.generation, tuple(originals), tuple(rebuilt), tuple(samples), step)
