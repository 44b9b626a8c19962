"""Makes pictures of drawings with the open model, as fast as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from latentlab.data.image_set import size_in_words
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.export import save_picture
from latentlab.engine.files.partners import KnownTranslator, translator_in
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.inference.translating import require_translator
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.own_picture import fitted
from latentlab.engine.rendering.requests.translation import (
    BesideReply,
    BesideRequest,
    SourceReply,
    SourceRequest,
    TranslateReply,
    TranslateRequest,
    TranslationSavedReply,
    TranslationSaveRequest,
    TranslatorsReply,
    TranslatorsRequest,
)
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.models.base import JudgesPatches, Translates
from latentlab.models.spec import Translation
from latentlab.shipped import model_files


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
        model = require_translator(opened.loaded.model, opened.loaded.name)
        source = _as_source(request.source, model.source_shape).to(opened.device)
        made = model.translate(source)
        picture = to_pictures(made)[0]
        yield TranslateReply(request.generation, picture)
        # After the picture, which is waited for: a newer drawing takes the place of what is left to do.
        if isinstance(model, JudgesPatches):
            judged = model.patch_map(made, source)[0].cpu().numpy()
            yield TranslateReply(request.generation, picture, judged)

    @handles(BesideRequest)
    def _made_beside(self, request: BesideRequest) -> Iterator[Reply | None]:
        """Raises LabError as `_translated`; another model that cannot be is a note."""
        opened = self._in_hand()
        model = require_translator(opened.loaded.model, opened.loaded.name)
        source = _as_source(request.source, model.source_shape).to(opened.device)
        other, note = self._other(request.model, model, opened)
        yield None  # it may just have been read from its file
        picture = None if other is None else to_pictures(other.translate(source))[0]
        yield BesideReply(request.generation, request.model, picture, note)

    @handles(TranslatorsRequest)
    def _translators(self, request: TranslatorsRequest) -> Iterator[Reply | None]:
        """Raises LabError if the open model does not translate."""
        opened = self._in_hand()
        model = require_translator(opened.loaded.model, opened.loaded.name)
        translation = Translation(model.source_name, model.source_shape, model.target_shape)
        # Their files may have been written anew.
        self._beside = ("", None, "")
        found: list[KnownTranslator] = []
        for name, path in (*model_files().items(), *((str(path), path) for path in request.own)):
            other = None if _same(path, opened.loaded.path) else translator_in(name, path, translation)
            if other is not None:
                found.append(other)
            yield None
        judges = isinstance(model, JudgesPatches)
        found.sort(key=lambda other: other.judges == judges)
        yield TranslatorsReply(request.generation, tuple(found))

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
                self._beside = (name, _loaded(name, model, opened), "")
            except LabError as error:
                self._beside = (name, None, str(error))
        return self._beside[1], self._beside[2]


def _loaded(name: str, model: Translates, opened: Opened) -> Translates:
    with torch.inference_mode(False):
        loaded = load_model(name, opened.device)
    other = require_translator(loaded.model, loaded.name)
    if (other.source_shape, other.target_shape) != (model.source_shape, model.target_shape):
        raise LabError("translates pictures of another size", Path(loaded.path))
    return other


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file; a model that is being trained has none."""
    return bool(other.name) and one.resolve() == other.resolve()


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
