"""Decodes with one model: points, walks, a grid over a plane, traversals, pictures under conditions.

What takes long is a generator that yields None between pieces of work, see
`latentlab.engine.rendering.renderer`.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Generator, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core import latent
from latentlab.core.likelihoods import Likelihood, Palette
from latentlab.engine.inference.moments import Moments
from latentlab.engine.rendering.prior_plane import quantile_axes
from latentlab.engine.rendering.requests.grids import GridReply, GridRequest, UnderlayRequest
from latentlab.engine.rendering.requests.points import (
    ConditionStripReply,
    ConditionStripRequest,
    PointReply,
    PointRequest,
    SheetRequest,
    TraversalReply,
    TraversalRequest,
    WalkReply,
    WalkRequest,
    WaysReply,
    WaysRequest,
)
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point
from latentlab.errors import LabError
from latentlab.models.base import Conditional, Decodes, HasLikelihood, HasPrior, prior_of
from latentlab.models.linear import HasEigenpictures
from latentlab.models.priors import log_density_at

# Most pictures decoded at once: the delay of a more urgent request, some five milliseconds.
CHUNK = 256
# The duration of a piece of work. The underlay, which follows trainings, is drawn in shorter ones.
_PIECE_S, _UNDERLAY_PIECE_S, _SMALLEST = 6e-3, 2e-3, 4
_COARSE = 4
_FRAME_S = 1 / 60


def to_pictures(mean: Tensor) -> NDArray[np.uint8]:
    """Converts pictures in [0, 1] (B, C, H, W) to uint8 (B, H, W) or (B, H, W, 3) for the screen."""
    levels = (mean * 255.0).round_().clamp_(0.0, 255.0).to(torch.uint8)
    return _for_screen(levels.movedim(1, -1).contiguous().cpu().numpy())


def shown(likelihood: Likelihood, outputs: Tensor) -> NDArray[np.uint8]:
    """The pictures of a decoder's outputs, as `to_pictures` of `likelihood.picture`.

    The bytes of a palette need not be computed: that saves half the time of a single picture.
    """
    if isinstance(likelihood, Palette):
        return _for_screen(likelihood.pixels(outputs))
    return to_pictures(likelihood.picture(outputs))


def _for_screen(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # The second of two channels, or the fourth of four, would be shown as transparency.
    return pixels[..., :3] if pixels.shape[-1] >= 3 else np.ascontiguousarray(pixels[..., 0])


class Drawing:
    """Decodes with one model. Not for use by two threads at once."""

    def __init__(self, model: Decodes, device: torch.device) -> None:
        self.model, self.device = model, device
        self.prior, self.has_prior = prior_of(model), isinstance(model, HasPrior)
        # Checked once: isinstance with a protocol looks up every name in it.
        self._likely = model if isinstance(model, HasLikelihood) else None
        # Measured at the last piece of a grid; at first, too slow for a whole grid at once.
        self.seconds_per_picture = 1.0

    @property
    def latents(self) -> int:
        return self.model.latents

    def y_of(self, condition: Point) -> Tensor | None:
        """A condition as the model takes it, (A,); None where there is none, or the model takes none."""
        if not condition or not isinstance(self.model, Conditional):
            return None
        return torch.tensor(condition, device=self.device)

    def decode(self, z: Tensor, y: Tensor | None = None) -> NDArray[np.uint8]:
        """Pictures at z (B, D) under y (A,) or (B, A); -> uint8 (B, H, W) or (B, H, W, 3)."""
        if z.shape[-1] != self.latents:
            raise LabError(f"a point of {z.shape[-1]} numbers; the model has {self.latents}")
        z = z.to(self.device)
        if self._likely is None:
            return to_pictures(self.model.picture_at(z, y))
        return shown(self._likely.likelihood, self._likely.decode(z, y))

    def point(self, request: PointRequest) -> PointReply:
        """The picture at the probe."""
        started = time.perf_counter()
        picture = self.decode(torch.tensor([request.z]), self.y_of(request.condition))[0]
        return PointReply(
            generation=request.generation,
            z=request.z,
            picture=picture,
            log_prior=log_density_at(self.prior, request.z) if self.has_prior else None,
            seconds=time.perf_counter() - started,
            condition=request.condition,
        )

    def points(
        self, request: Request[WalkReply], points: tuple[Point, ...], condition: Point
    ) -> Iterator[Reply | None]:
        """The pictures of a tray or a walk."""
        self.require_places(points)
        pictures = yield from self._in_pieces(points, self.y_of(condition))
        known = points and self.has_prior
        log_priors = self.prior.log_density(torch.tensor(points)).tolist() if known else []
        yield WalkReply(request.generation, points, tuple(pictures), tuple(log_priors), condition)

    def _in_pieces(self, points: tuple[Point, ...], y: Tensor | None) -> Generator[None, None, list[Picture]]:
        """The pictures of points under y, (A,) of all or (N, A) of each, in pieces."""
        pictures: list[Picture] = []
        piece = self._piece(_PIECE_S)
        for first in range(0, len(points), piece):
            some = slice(first, first + piece)
            told = y if y is None or y.ndim == 1 else y[some].to(self.device)
            pictures.extend(self.decode(torch.tensor(points[some]), told))
            yield None
        return pictures

    def require_places(self, points: tuple[Point, ...]) -> None:
        """Refuses points of another number of dimensions than the model's."""
        for point in points:
            if len(point) != self.latents:
                raise LabError(f"a point of {len(point)} numbers; the model has {self.latents}")

    def condition_strip(self, request: ConditionStripRequest) -> Iterator[Reply | None]:
        """The probe under each of the requested conditions."""
        self.require_places(request.points)
        pictures: list[Picture] = []
        if request.conditions:
            conditions = torch.tensor(request.conditions, device=self.device)
            pictures.extend(self.decode(torch.tensor(request.points), conditions))
        yield ConditionStripReply(request.generation, request.points, request.conditions, tuple(pictures))

    def ways(self, request: WaysRequest) -> Iterator[Reply | None]:
        """Points, each under a condition of its own."""
        self.require_places(request.points)
        if len(request.points) != len(request.conditions):
            raise LabError(f"{len(request.points)} points and {len(request.conditions)} conditions")
        y = torch.tensor(request.conditions) if isinstance(self.model, Conditional) else None
        pictures = yield from self._in_pieces(request.points, y)
        yield WaysReply(request.generation, request.points, request.conditions, tuple(pictures))

    def sheet(self, request: SheetRequest, y: Tensor | None) -> Iterator[Reply | None]:
        """Points, each under the condition of its picture: a row of y (N, A)."""
        self.require_places(request.points)
        if len(request.points) != len(request.pictures):
            raise LabError(f"{len(request.points)} points and {len(request.pictures)} pictures")
        pictures = yield from self._in_pieces(request.points, y)
        yield WalkReply(request.generation, request.points, tuple(pictures), ())

    def traversal(self, request: TraversalRequest) -> Iterator[Reply | None]:
        """Traversals of dimensions, the others fixed: a reply for each, so that other requests can go
        between.
        """
        told, count = self.y_of(request.condition), len(request.values)
        for number, dimension in enumerate(request.dimensions, 1):
            if not 0 <= dimension < self.latents:
                raise LabError(f"the model has no dimension {dimension}")
            z = torch.tensor([request.z] * count)
            z[:, dimension] = torch.tensor(request.values)
            yield TraversalReply(
                generation=request.generation,
                dimension=dimension,
                values=request.values,
                strip=mosaic(self.decode(z, told), count),
                done=number == len(request.dimensions),
            )

    def _piece(self, seconds: float) -> int:
        """How many pictures to decode at once, so that the picture at the probe does not wait too long.

        During a training each takes several times as long.
        """
        return min(CHUNK, max(_SMALLEST, int(seconds / self.seconds_per_picture)))

    def grid(self, request: GridRequest) -> Iterator[Reply | None]:
        """Every fourth cell of every fourth row first, shown as blocks; then all the others.

        A grid that is done within a frame of the screen needs no such preview.
        """
        started = time.perf_counter()
        columns, rows = request.columns, request.rows
        if min(columns, rows) < 1:
            raise LabError(f"a grid of {columns} x {rows} pictures; at least 1 x 1 expected")
        if request.region is None:
            across, up = quantile_axes(self.prior, request.projection, columns, rows)
        else:
            left, right, bottom, top = request.region
            across = latent.even_axis(left, right, columns)
            up = latent.even_axis(bottom, top, rows)
        places = _places(request, latent.grid(across, up))
        told = self.y_of(request.condition)
        cell = np.arange(rows * columns)
        row, column = np.divmod(cell, columns)
        coarse = (row % _COARSE == 0) & (column % _COARSE == 0)
        # For each cell, the decoded one shown in its place until its own is there.
        stand_in = (row - row % _COARSE) * columns + (column - column % _COARSE)

        seconds = _UNDERLAY_PIECE_S if isinstance(request, UnderlayRequest) else _PIECE_S
        pictures: NDArray[np.uint8] | None = None
        at_once = len(cell) * self.seconds_per_picture < _FRAME_S
        passes = [cell] if at_once else [part for part in (cell[coarse], cell[~coarse]) if len(part)]
        for number, pending in enumerate(passes, 1):
            last = number == len(passes)
            # In equal pieces: a small last one takes as long as one five times its size.
            for chosen in np.array_split(pending, math.ceil(len(pending) / self._piece(seconds))):
                before = time.perf_counter()
                decoded = self.decode(places[chosen], told)
                self.seconds_per_picture = (time.perf_counter() - before) / len(chosen)
                if pictures is None:
                    pictures = np.zeros((len(cell), *decoded.shape[1:]), dtype=np.uint8)
                pictures[chosen] = decoded
                yield None
            assert pictures is not None
            yield GridReply(
                generation=request.generation,
                region=request.region,
                across=to_point(across),
                up=to_point(up),
                mosaic=mosaic(pictures if last else pictures[stand_in], columns),
                done=last,
                seconds=time.perf_counter() - started,
                projection=request.projection,
                base=request.base,
                condition=request.condition,
            )


def _places(request: GridRequest, flat: Tensor) -> Tensor:
    """The points of the cells at (u, v), (N, 2), in the latent space; (N, D)."""
    if request.projection is None:
        return flat.float()
    rows = torch.tensor([request.projection.across, request.projection.up])
    base = torch.tensor([request.base or (0.0,) * request.projection.latents])
    # The base's own part within the plane is replaced.
    return base - base @ rows.T @ rows + flat.float() @ rows


def moments_for(drawing: Drawing) -> Moments:
    """What accumulates the encodings of a model."""
    return Moments(drawing.prior, isinstance(drawing.model, HasEigenpictures))


def walk_points(request: WalkRequest) -> tuple[Point, ...]:
    """The points of a walk; no more than the pins if there are fewer than two of them."""
    if len(request.pins) < 2:
        return request.pins
    between = {"lerp": latent.lerp, "slerp": latent.slerp}[request.path]
    t = torch.linspace(0.0, 1.0, max(2, request.steps))
    legs = [
        between(torch.tensor(start), torch.tensor(end), t) for start, end in itertools.pairwise(request.pins)
    ]
    # Each leg but the first starts where the previous one ended.
    joined = torch.cat([legs[0], *(leg[1:] for leg in legs[1:])])
    return tuple(to_point(row) for row in joined)


def mosaic(pictures: NDArray[np.uint8], columns: int) -> Picture:
    """Pictures (N, H, W[, 3]), row by row, as one picture (N / columns * H, columns * W[, 3])."""
    count, height, width, *colour = pictures.shape
    rows = count // columns
    tiles = pictures.reshape(rows, columns, height, width, *colour)
    return np.ascontiguousarray(tiles.swapaxes(1, 2)).reshape(rows * height, columns * width, *colour)


def to_point(row: Tensor) -> Point:
    """A row of numbers as a plain tuple."""
    return tuple(float(value) for value in row)
