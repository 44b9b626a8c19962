"""Requests in, replies out: the one place where a window's wishes meet a model.

`serve(request)` is a generator. It yields partial replies and, between pieces of long work, None, so that
whoever drives it can let a more urgent request go first or drop it for a newer one.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core import gaussian, latent
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.checkpoint import LoadedModel, load_model
from latentlab.engine.encodings import encode_in_chunks, join
from latentlab.engine.requests import (
    EncodeRequest,
    EncodingsReply,
    GridReply,
    GridRequest,
    LoadedReply,
    LoadRequest,
    Picture,
    Point,
    PointReply,
    PointRequest,
    Reply,
    Request,
    SelectionReply,
    SelectionRequest,
    TrayRequest,
    WalkReply,
    WalkRequest,
)
from latentlab.errors import LabError
from latentlab.models.base import Decodes, Encodes, Posterior
from latentlab.models.registry import find_kind

# Most pictures decoded at once: what a more urgent request may have to wait for, some five milliseconds.
_CHUNK = 256
_COARSE = 4
_FRAME_S = 1 / 60
_ELBO_DRAWS = 64
_FIRST_ENCODINGS = 2000


def to_pictures(mean: Tensor) -> NDArray[np.uint8]:
    """Expected pictures in [0, 1] (B, C, H, W) to uint8 (B, H, W) or (B, H, W, 3) for the screen."""
    # A second of two channels, a fourth of four, would be transparency.
    levels = (mean * 255.0).round_().clamp_(0.0, 255.0).to(torch.uint8)
    if levels.shape[1] < 3:
        return levels[:, 0].cpu().numpy()
    return levels[:, :3].movedim(1, -1).contiguous().cpu().numpy()


class Renderer:
    """Holds one model and one data set, and answers requests about them.

    Not for use by two threads at once. `device` is where the model is put.
    """

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self.loaded: LoadedModel | None = None
        self._decodes: Decodes | None = None
        # Measured at the last piece of a grid; before that, too slow for a whole grid at once.
        self._seconds_per_picture = 1.0
        self.data: ImageSet | None = None

    @torch.inference_mode()
    def serve(self, request: Request) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        Raises:
            LabError: if the request cannot be met; the model and data in hand stay as they were.
        """
        match request:
            case LoadRequest():
                yield from self._load(request)
            case EncodeRequest():
                yield from self._encode(request)
            case PointRequest():
                yield self._point(request)
            case SelectionRequest():
                yield self._selection(request)
            case TrayRequest():
                yield from self._points(request, request.points)
            case WalkRequest():
                self._require_places(request.pins)
                yield from self._points(request, walk_points(request))
            case GridRequest():
                yield from self._grid(request)
            case _:
                raise LabError(f"nobody answers a {type(request).__name__}")

    @torch.inference_mode()
    def decode(self, z: Tensor) -> NDArray[np.uint8]:
        """Expected pictures at z; (B, D) -> uint8 (B, H, W) or (B, H, W, 3)."""
        model = self._decoder()
        if z.shape[-1] != model.latents:
            raise LabError(f"a point of {z.shape[-1]} numbers; the model has {model.latents}")
        outputs = model.decode(z.to(self.device))
        return to_pictures(model.likelihood.mean(outputs))

    def _decoder(self) -> Decodes:
        if self._decodes is None:
            raise LabError("no model that makes pictures is open")
        return self._decodes

    def _load(self, request: LoadRequest) -> Iterator[Reply | None]:
        # Tensors made in inference mode would be of no use to whoever wants gradients of this model.
        with torch.inference_mode(False):
            loaded = load_model(request.model, self.device)
        yield None
        with torch.inference_mode(False):
            data = catalog.load(request.data, request.split)
        yield None
        if not (isinstance(loaded.model, Encodes) and isinstance(loaded.model, Decodes)):
            raise LabError("has no encoder and decoder, so it has no plane to show", loaded.path)
        if data.shape != loaded.model.picture_shape:
            raise LabError(
                f"made for pictures of {loaded.model.picture_shape}, {data.name} has {data.shape}",
                loaded.path,
            )
        self.loaded, self.data, self._decodes = loaded, data, loaded.model
        self._seconds_per_picture = 1.0
        yield LoadedReply(
            generation=request.generation,
            model=loaded.name,
            path=str(loaded.path),
            title=find_kind(loaded.card.kind).title,
            hash=loaded.hash,
            latents=loaded.model.latents,
            metrics=tuple(
                (name, float(value))
                for name, value in loaded.card.metrics.items()
                if isinstance(value, int | float) and abs(value) < 1e300
            ),
            command=loaded.card.command,
            data=data.name,
            split=data.split,
            classes=data.classes,
            images=data.images.numpy(),
            labels=None if data.labels is None else data.labels.numpy(),
            device=str(self.device),
        )

    def _encode(self, request: EncodeRequest) -> Iterator[Reply | None]:
        loaded, data = self.loaded, self.data
        if loaded is None or data is None:
            raise LabError("no model and data set are open")
        parts, told = [], 0
        for part in encode_in_chunks(loaded.model, data):
            parts.append(part)
            count = sum(map(len, parts))
            # Joining is quadratic if told at every chunk; telling at doublings keeps it linear.
            if count == len(data) or count >= max(_FIRST_ENCODINGS, 2 * told):
                encodings = join(parts)
                parts, told = [encodings], count
                sigma = np.exp(0.5 * encodings.log_variance)
                yield EncodingsReply(request.generation, encodings.mean, sigma, len(data))
            else:
                yield None

    def _point(self, request: PointRequest) -> PointReply:
        started = time.perf_counter()
        picture = self.decode(torch.tensor([request.z]))[0]
        log_prior = gaussian.standard_log_density_at(request.z)
        return PointReply(request.generation, request.z, picture, log_prior, time.perf_counter() - started)

    def _selection(self, request: SelectionRequest) -> SelectionReply:
        model, data = self._decoder(), self.data
        if data is None or not isinstance(model, Encodes):
            raise LabError("no data set is open")
        if not 0 <= request.index < len(data):
            raise LabError(f"{data.name} has no picture {request.index}")
        x = data.images[request.index : request.index + 1].to(self.device).float() / 255.0
        posterior = model.encode(x)
        # The terms are the same however often the posterior is drawn from anew.
        z = self._draws(posterior, _ELBO_DRAWS, seed=0)
        reconstruction = float(model.likelihood.log_prob(model.decode(z), x).mean())
        kl = float(gaussian.kl_to_standard(posterior.mean, posterior.log_variance)[0])
        mean, log_variance = posterior.mean, posterior.log_variance
        return SelectionReply(
            generation=request.generation,
            index=request.index,
            original=to_pictures(x)[0],
            reconstruction=self.decode(mean)[0],
            mean=_point(mean[0]),
            sigma=_point(torch.exp(0.5 * log_variance[0])),
            elbo=reconstruction - kl,
            reconstruction_nats=reconstruction,
            kl=kl,
            draws=tuple(self.decode(self._draws(posterior, request.draws, request.seed))),
        )

    def _draws(self, posterior: Posterior, count: int, seed: int) -> Tensor:
        """z ~ q(z|x) for one picture, (count, D)."""
        generator = torch.Generator(self.device).manual_seed(seed)
        return gaussian.reparameterise(
            posterior.mean.expand(count, -1), posterior.log_variance.expand(count, -1), generator
        )

    def _points(self, request: Request, points: tuple[Point, ...]) -> Iterator[Reply | None]:
        self._require_places(points)
        pictures: list[Picture] = []
        for first in range(0, len(points), _CHUNK):
            pictures.extend(self.decode(torch.tensor(points[first : first + _CHUNK])))
            yield None
        log_priors = gaussian.standard_log_density(torch.tensor(points)).tolist() if points else []
        yield WalkReply(request.generation, request.slot, points, tuple(pictures), tuple(log_priors))

    def _require_places(self, points: tuple[Point, ...]) -> None:
        for point in points:
            if len(point) != self._decoder().latents:
                raise LabError(f"a point of {len(point)} numbers; the model has {self._decoder().latents}")

    def _grid(self, request: GridRequest) -> Iterator[Reply | None]:
        """Every fourth cell of every fourth row first, shown as blocks; then all the others.

        A grid that will be whole within a frame of the screen needs no such foretaste.
        """
        started = time.perf_counter()
        columns, rows = request.columns, request.rows
        if min(columns, rows) < 1:
            raise LabError(f"a grid of {columns} x {rows} pictures; at least 1 x 1 expected")
        if request.region is None:
            across, up = latent.quantile_axis(columns), latent.quantile_axis(rows)
        else:
            left, right, bottom, top = request.region
            across = latent.even_axis(left, right, columns)
            up = latent.even_axis(bottom, top, rows)
        places = latent.grid(across, up).float()
        cell = np.arange(rows * columns)
        row, column = np.divmod(cell, columns)
        coarse = (row % _COARSE == 0) & (column % _COARSE == 0)
        # The decoded cell that stands in for each one until its own is there.
        stand_in = (row - row % _COARSE) * columns + (column - column % _COARSE)

        pictures: NDArray[np.uint8] | None = None
        at_once = len(cell) * self._seconds_per_picture < _FRAME_S
        passes = [cell] if at_once else [part for part in (cell[coarse], cell[~coarse]) if len(part)]
        for number, pending in enumerate(passes, 1):
            last = number == len(passes)
            # In even pieces: a small last one takes as long as one five times its size.
            for chosen in np.array_split(pending, math.ceil(len(pending) / _CHUNK)):
                before = time.perf_counter()
                decoded = self.decode(places[chosen])
                self._seconds_per_picture = (time.perf_counter() - before) / len(chosen)
                if pictures is None:
                    pictures = np.zeros((len(cell), *decoded.shape[1:]), dtype=np.uint8)
                pictures[chosen] = decoded
                yield None
            assert pictures is not None
            yield GridReply(
                generation=request.generation,
                slot=request.slot,
                region=request.region,
                across=_point(across),
                up=_point(up),
                mosaic=mosaic(pictures if last else pictures[stand_in], columns),
                done=last,
                seconds=time.perf_counter() - started,
            )


def walk_points(request: WalkRequest) -> tuple[Point, ...]:
    """The points of a walk; no more than the pins if there are fewer than two of them."""
    if len(request.pins) < 2:
        return request.pins
    between = {"lerp": latent.lerp, "slerp": latent.slerp}[request.path]
    t = torch.linspace(0.0, 1.0, max(2, request.steps))
    legs = [
        between(torch.tensor(start), torch.tensor(end), t) for start, end in itertools.pairwise(request.pins)
    ]
    # Each leg but the first begins where the one before it ended.
    joined = torch.cat([legs[0], *(leg[1:] for leg in legs[1:])])
    return tuple(_point(row) for row in joined)


def mosaic(pictures: NDArray[np.uint8], columns: int) -> Picture:
    """Pictures (N, H, W[, 3]), row by row, as one picture (N / columns * H, columns * W[, 3])."""
    count, height, width, *colour = pictures.shape
    rows = count // columns
    tiles = pictures.reshape(rows, columns, height, width, *colour)
    return np.ascontiguousarray(tiles.swapaxes(1, 2)).reshape(rows * height, columns * width, *colour)


def _point(row: Tensor) -> Point:
    return tuple(float(value) for value in row)
