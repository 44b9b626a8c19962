"""Requests the density of encoded pictures at the probe while it moves."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from latentlab.engine.rendering.requests.grids import ProbeDensityReply, ProbeDensityRequest
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.state import SessionState


class DensityWatcher(QObject):
    """Requests again when the probe moves, each time after the last reply; not while a model is in
    training.
    """

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._coalesced = CoalescedRequest(self._ask, self, workspace.loaded)
        workspace.encoded.connect(self._encoded)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.on(ProbeDensityRequest).connect(self._weighed)
        workspace.refused.connect(self._refused)

    def _ask(self) -> bool:
        encodings = self._workspace.encodings
        if encodings is None or not encodings.done or self._workspace.following:
            return False
        self._workspace.ask(ProbeDensityRequest, self._workspace.state.probe)
        return True

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        if encodings.done:
            self._coalesced.soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.probe != new.probe:
            self._coalesced.soon()

    @Slot(object)
    def _weighed(self, _: ProbeDensityReply) -> None:
        self._coalesced.answered()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(ProbeDensityRequest):
            self._coalesced.answered()
