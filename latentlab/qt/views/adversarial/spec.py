"""The declaration of the view of a critic's opinion."""

from __future__ import annotations

from latentlab.models.capabilities import Capability
from latentlab.qt.views.spec import deferred

SPEC = deferred(
    "adversarial",
    "Critic",
    "latentlab.qt.views.adversarial.view:AdversarialView",
    needs=frozenset({Capability.SCORES, Capability.DECODES}),
)
