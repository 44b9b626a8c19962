"""The declaration of the 2-D stage; it is made when it is first shown."""

from __future__ import annotations

from latentlab.qt.views.spec import deferred

SPEC = deferred("stage2d", "2-D stage", "latentlab.qt.views.stage2d.view:StageView")
