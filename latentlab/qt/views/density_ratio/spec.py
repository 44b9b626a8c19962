"""Declares the view of density ratios, which is imported and made when it is first shown."""

from __future__ import annotations

from latentlab.qt.views.spec import deferred

SPEC = deferred("density_ratio", "Density ratio", "latentlab.qt.views.density_ratio.view:DensityRatioView")
