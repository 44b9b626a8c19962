"""Moves of the probe for those who follow the hand from afar, told once its picture is on the screen.

The picture under the hand is decoded on a thread that shares Python's lock with the window: whatever else is
painted between the move and the picture makes the hand wait for it.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.state import SessionState

# A picture that takes longer than this is not waited for.
_LONGEST_MS = 40


class DeferredProbe(QObject):
    """Tells by `moved` (old, new) of the workspace's probe; moves that come meanwhile are one."""

    moved = Signal(object, object)

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._old: SessionState | None = None
        self._new = workspace.state
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._tell)
        workspace.probed.connect(self._probed)
        workspace.on(PointRequest).connect(self._pointed)

    @Slot(object, object)
    def _probed(self, old: SessionState, new: SessionState) -> None:
        if self._old is None:
            self._old = old
            self._soon.start(_LONGEST_MS)
        self._new = new

    @Slot(object)
    def _pointed(self, reply: object) -> None:
        if self._old is not None:
            # What the reply changes is painted before any timer's time has come.
            self._soon.start(0)

    @Slot()
    def _tell(self) -> None:
        old, self._old = self._old, None
        if old is not None:
            self.moved.emit(old, self._new)
