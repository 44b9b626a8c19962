"""Maps how much the decoder stretches the plane, for the window. The equations: `latentlab.core.stretch`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from latentlab.core.likelihoods import Palette
from latentlab.core.stretch import log_area
from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.plane_map import PlaneMap
from latentlab.engine.rendering.requests.stretch import StretchMapReply, StretchMapRequest
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.models.base import Decodes, HasLikelihood

# See `PlaneMap`.
_COARSE, _PIECE_S = 3, 8e-3


class Stretches(Server):
    """Serves `StretchMapRequest`.

    Args:
        drawing: gives what decodes with the open model.
    """

    def __init__(self, drawing: Callable[[], Drawing]) -> None:
        self._drawing = drawing
        self._map = PlaneMap(_COARSE, _PIECE_S)

    @handles(StretchMapRequest)
    def map(self, request: StretchMapRequest) -> Iterator[Reply | None]:
        """A coarse map, then the whole one.

        Raises:
            LabError: if the plane is not one of the model's latent space.
        """
        drawing, plane = self._drawing(), request.projection
        decode = _smooth(drawing.model, drawing.y_of(request.condition))
        across = torch.tensor(plane.across, device=drawing.device)
        up = None if plane.flat else torch.tensor(plane.up, device=drawing.device)

        def stretch(z: Tensor) -> Tensor:
            # Derivatives are needed, and the renderer serves without them.
            with torch.inference_mode(False), torch.enable_grad():
                return log_area(decode, z.clone(), across, up).detach()

        for found in self._map.of(request, drawing, stretch):
            yield (
                None
                if found is None
                else StretchMapReply(request.generation, request.region, plane, found.values, found.done)
            )


def _smooth(model: Decodes, y: Tensor | None) -> Callable[[Tensor], Tensor]:
    """z -> pictures that change smoothly with z: of a palette the blended colours."""
    if isinstance(model, HasLikelihood) and isinstance(model.likelihood, Palette):
        palette = model.likelihood
        return lambda z: palette.blended(model.decode(z, y))
    return lambda z: model.picture_at(z, y)
