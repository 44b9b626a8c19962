"""The declaration of the view of the theory; it is made when it is first shown, and computes from then on."""

from __future__ import annotations

from latentlab.engine.rendering.requests.theory import NEEDS
from latentlab.qt.views.spec import deferred

SPEC = deferred("theory", "Theory", "latentlab.qt.views.theory.view:made", NEEDS)
