"""The critic layer of the plane: what the discriminator or critic thinks of the picture made at each place.

Bright places are where a made picture looks real to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from latentlab.engine.rendering.requests.critic import CriticMapReply, CriticMapRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.map_layer import MapLayer
from latentlab.qt.views.latent_plane.stretch import StretchLayer


class CriticLayer(MapLayer):
    """The map of D(G(z)), or of a critic's f(G(z))."""

    name = "critic"
    request = CriticMapRequest
    cell = 16
    title = "Opinion of the critic"
    waiting = "Asking the critic …"
    help = (
        "What the discriminator, or the critic, thinks of the picture made at each place. Dark: it is taken "
        "for a made one. Bright: it is taken for a real one. The colours run from the lowest to the highest "
        "that is in sight."
    )

    def values(self, found: CriticMapReply) -> NDArray[np.float32]:
        """See `MapLayer`."""
        return found.scores

    def ends(self) -> tuple[str, str]:
        """The lowest and the highest score."""
        low, high = (f"{end:.2g}".replace("-", "−") for end in (self.low, self.high))
        return f"{low} looks made", f"looks real {high}"

    def words(self, value: float) -> str:
        """See `MapLayer`."""
        assert self.found is not None
        spec = self.found.spec
        of_z = spec.symbol.replace("x", "G(z)")
        if spec.probability:
            return f"{of_z} = {value:.3f}: taken for real with a probability of {100.0 * value:.0f} %"
        return f"{of_z} = {value:.3g}: the higher, the more real it looks"


class Maps(NamedTuple):
    """The coloured maps of a plane, in the order in which they are painted."""

    stretch: StretchLayer
    critic: CriticLayer


def maps_of(workspace: Workspace, parent: QObject) -> Maps:
    """The maps of a plane."""
    return Maps(StretchLayer(workspace, parent), CriticLayer(workspace, parent))
