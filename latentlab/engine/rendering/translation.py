"""Makes pictures of drawings with the open model, as fast as they are drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from latentlab.data.image_set import size_in_words
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.export import save_picture
from latentlab.engine.files.partners import plain_translator
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.inference.translating import require_translator
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.own_picture import fitted
from latentlab.engine.rendering.requests.translation import (
    SourceReply,
    SourceRequest,
    TranslateReply,
    TranslateRequest,
    TranslationSavedReply,
    TranslationSaveRequest,
)
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.models.base import JudgesPatches, Translates


class Translations(Server):
    """Serves the requests of `latentlab.engine.rendering.requests.translation`.

    Args:
        in_hand: tells which model is open.
    """

    def __init__(self, in_hand: Callable[[], Opened]) -> None:
        self._in_hand = in_hand
        # The model beside the open one: by what it was asked for, or why it cannot be.
        self._beside: tuple[str, Translates | None, str] = ("", None, "")

    @handles(TranslateRequest)
    def _translated(self, request: TranslateRequest) -> Iterator[Reply | None]:
        """Raises LabError if the open model does not translate, or takes sources of another size."""
        opened = self._in_hand()
        began = time.perf_counter()
        model = require_translator(opened.loaded.model, opened.loaded.name)
        source = _as_source(request.source, model.source_shape).to(opened.device)
        made = model.translate(source)
        judged = model.patch_map(made, source)[0].cpu().numpy() if isinstance(model, JudgesPatches) else None
        ms = 1000.0 * (time.perf_counter() - began)
        reply = TranslateReply(request.generation, to_pictures(made)[0], judged, ms=ms)
        if not request.beside:
            yield reply
            return
        other, note = self._other(request.beside, model, opened)
        picture = None if other is None else to_pictures(other.translate(source))[0]
        yield TranslateReply(request.generation, reply.picture, judged, picture, note, ms)

    @handles(SourceRequest)
    def _source(self, request: SourceRequest) -> Iterator[Reply | None]:
        """Raises LabError if the open model does not translate, or the data have no such picture."""
        opened = self._in_hand()
        model = require_translator(opened.loaded.model, opened.loaded.name)
        data, index = opened.data, request.index
        x: Tensor | None = None
        if request.pixels is not None:
            seen = fitted(request.pixels, Fitting(), model.picture_shape, model.grain)
            x = torch.from_numpy(seen)[None].to(opened.device).float() / 255.0
        elif index is not None:
            if not 0 <= index < len(data):
                raise LabError(f"{data.name} has no picture {index:,}")
            x = data.images[index][None].to(opened.device).float() / 255.0
        source = torch.ones(1, *model.source_shape) if x is None else model.source_of(x)
        true = None if x is None else to_pictures(model.target_of(x).clone())[0]
        yield SourceReply(
            generation=request.generation,
            index=index,
            source=to_pictures(source.clone())[0],
            true=true,
            name=model.source_name,
            grain=model.grain,
            partner=plain_translator(str(opened.loaded.path)) if opened.loaded.path.name else "",
        )

    @handles(TranslationSaveRequest)
    def _saved(self, request: TranslationSaveRequest) -> Iterator[Reply | None]:
        """Raises LabError as `_translated`, or if the file cannot be written."""
        opened = self._in_hand()
        loaded = opened.loaded
        model = require_translator(loaded.model, loaded.name)
        source = _as_source(request.source, model.source_shape).to(opened.device)
        extra = {"from": model.source_name}
        made = Provenance("translation", loaded.name, loaded.hash, extra=extra)
        save_picture(request.path, to_pictures(model.translate(source))[0], provenance=made, overwrite=True)
        yield TranslationSavedReply(request.generation, request.path)

    def _other(self, name: str, model: Translates, opened: Opened) -> tuple[Translates | None, str]:
        """The model beside the open one, or why there is none."""
        if self._beside[0] != name:
            try:
                self._beside = (name, _partner(name, model, opened), "")
            except LabError as error:
                self._beside = (name, None, str(error))
        return self._beside[1], self._beside[2]


def _partner(name: str, model: Translates, opened: Opened) -> Translates:
    with torch.inference_mode(False):
        loaded = load_model(name, opened.device)
    other = require_translator(loaded.model, loaded.name)
    if (other.source_shape, other.target_shape) != (model.source_shape, model.target_shape):
        raise LabError("translates pictures of another size", Path(loaded.path))
    return other


def _as_source(pixels: Picture, shape: tuple[int, int, int]) -> Tensor:
    """A drawing as the model takes it, (1, C', H, W) in [0, 1].

    Raises:
        LabError: if it is of another size.
    """
    planes = np.atleast_3d(pixels).transpose(2, 0, 1)
    if planes.shape != shape:
        raise LabError(f"a drawing {size_in_words(planes.shape)}, where {size_in_words(shape)} is expected")
    return torch.from_numpy(np.ascontiguousarray(planes))[None].float() / 255.0


def source_of_own(model: Translates, pixels: Picture, *, whole: bool = False) -> Tensor:
    """The source in a picture of any size, (1, C', H, W) in [0, 1].

    Args:
        model: translates it.
        pixels: uint8 (H', W') or (H', W', 3): a source, or, if `whole`, a picture to take the source of.

    Raises:
        LabError: for models whose pictures are neither grey nor in three colours.
    """
    shape = model.picture_shape if whole else model.source_shape
    seen = torch.from_numpy(fitted(pixels, Fitting(), shape, model.grain))[None].float() / 255.0
    return model.source_of(seen) if whole else seen
