"""Maps how much the decoder stretches the plane, for the window. The equations: `latentlab.core.stretch`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from latentlab.core import latent
from latentlab.core.likelihoods import Palette
from latentlab.core.stretch import log_area
from latentlab.engine.rendering.cells import cells_of
from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.requests.stretch import StretchMapReply, StretchMapRequest
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.errors import LabError
from latentlab.models.base import Decodes, HasLikelihood

# A first map has every so manieth cell in both directions.
_COARSE = 3
# The duration of a piece of work, and points in the first one.
_PIECE_S, _FIRST = 8e-3, 8


class Stretches(Server):
    """Serves `StretchMapRequest`.

    Args:
        drawing: gives what decodes with the open model.
    """

    def __init__(self, drawing: Callable[[], Drawing]) -> None:
        self._drawing = drawing
        self._at_once = _FIRST

    @handles(StretchMapRequest)
    def map(self, request: StretchMapRequest) -> Iterator[Reply | None]:
        """A coarse map, then the whole one.

        Raises:
            LabError: if the plane is not one of the model's latent space.
        """
        drawing, plane = self._drawing(), request.projection
        if plane.latents != drawing.latents or len(request.base) != drawing.latents:
            raise LabError(f"a plane in {plane.latents} dimensions; the model has {drawing.latents}")
        decode = _smooth(drawing.model, drawing.y_of(request.condition))
        across = torch.tensor(plane.across, device=drawing.device)
        up = None if plane.flat else torch.tensor(plane.up, device=drawing.device)
        left, right, bottom, top = request.region
        for coarse in (_COARSE, 1):
            columns, rows = (max(2, cells // coarse) for cells in (request.columns, request.rows))
            # Of a flat space a single row serves all.
            u = latent.even_axis(left, right, columns)
            v = latent.even_axis(bottom, top, 1 if plane.flat else rows)
            places = cells_of(plane, request.base, u, v).to(drawing.device)
            found = []
            first = 0
            while first < len(places):
                began = time.perf_counter()
                # Derivatives are needed, and the renderer serves without them.
                with torch.inference_mode(False), torch.enable_grad():
                    some = places[first : first + self._at_once].clone()
                    found.append(log_area(decode, some, across, up).detach())
                first += len(some)
                taken = time.perf_counter() - began
                self._at_once = int(min(256, max(1, len(some) * _PIECE_S / max(taken, 1e-4))))
                yield None
            whole = torch.cat(found).view(len(v), len(u)).expand(rows, columns).flip(0)
            yield StretchMapReply(
                request.generation,
                request.region,
                plane,
                np.ascontiguousarray(whole.float().cpu().numpy()),
                coarse == 1,
            )


def _smooth(model: Decodes, y: Tensor | None) -> Callable[[Tensor], Tensor]:
    """z -> pictures that change smoothly with z: of a palette the blended colours."""
    if isinstance(model, HasLikelihood) and isinstance(model.likelihood, Palette):
        palette = model.likelihood
        return lambda z: palette.blended(model.decode(z, y))
    return lambda z: model.picture_at(z, y)
