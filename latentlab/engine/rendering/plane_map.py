"""Maps a number over a region of a plane, cell by cell and in pieces: first coarsely, then whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core import latent
from latentlab.engine.rendering.cells import cells_of
from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Point, Region
from latentlab.errors import LabError

# Points in the first piece, and in any.
_FIRST, _MOST = 8, 256


class OfRegion(Protocol):
    """What a request says of where: `columns` x `rows` cells of a region of the plane through `base`."""

    @property
    def columns(self) -> int: ...

    @property
    def rows(self) -> int: ...

    @property
    def region(self) -> Region: ...

    @property
    def projection(self) -> Projection: ...

    @property
    def base(self) -> Point: ...


@dataclass(frozen=True, eq=False)
class Mapped:
    """A map: float32 (rows, columns), the top row first; `done` marks the whole one."""

    values: NDArray[np.float32]
    done: bool


class PlaneMap:
    """Computes such maps, with as many points in a piece as the last ones were quick.

    Args:
        coarse: the first map has every so manieth cell in both directions.
        piece_s: the duration of a piece of work.
    """

    def __init__(self, coarse: int, piece_s: float) -> None:
        self._coarse, self._piece_s, self._at_once = coarse, piece_s, _FIRST

    def of(
        self, request: OfRegion, drawing: Drawing, value: Callable[[Tensor], Tensor]
    ) -> Iterator[Mapped | None]:
        """The maps of `value`, of places (B, D) on the device of `drawing` numbers (B,); None between pieces.

        Raises:
            LabError: if the plane is not one of the model's latent space.
        """
        plane = request.projection
        if plane.latents != drawing.latents or len(request.base) != drawing.latents:
            raise LabError(f"a plane in {plane.latents} dimensions; the model has {drawing.latents}")
        left, right, bottom, top = request.region
        for coarse in (self._coarse, 1):
            columns, rows = (max(2, cells // coarse) for cells in (request.columns, request.rows))
            u = latent.even_axis(left, right, columns)
            # Of a flat space a single row serves all.
            v = latent.even_axis(bottom, top, 1 if plane.flat else rows)
            places = cells_of(plane, request.base, u, v).to(drawing.device)
            found: list[Tensor] = []
            first = 0
            while first < len(places):
                began = time.perf_counter()
                some = places[first : first + self._at_once]
                found.append(value(some))
                first += len(some)
                taken = time.perf_counter() - began
                self._at_once = int(min(_MOST, max(1, len(some) * self._piece_s / max(taken, 1e-4))))
                yield None
            whole = torch.cat(found).view(len(v), len(u)).expand(rows, columns).flip(0)
            yield Mapped(np.ascontiguousarray(whole.float().cpu().numpy()), coarse == 1)
