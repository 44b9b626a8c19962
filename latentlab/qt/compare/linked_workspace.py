"""The workspace of one column, whose edits go through the link."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Slot

from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.qt.clients.render_thread import Serves
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.link import Link, Look
from latentlab.session.edits import Edit
from latentlab.session.session import Session
from latentlab.session.state import GridSettings, PlaneSettings, SessionState

# The manifold grid is not shown here: a minimal one costs next to nothing.
_NO_GRID = GridSettings(size=5)


class LinkedWorkspace(Workspace):
    """It has a model, a render thread and a session of its own, and the link's undo stack."""

    def __init__(
        self, link: Link, state: SessionState, renderer: Serves | None, parent: QObject | None = None
    ) -> None:
        super().__init__(Session(replace(state, grid=_NO_GRID, pins=())), renderer, parent)
        if link.lab is None:
            self.undo_stack = link.undo_stack
        # Else its own stays empty: it is cleared where the model changes, and that of the lab must not be.
        self._link, self._started = link, False
        # Queued: the workspace first requests everything of the opened model.
        self.loaded.connect(self._opened, Qt.ConnectionType.QueuedConnection)
        self.encoded.connect(self._encoded, Qt.ConnectionType.QueuedConnection)

    def join(self, look: Look) -> None:
        """Joins the link; `look` makes the plane of this column show a region."""
        self._link.join(self, look)

    def do(self, edit: Edit) -> None:
        """Makes an edit, here and in the other columns."""
        self._link.do(self, edit)

    def open_model(self, model: str) -> None:
        """Opens a model by name or path. Probe and picture stay, if the model has them."""
        state = replace(self.state, model=model, plane=PlaneSettings(), condition=())
        if self._started:
            self.open(state)
        else:
            self._started = True
            self.session.reset(state)
            self.start()

    def _turn_history(self, before: LoadedReply | None, reply: LoadedReply) -> None:
        """The steps are those of all columns: of another model's points they have no meaning."""
        self.undo_stack.clear()

    def stop(self) -> None:
        """Leaves the link, and ends the render thread; returns when it has ended."""
        self._link.leave(self)
        super().stop()

    @Slot()
    def _opened(self) -> None:
        if self.model is not None and self in self._link.workspaces:
            self._link.opened(self)

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        # Only now are its scale and its plane the right ones.
        if encodings.done and encodings is self.encodings and self in self._link.workspaces:
            self._link.measured(self)
