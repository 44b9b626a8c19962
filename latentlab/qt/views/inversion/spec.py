"""The declaration of the view of inversions; it is made when it is first shown."""

from __future__ import annotations

from latentlab.engine.rendering.requests.inversion import NEEDS
from latentlab.qt.views.spec import deferred

SPEC = deferred("inversion", "Inversion", "latentlab.qt.views.inversion.view:made", NEEDS)
