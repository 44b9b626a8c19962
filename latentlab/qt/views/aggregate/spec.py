"""The declaration of the view of codes and prior; it is made when it is first shown."""

from __future__ import annotations

from latentlab.models.capabilities import Capability
from latentlab.qt.views.spec import deferred

SPEC = deferred(
    "aggregate",
    "Codes",
    "latentlab.qt.views.aggregate.view:AggregateView",
    needs=frozenset({Capability.ENCODES, Capability.DECODES, Capability.HAS_PRIOR}),
)
