"""The declaration of the view of eigenpictures."""

from __future__ import annotations

from latentlab.models.capabilities import Capability
from latentlab.qt.views.spec import deferred

SPEC = deferred(
    "eigenpictures",
    "Eigenpictures",
    "latentlab.qt.views.eigenpictures.view:EigenpicturesView",
    needs=frozenset({Capability.HAS_EIGENPICTURES}),
)
