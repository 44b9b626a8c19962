"""What a model must be able to do for a request to have an answer."""

from __future__ import annotations

from collections.abc import Mapping

from latentlab.engine.rendering.requests import directions, grids, opening, pictures, points
from latentlab.engine.rendering.serving import Request
from latentlab.models.capabilities import Capability

_POINTS = frozenset({Capability.DECODES})
_PLACES = frozenset({Capability.ENCODES})
_BOTH = _POINTS | _PLACES
_NEEDS: Mapping[type[Request], frozenset[Capability]] = {
    points.PointRequest: _POINTS,
    points.TrayRequest: _POINTS,
    points.WalkRequest: _POINTS,
    points.ConditionStripRequest: _POINTS,
    points.WaysRequest: _POINTS,
    points.SheetRequest: _POINTS,
    points.TraversalRequest: _POINTS,
    grids.GridRequest: _POINTS,
    grids.DensityMapRequest: _PLACES,
    grids.ProbeDensityRequest: _PLACES,
    opening.EncodeRequest: _PLACES,
    pictures.SelectionRequest: _BOTH,
    pictures.OwnPictureRequest: _BOTH,
    pictures.TrajectoryRequest: _PLACES,
    directions.DirectionsRequest: _PLACES,
    directions.GroupsRequest: _PLACES,
}


def needs_of(request: Request) -> frozenset[Capability]:
    """The capabilities without which nobody can answer it."""
    kinds = (_NEEDS[kind] for kind in type(request).__mro__ if kind in _NEEDS)
    return next(kinds, frozenset())
