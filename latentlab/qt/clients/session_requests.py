"""Turns changes of the session into requests: one table of what to request when which part changes."""

from __future__ import annotations

from PySide6.QtCore import QObject

from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import PointRequest, TrayRequest, WalkRequest
from latentlab.engine.types import Region
from latentlab.qt.clients.model_client import ModelClient
from latentlab.qt.clients.redraw_policy import RedrawPolicy
from latentlab.session.fitting import way_of
from latentlab.session.session import Session
from latentlab.session.state import SessionState


class SessionRequests(ModelClient):
    """Requests what the session shows from the open model."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._redraw = RedrawPolicy(self)

    def request_grid(self) -> None:
        """Requests the manifold grid that the state describes."""
        self._redraw.request_grid()

    def request_underlay(self, columns: int, rows: int, region: Region) -> None:
        """Requests the manifold under a region of the plane (left, right, bottom, top)."""
        self._redraw.request_underlay(columns, rows, region)

    def request_selection(self, seed: int = 0) -> None:
        """Requests everything about the selected picture; another seed gives other samples of its
        posterior.
        """
        if self.state.selected is not None:
            self.ask(SelectionRequest, self.state.selected, seed=seed)

    def _request_point(self, state: SessionState) -> None:
        self.ask(PointRequest, state.probe, state.condition)

    def _request_changes(self, old: SessionState | None, new: SessionState) -> None:
        """Requests what differs between the old and the new state; everything if `old` is None."""
        told = old is None or old.condition != new.condition
        if old is None or old.selected != new.selected:
            self.request_selection()
        self._redraw.state_changed(old, new)
        if old is None or told or old.pins != new.pins:
            self.ask(TrayRequest, new.pins, new.condition)
        if old is None or way_of(old) != way_of(new):
            self.ask(WalkRequest, *way_of(new))

    def _refresh(self) -> None:
        """The weights of the model have changed: requests everything on the screen again."""
        state = self.state
        self._request_point(state)
        self.request_selection()
        if state.pins:
            self.ask(TrayRequest, state.pins, state.condition)
            self.ask(WalkRequest, *way_of(state))
        self._redraw.model_changed()
