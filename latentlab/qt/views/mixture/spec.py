"""The declaration of the view of mixtures; it is made when it is first shown."""

from __future__ import annotations

from latentlab.models.capabilities import Capability
from latentlab.qt.views.spec import deferred

SPEC = deferred(
    "mixture",
    "Mixture",
    "latentlab.qt.views.mixture.view:MixtureView",
    frozenset({Capability.HAS_COMPONENTS}),
)
