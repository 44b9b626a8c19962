"""The entry that goes to the line where points are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt

from latentlab.models.capabilities import Capability
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.views.points.view import SPEC as POINTS
from latentlab.qt.views.points.view import PointsView


def points_entries(bench: Workbench) -> Iterator[Entry]:
    """Find points."""
    yield Entry(
        "findPointsAction", "&View", "&Find points …", partial(_find, bench),
        "Look for points by class, attribute, file name or number, such as: Hat and not Smiling.",
        "Ctrl+F", partial(_has_points, bench),
    )  # fmt: skip


def _has_points(bench: Workbench) -> bool:
    model = bench.workspace.model
    return model is not None and model.can(Capability.ENCODES)


def _find(bench: Workbench) -> None:
    dock = bench.docks.of(POINTS)
    bench.docks.bring(dock)
    panel = dock.findChild(PointsView) or dock.widget()
    if isinstance(panel, PointsView):
        panel.finder.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        panel.finder.line.selectAll()
