"""Draws what a Gaussian consists of: eigenpictures, pictures rebuilt from some, samples beside others'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from latentlab.core.principal import Principal
from latentlab.data.image_set import size_in_words
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.sampling import decode_in_chunks, draw_in_chunks, points_of
from latentlab.engine.inference.spans import angles_between
from latentlab.engine.rendering.drawing import mosaic, to_pictures
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.eigenpictures import (
    BesideReply,
    BesideRequest,
    EigenpicturesReply,
    EigenpicturesRequest,
    EigenRequest,
    RankReply,
    RankRequest,
)
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.engine.types import Picture, Point
from latentlab.errors import LabError
from latentlab.models.base import Decodes, HasPrior, Samples, linear
from latentlab.models.linear import HasEigenpictures

_NO_PRIOR = "No prior: drawn from N(0, I)"


class Eigenpictures(Server):
    """Answers requests about the Gaussian in hand. Keeps it in the precision it computes with.

    Args:
        in_hand: tells which model is open.
    """

    def __init__(self, in_hand: Callable[[], Opened]) -> None:
        self._in_hand = in_hand
        self._of: tuple[nn.Module, Principal] | None = None
        # Of the picture that was rebuilt last: what tells it apart, itself, y, and log p(x) by rank.
        self._picture: tuple[object, Tensor, Tensor, Point] | None = None

    @handles(EigenRequest)
    def _answer(self, request: EigenRequest[Any]) -> Iterator[Reply | None]:
        opened = self._in_hand()
        model = opened.loaded.model
        if not isinstance(model, HasEigenpictures):
            raise LabError(f"{opened.loaded.name} is no Gaussian: it has no eigenpictures")
        if self._of is None or self._of[0] is not model:
            self._of, self._picture = (model, model.eigenpictures()), None
        known, shape = self._of[1], model.picture_shape
        match request:
            case EigenpicturesRequest():
                yield _drawn(known, shape, request)
            case RankRequest():
                yield self._rebuilt(known, shape, opened, request)
            case BesideRequest():
                yield from _beside(opened, request)

    def _rebuilt(
        self, known: Principal, shape: tuple[int, int, int], opened: Opened, request: RankRequest
    ) -> RankReply:
        data = opened.data
        key: object = (data, request.index) if request.pixels is None else request.pixels.tobytes()
        if self._picture is None or self._picture[0] != key:
            x = _row(request, opened, shape).to(known.mean.device, known.mean.dtype)
            nats = known.log_density_by_rank(x[None])[0]
            self._picture = key, x, known.coordinates(x[None])[0], tuple(nats.tolist())
        _, x, y, nats_by_rank = self._picture
        rank = min(max(0, request.rank), len(known.variances))
        rebuilt = known.mean + y[:rank] @ known.rows[:rank]
        return RankReply(
            generation=request.generation,
            rank=rank,
            original=to_pictures(x.view(1, *shape).clone())[0],
            rebuilt=to_pictures(rebuilt.view(1, *shape))[0],
            nats=nats_by_rank,
            error=float((rebuilt - x).square().mean().sqrt()),
            index=request.index if request.pixels is None else None,
        )


def _row(request: RankRequest, opened: Opened, shape: tuple[int, int, int]) -> Tensor:
    """The request's picture as numbers in [0, 1], (D,)."""
    if request.pixels is not None:
        planes = np.atleast_3d(request.pixels).transpose(2, 0, 1)
        if planes.shape != shape:
            raise LabError(
                f"a picture {size_in_words(planes.shape)}, where {size_in_words(shape)} is expected"
            )
        return torch.from_numpy(np.ascontiguousarray(planes)).flatten().double() / 255.0
    index, data = request.index, opened.data
    if index is None or not 0 <= index < len(data):
        raise LabError(f"{data.name} has no picture {index}")
    return data.images[index].flatten().double() / 255.0


def _drawn(
    known: Principal, shape: tuple[int, int, int], request: EigenpicturesRequest
) -> EigenpicturesReply:
    rows = known.rows[: max(0, request.count)]
    largest = rows.abs().amax(1, keepdim=True).clamp(min=1e-12) if len(rows) else rows
    pictures = to_pictures((0.5 + 0.5 * rows / largest).view(-1, *shape)) if len(rows) else ()
    return EigenpicturesReply(
        generation=request.generation,
        mean=to_pictures(known.mean.view(1, *shape).clone())[0],
        pictures=tuple(pictures),
        variances=tuple(known.variances.tolist()),
        rest=known.rest,
        left_out=known.left_out,
    )


def _beside(opened: Opened, request: BesideRequest) -> Iterator[Reply | None]:
    """Samples of each model; one that cannot be opened or drawn from says why in its place."""
    mine = opened.loaded.model
    for row, name in enumerate(request.models):
        pictures: Picture | None = None
        angles: Point = ()
        try:
            model = mine if not name else _opened(name, opened)
            yield None
            pictures, note = _samples(model, request.count, request.seed)
            if model is not mine and linear(model) is not None:
                angles = angles_between(model, mine)
        except LabError as error:
            note = str(error)
        yield BesideReply(
            request.generation, row, name, pictures, note, angles, row == len(request.models) - 1
        )


def _opened(name: str, opened: Opened) -> nn.Module:
    with torch.inference_mode(False):
        loaded = load_model(name, opened.device)
    shape = getattr(loaded.model, "picture_shape", None)
    mine = getattr(opened.loaded.model, "picture_shape", None)
    if shape != mine:
        raise LabError("makes pictures of another size", Path(loaded.path))
    return loaded.model


def _samples(model: nn.Module, count: int, seed: int) -> tuple[Picture, str]:
    """Samples side by side, and a note on where they come from."""
    note = ""
    if isinstance(model, Samples):
        drawn = draw_in_chunks(model, count, seed)
    elif isinstance(model, Decodes):
        drawn = decode_in_chunks(model, points_of(model, count, seed=seed))
        note = "" if isinstance(model, HasPrior) else _NO_PRIOR
    else:
        raise LabError("draws no pictures")
    return mosaic(to_pictures(torch.cat(list(drawn))), count), note
