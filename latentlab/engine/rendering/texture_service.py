"""Draws, takes apart and saves textures for the window. No model is needed.

Pictures are read when they are first asked for, and the last few are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from latentlab.data.report import shown
from latentlab.engine.files.export import save_picture
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.rendering.own_picture import read_own
from latentlab.engine.rendering.requests.texture import (
    TexturePartsReply,
    TexturePartsRequest,
    TextureReply,
    TextureRequest,
    TextureSavedReply,
    TextureSaveRequest,
    TextureSource,
)
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.engine.rendering.texture_recipe import TextureRecipe
from latentlab.engine.rendering.texturing import draw, parts, require_large_enough
from latentlab.engine.types import Picture

_KEPT = 4


class Textures(Server):
    """Serves the requests of `latentlab.engine.rendering.requests.texture`."""

    def __init__(self) -> None:
        # By file, the last used at the end.
        self._read: dict[Path, Picture] = {}

    @handles(TextureRequest)
    def drawn(self, request: TextureRequest) -> Iterator[Reply | None]:
        """See `TextureRequest`.

        Raises:
            LabError: if a picture cannot be read, or is too small.
        """
        yield TextureReply(request.generation, self._draw(request), request.recipe)

    @handles(TexturePartsRequest)
    def taken_apart(self, request: TexturePartsRequest) -> Iterator[Reply | None]:
        """See `TexturePartsRequest`.

        Raises:
            LabError: as `drawn`.
        """
        pixels = self._pixels(request.source)
        yield TexturePartsReply(request.generation, {"original": pixels, **parts(pixels, request.size)})

    @handles(TextureSaveRequest)
    def saved(self, request: TextureSaveRequest) -> Iterator[Reply | None]:
        """See `TextureSaveRequest`.

        Raises:
            LabError: as `drawn`, or if the file cannot be written.
        """
        pixels = self._pixels(request.source)
        made = provenance_of(request.source.name, pixels, request.recipe, _name_of(request.other))
        yield None
        save_picture(request.path, self._draw(request), provenance=made, overwrite=True)
        yield TextureSavedReply(request.generation, request.path)

    def _draw(self, request: TextureRequest | TextureSaveRequest) -> Picture:
        other = None if request.other is None else self._pixels(request.other)
        return draw(self._pixels(request.source), request.recipe, other)

    def _pixels(self, source: TextureSource) -> Picture:
        if source.pixels is not None:
            require_large_enough(source.pixels, shown(source.name))
            return source.pixels
        pixels = self._read.pop(source.path, None)
        if pixels is None:
            pixels = read_own(source.path)
        self._read[source.path] = pixels
        while len(self._read) > _KEPT:
            del self._read[next(iter(self._read))]
        return pixels


def provenance_of(name: str, pixels: Picture, recipe: TextureRecipe, other: str = "") -> Provenance:
    """What a saved texture says of its origin: its picture by the hash of the pixels, and the recipe.

    Args:
        other: the name of the second picture, "" without one.
    """
    extra = {"picture": shown(name), "model": recipe.model}
    if recipe.model == "rpn":
        extra["amount"] = f"{recipe.amount:g}"
    if other:
        extra |= {"with": shown(other), "at": f"{recipe.toward:g}"}
    digest = hashlib.sha256(repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes())
    return Provenance("texture", shown(name), digest.hexdigest()[:12], seed=recipe.seed, extra=extra)


def _name_of(source: TextureSource | None) -> str:
    return "" if source is None else source.name
