"""Covers each view that the open model cannot fill, and says why."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.shell.panels import AnySpec, Views
from latentlab.qt.widgets.veil import Veil
from latentlab.session.able import why_not


class Veils(QObject):
    """An overlay for each view with needs, shown while the open model lacks one of them."""

    def __init__(self, views: Views, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._model = workspace.model
        self._veils: list[tuple[frozenset[Capability], Veil]] = []
        views.each(self._made)
        workspace.loaded.connect(self._loaded)

    def _made(self, spec: AnySpec, view: QWidget) -> None:
        if spec.needs:
            self._veils.append((spec.needs, Veil(view)))
            if self._model is not None:
                self._cover(self._model, *self._veils[-1])

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._model = model
        for needs, veil in self._veils:
            self._cover(model, needs, veil)

    def _cover(self, model: LoadedReply, needs: frozenset[Capability], veil: Veil) -> None:
        veil.cover(why_not(model.model, model.capabilities, needs, model.later))
