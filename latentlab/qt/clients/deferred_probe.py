"""Moves of the probe for views that can wait: emitted once the picture at the probe is on the screen.

That picture is decoded on a thread that shares Python's lock with the window: anything painted between the
move and the picture delays it.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.clients.hand import PICTURE_WAIT_S, milliseconds
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.state import SessionState


class DeferredProbe(QObject):
    """Emits `moved` (old, new) for the workspace's probe; moves that come meanwhile are merged into one."""

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
            # A picture that takes longer is not waited for.
            self._soon.start(milliseconds(PICTURE_WAIT_S))
        self._new = new

    @Slot(object)
    def _pointed(self, reply: object) -> None:
        if self._old is not None:
            # What the reply changes is painted before any timer fires.
            self._soon.start(0)

    @Slot()
    def _tell(self) -> None:
        old, self._old = self._old, None
        if old is not None:
            self.moved.emit(old, self._new)
