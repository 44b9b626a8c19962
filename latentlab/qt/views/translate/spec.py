"""The declaration of the view that translates drawings; it is made when it is first shown."""

from __future__ import annotations

from latentlab.models.capabilities import Capability
from latentlab.qt.views.spec import deferred

SPEC = deferred(
    "translate",
    "Translate",
    "latentlab.qt.views.translate.view:TranslateView",
    frozenset({Capability.TRANSLATES}),
)
