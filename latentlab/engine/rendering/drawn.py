"""Draws ten pictures with a model that is not open in the window, for its card in the gallery.

The pictures are draws: z from the prior, or a picture from a model without a latent space; of a model that is
told classes, of one class after the other; of one that is told attributes, with each as often as in its data.
The seed is fixed: a model has the same ten pictures everywhere.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from latentlab.data import catalog
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.files.model_notes import write_drawn
from latentlab.engine.files.recorded_data import recorded_spec
from latentlab.engine.inference.sampling import draw_in_chunks, points_of
from latentlab.engine.rendering.drawing import Drawing, to_pictures
from latentlab.engine.rendering.requests.drawn import COLUMNS, ROWS, DrawnReply, DrawnRequest
from latentlab.engine.rendering.serving import Reply, Request, Server, handles
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.models.base import (
    Conditional,
    Decodes,
    Samples,
    SamplesStepwise,
    Translates,
    conditional,
)

_COUNT = COLUMNS * ROWS
_SEED = 0
# Pictures at once: the gallery is drawn behind whatever else is going on.
_CHUNK = 2


class Drawer(Server):
    """Draws with one model after the other; none is kept."""

    @torch.inference_mode()
    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The reply to a request, with None between pieces of work.

        Raises:
            LabError: if the model cannot be opened, or draws nothing.
        """
        yield from self.answers(request)

    @handles(DrawnRequest)
    def _drawn(self, request: DrawnRequest) -> Iterator[Reply | None]:
        loaded = load_model(request.model)
        yield None
        pictures: list[Picture] = []
        for some in drawn_by(loaded):
            if some is not None:
                pictures.extend(some)
            yield None
        png = in_rows(pictures)
        # Kept if possible: without a folder to write to they are drawn again at another start.
        with contextlib.suppress(LabError):
            write_drawn(Path(request.folder), loaded.hash, png)
        yield DrawnReply(request.generation, request.model, loaded.hash, png)


def drawn_by(loaded: LoadedModel) -> Iterator[NDArray[np.uint8] | None]:
    """Ten pictures that a model draws, some at a time, with None between pieces of work; uint8 (n, H, W) or
    (n, H, W, 3).

    Raises:
        LabError: if it draws none.
    """
    model = loaded.model
    told = conditional(model)
    y = None if told is None else _conditions(told, loaded)
    if isinstance(model, SamplesStepwise) and not isinstance(model, Decodes):
        drawn = torch.empty(0)
        for frame in model.sampling_frames(_COUNT, torch.Generator().manual_seed(_SEED), y):
            drawn = frame["picture"]
            yield None
        yield to_pictures(drawn)
        return
    if isinstance(model, Translates) and not isinstance(model, Samples | Decodes):
        yield from _translations(model, loaded)
        return
    if not isinstance(model, Decodes):
        for chunk in draw_in_chunks(model, _COUNT, _SEED, y=y, chunk=_CHUNK):
            yield to_pictures(chunk)
        return
    drawing, z = Drawing(model, torch.device("cpu")), points_of(model, _COUNT, _SEED)
    for first in range(0, _COUNT, _CHUNK):
        some = slice(first, first + _CHUNK)
        yield drawing.decode(z[some], None if y is None else y[some])


def _translations(model: Translates, loaded: LoadedModel) -> Iterator[NDArray[np.uint8]]:
    """Five sources of held-out pictures of its data, and under them what it makes of each.

    Raises:
        LabError: if its data are not there.
    """
    own = recorded_spec(loaded.card.data, loaded.card.command)
    data = catalog.load(own or data_of(loaded), "test")
    source = model.source_of(data.images[:COLUMNS].float() / 255.0)
    made = model.translate(source)
    channels = (max(source.shape[1], made.shape[1]), -1, -1)
    yield to_pictures(source.expand(-1, *channels).clone())
    yield to_pictures(made.expand(-1, *channels).clone())


def in_rows(pictures: list[Picture]) -> bytes:
    """Ten pictures (H, W) or (H, W, 3) in two rows of five, as a PNG."""
    rows = [np.concatenate(pictures[COLUMNS * row : COLUMNS * (row + 1)], 1) for row in range(ROWS)]
    stream = io.BytesIO()
    Image.fromarray(np.concatenate(rows, 0)).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _conditions(model: Conditional, loaded: LoadedModel) -> Tensor:
    """The condition of each picture, (10, A)."""
    names = model.condition_names
    if model.exclusive:
        which = torch.arange(_COUNT)
        # Of more than ten classes, some from all over the list.
        which = which * len(names) // _COUNT if len(names) > _COUNT else which % len(names)
        return torch.eye(len(names))[which]
    known = loaded.card.data.get("attributes")
    shares = [known.get(name, 0.5) if isinstance(known, dict) else 0.5 for name in names]
    generator = torch.Generator().manual_seed(_SEED)
    return (torch.rand(_COUNT, len(names), generator=generator) < torch.tensor(shares)).float()
