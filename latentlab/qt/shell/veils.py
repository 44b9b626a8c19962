"""Covers each view that the open model cannot fill, and says why."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.shell.panels import Views
from latentlab.qt.widgets.veil import Veil
from latentlab.session.able import why_not


class Veils(QObject):
    """An overlay for each view with needs, shown while the open model lacks one of them."""

    def __init__(self, views: Views, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._veils = [(spec.needs, Veil(view)) for spec, view in views.all if spec.needs]
        workspace.loaded.connect(self._loaded)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        for needs, veil in self._veils:
            veil.cover(why_not(model.model, model.capabilities, needs))
