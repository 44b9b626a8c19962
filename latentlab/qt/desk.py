"""The desk at which the views work: what they may read, do and ask for, and the replies that come back.

A change of the session turns into requests here, in one table; a reply turns into one typed signal. A view
gets the desk when it is made, and needs nothing else of the house.
"""

from __future__ import annotations

import itertools
from dataclasses import fields, replace

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QUndoStack

from latentlab.engine.requests import (
    EncodeRequest,
    EncodingsReply,
    GridReply,
    GridRequest,
    LoadedReply,
    LoadRequest,
    Point,
    PointReply,
    PointRequest,
    Refusal,
    Region,
    Reply,
    Request,
    SelectionReply,
    SelectionRequest,
    TrayRequest,
    UnderlayRequest,
    WalkReply,
    WalkRequest,
)
from latentlab.qt.mailbox import Mailbox
from latentlab.qt.render_thread import RenderThread, Serves
from latentlab.qt.undo import EditCommand
from latentlab.session.edits import Edit
from latentlab.session.session import Session
from latentlab.session.state import OVER_VIEW, SessionState


class Desk(QObject):
    """Session, undo stack and render thread, joined.

    Signals carry frozen values: `changed` and `probed` (old, new) states, the others one reply each. A change
    of nothing but the probe is told by `probed` alone: it comes with every move of the hand, and most views
    do not care. A reply is emitted only while its request is the newest of its kind.
    """

    changed = Signal(object, object)
    probed = Signal(object, object)
    loaded = Signal(object)
    encoded = Signal(object)
    pointed = Signal(object)
    selected = Signal(object)
    gridded = Signal(object)
    underlaid = Signal(object)
    trayed = Signal(object)
    walked = Signal(object)
    refused = Signal(object)
    busy = Signal(str)

    def __init__(
        self, session: Session, renderer: Serves | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.undo_stack = QUndoStack(self)
        self.model: LoadedReply | None = None
        self.encodings: EncodingsReply | None = None
        self._mailbox = Mailbox()
        self._numbers = itertools.count(1)
        self._newest: dict[str, int] = {}
        self._wanted = session.state
        self._asked_from = session.state
        self._thread = RenderThread(self._mailbox, renderer, self)
        self._thread.replied.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        session.listen(self._session_changed)

    @property
    def state(self) -> SessionState:
        """The session's state now."""
        return self.session.state

    def start(self) -> None:
        """Starts the render thread and asks for the session's model."""
        self._thread.start(RenderThread.Priority.HighPriority)
        self.open(self.state)

    def stop(self) -> None:
        """Ends the render thread; returns when it has ended. There is nothing to undo any more."""
        self._thread.stop()
        # While Python still lives: left to its end, commands and stack fall in an order of their own, and
        # Qt may delete a command that Python has taken back already.
        self.undo_stack.clear()

    def do(self, edit: Edit) -> None:
        """Makes an edit: as a step of the undo unless it is transient."""
        if edit.transient:
            self.session.apply(edit)
        else:
            self.undo_stack.push(EditCommand(self.session, edit))

    def open(self, state: SessionState) -> None:
        """Asks for the model and data of `state`, which becomes the session's once they are there."""
        self._wanted, self._asked_from = state, self.state
        self.busy.emit(f"Opening {state.model} …")
        self._ask(LoadRequest(self._next("load"), state.model, state.data, state.split))

    def request_grid(self) -> None:
        """Asks for the manifold grid that the state describes."""
        grid = self.state.grid
        region = self.state.view if grid.over == OVER_VIEW else None
        self._ask(GridRequest(self._next("grid"), grid.size, grid.size, region))

    def request_selection(self, seed: int = 0) -> None:
        """Asks for all about the selected picture; another seed draws other pictures of its posterior."""
        if self.state.selected is not None:
            self._ask(SelectionRequest(self._next("selection"), self.state.selected, seed=seed))

    def request_underlay(self, columns: int, rows: int, region: Region) -> None:
        """Asks for the manifold under a region of the plane (left, right, bottom, top)."""
        if self.model is not None:
            self._ask(UnderlayRequest(self._next("underlay"), columns, rows, region))

    def _next(self, slot: str) -> int:
        self._newest[slot] = next(self._numbers)
        return self._newest[slot]

    def _ask(self, request: Request) -> None:
        self._mailbox.put(request)

    def _session_changed(self, old: SessionState, new: SessionState) -> None:
        if self.model is not None:
            data = (new.data, new.split)
            # Against what was asked for last, for that may still be on its way.
            if (old.data, old.split) != data != (self._wanted.data, self._wanted.split):
                self.open(new)
        (self.probed if replace(old, probe=new.probe) == new else self.changed).emit(old, new)
        if self.model is not None:
            self._request_changes(old, new)

    def _request_changes(self, old: SessionState | None, new: SessionState) -> None:
        """Asks for whatever of the new state is not what the old one had; all of it if `old` is None."""
        if old is None or old.probe != new.probe:
            self._ask(PointRequest(self._next("point"), new.probe))
        if old is None or old.selected != new.selected:
            self.request_selection()
        view_moved = old is None or (new.grid.over == OVER_VIEW and old.view != new.view)
        if view_moved or (old is not None and old.grid != new.grid):
            self.request_grid()
        if old is None or old.pins != new.pins:
            self._ask(TrayRequest(self._next("tray"), new.pins))
        if old is None or _way(old) != _way(new):
            self._ask(WalkRequest(self._next("walk"), *_way(new)))

    @Slot(object)
    def _receive(self, reply: Reply) -> None:
        match reply:
            case Refusal():
                if reply.generation in (0, self._newest.get(reply.slot)):
                    self._stay(reply)
                    self.refused.emit(reply)
            case LoadedReply():
                if self._current("load", reply):
                    self._adopt(reply)
            case EncodingsReply():
                if self._current("encodings", reply):
                    self.encodings = reply
                    self.encoded.emit(reply)
            case PointReply():
                if self._current("point", reply):
                    self.pointed.emit(reply)
            case SelectionReply():
                if self._current("selection", reply) and reply.index == self.state.selected:
                    self.selected.emit(reply)
            case GridReply():
                if self._current(reply.slot, reply):
                    (self.gridded if reply.slot == GridRequest.slot else self.underlaid).emit(reply)
            case WalkReply():
                if self._current(reply.slot, reply):
                    (self.trayed if reply.slot == TrayRequest.slot else self.walked).emit(reply)

    def _current(self, slot: str, reply: Reply) -> bool:
        return self._newest.get(slot) == reply.generation

    def _adopt(self, reply: LoadedReply) -> None:
        """A model has been opened: the session goes on with it, and everything is asked for anew."""
        first, other = self.model is None, self.model is None or self.model.path != reply.path
        self.model, self.encodings = reply, None
        # What the person did while the model was being opened counts as done to it.
        since = {
            field.name: getattr(self.state, field.name)
            for field in fields(SessionState)
            if getattr(self.state, field.name) != getattr(self._asked_from, field.name)
        }
        wanted = replace(self._wanted, **since)
        named = replace(wanted, model=self._wanted.model, data=reply.data, split=reply.split)
        fitted = _fitted(named, reply)
        if other and not first:
            self.undo_stack.clear()
        self.session.reset(fitted)
        self.loaded.emit(reply)
        self._request_changes(None, fitted)
        self._ask(EncodeRequest(self._next("encodings")))

    def _stay(self, refusal: Refusal) -> None:
        """Data that could not be opened are not what the session shows: it goes on with those it has."""
        if refusal.slot == LoadRequest.slot and self.model is not None:
            data, split = self.model.data, self.model.split
            self._wanted = replace(self._wanted, data=data, split=split)
            self.session.restore({"data": data, "split": split})


def _way(state: SessionState) -> tuple[tuple[Point, ...], str, int]:
    """What of a state decides the pictures of its walk."""
    return state.pins, state.walk.path, state.walk.steps


def _fitted(state: SessionState, model: LoadedReply) -> SessionState:
    """`state` with whatever does not exist in this model or data left out."""
    fits = len(state.probe) == model.latents
    selected = state.selected
    if selected is not None and selected >= len(model.images):
        selected = None
    return replace(
        state,
        probe=state.probe if fits else (0.0,) * model.latents,
        pins=tuple(pin for pin in state.pins if len(pin) == model.latents),
        selected=selected,
        hidden=frozenset(label for label in state.hidden if label < len(model.classes)),
    )
