"""What the plane shows of a prior: its extent, and its contours where they are not circles."""

from __future__ import annotations

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.views.latent_plane.paint import Lines

# Two standard deviations of N(0, I), and a little more.
_REACH = 2.6


def reach_of(model: LoadedReply | None) -> float:
    """The distance from the origin that must be visible to show nearly all of the prior."""
    prior = None if model is None else model.prior
    if prior is None or prior.standard:
        return _REACH
    return max(map(abs, (*prior.low, *prior.high)))


def contours_of(model: LoadedReply | None, projection: Projection) -> Lines | None:
    """The contours of another prior than N(0, I), if they are known in this plane; none without a prior.

    None stands for circles.
    """
    prior = None if model is None else model.prior
    if prior is not None and prior.stands_in:
        return ()
    if prior is None or prior.standard:
        return None
    return tuple(tuple(map(projection.to_plane, line)) for line in prior.contours)
