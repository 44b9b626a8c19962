"""The level lines of a prior other than N(0, I) on the plane in sight, where they depend on the plane."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.rendering.requests.grids import PriorLinesReply, PriorLinesRequest
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.paint import Lines
from latentlab.qt.views.latent_plane.prior import contours_of


class PriorLines(QObject):
    """Requests the lines for every plane that is shown of a model with such a prior.

    `changed` says that the plane has to be painted again.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._found: PriorLinesReply | None = None
        workspace.loaded.connect(self._ask)
        workspace.turned.connect(self._ask)
        workspace.on(PriorLinesRequest).connect(self._came)

    @property
    def lines(self) -> Lines | None:
        """The lines in the plane in sight; None for the circles of N(0, I), none while they are not known."""
        known = contours_of(self._workspace.model, self._workspace.projection)
        if known != ():
            return known
        found = self._found
        return found.lines if found is not None and found.projection == self._workspace.projection else ()

    @Slot(object)
    def _ask(self, _: object) -> None:
        workspace, model = self._workspace, self._workspace.model
        self._found = None
        if model is not None and model.can(Capability.HAS_PRIOR) and self.lines == ():
            workspace.ask(PriorLinesRequest, workspace.projection)

    @Slot(object)
    def _came(self, found: PriorLinesReply) -> None:
        self._found = found
        self.changed.emit()
