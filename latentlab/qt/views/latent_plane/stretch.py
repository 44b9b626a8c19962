"""The stretch layer of the plane: how much the decoder stretches each place, log sqrt det J^T J.

Bright places are where a small step changes the picture much.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.rendering.requests.stretch import StretchMapReply, StretchMapRequest
from latentlab.qt.views.latent_plane.map_layer import MapLayer


class StretchLayer(MapLayer):
    """The map of log sqrt det J^T J; its derivatives cost as much as some pictures."""

    name = "stretch"
    request = StretchMapRequest
    title = "Stretch of the decoder"
    waiting = "Computing the stretch …"
    help = (
        "The area that the decoder gives a small square of the plane in the space of pictures: the root of "
        "det JᵀJ, J its derivatives. Bright: a small step changes the picture much, as at the border "
        "between two classes."
    )

    def values(self, found: StretchMapReply) -> NDArray[np.float32]:
        """See `MapLayer`."""
        return found.log_area

    def ends(self) -> tuple[str, str]:
        """How many times the area is larger."""
        return "1 ×", f"{math.exp(min(self.high - self.low, 60.0)):,.3g} ×"

    def words(self, value: float) -> str:
        """See `MapLayer`."""
        return f"log √det JᵀJ = {value:.2f}"
