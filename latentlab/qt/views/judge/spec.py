"""Declares the judge's view, which is imported and made when it is first shown."""

from __future__ import annotations

from latentlab.qt.views.spec import deferred

SPEC = deferred("judge", "Judge", "latentlab.qt.views.judge.view:JudgeView")
