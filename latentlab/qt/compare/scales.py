"""The unit of length in a latent space: the prior's standard deviation, or without a prior the codes' own.

The codes of an autoencoder may lie anywhere at any distance. Relative to their mean, in units of their
standard deviation along each direction, they can be compared with those of a model whose prior is N(0, I).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace

# Codes that do not differ along a direction have no unit there.
_LEAST = 1e-6


@dataclass(frozen=True)
class Unit:
    """The origin and the unit along each direction."""

    middle: Point
    length: Point

    def measured(self, place: Sequence[float]) -> Point:
        """A point in these units."""
        return tuple((x - m) / s for x, m, s in zip(place, self.middle, self.length, strict=True))

    def place(self, measured: Sequence[float]) -> Point:
        """The point with these coordinates in units."""
        return tuple(m + x * s for x, m, s in zip(measured, self.middle, self.length, strict=True))


@dataclass(frozen=True)
class Scale:
    """The units of a latent space and of the plane that is shown of it."""

    space: Unit
    plane: Unit


class Scales:
    """Scales of workspaces, computed once for each cloud and plane, because that takes all codes."""

    def __init__(self) -> None:
        self._found: dict[Workspace, tuple[EncodingsReply, Projection, Scale]] = {}

    def of(self, workspace: Workspace) -> Scale | None:
        """The scale of a workspace's model; None for one with a prior, and until something is encoded."""
        cloud, projection = workspace.encodings, workspace.projection
        if cloud is None or has_prior(workspace) or cloud.mean.shape[1] != projection.latents:
            return None
        known = self._found.get(workspace)
        if known is None or known[0] is not cloud or known[1] != projection:
            flat = projection.project(cloud.mean)
            scale = Scale(_unit(cloud.mean), _unit(flat))
            known = self._found[workspace] = (cloud, projection, scale)
        return known[2]

    def forget(self, workspace: Workspace) -> None:
        """A workspace was removed."""
        self._found.pop(workspace, None)


def has_prior(workspace: Workspace) -> bool:
    """Whether a workspace's model has N(0, I) over its codes, which gives them a unit; not as long as none is
    open.

    A prior that was fitted to codes lies wherever these lie.
    """
    model = workspace.model
    return model is not None and model.has_prior and (model.prior is None or model.prior.standard)


def _unit(cloud: NDArray[np.float32]) -> Unit:
    middle, length = cloud.mean(axis=0), cloud.std(axis=0)
    return Unit(tuple(map(float, middle)), tuple(float(one) if one > _LEAST else 1.0 for one in length))
