"""The workspace: what views may read, edit and request, and the replies they get.

A change of the session turns into requests (`session_requests`); a reply turns into one typed signal. A view
gets the workspace at construction and needs nothing else of the program.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from latentlab.engine.rendering.requests.directions import DirectionsReply
from latentlab.engine.rendering.requests.grids import GridReply
from latentlab.engine.rendering.requests.opening import (
    EncodeRequest,
    EncodingsReply,
    FollowRequest,
    LoadedReply,
    LoadRequest,
    UnfoldedReply,
)
from latentlab.engine.rendering.requests.pictures import SelectionReply
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.types import Point
from latentlab.qt.clients.histories import STEPS_GONE, Histories
from latentlab.qt.clients.joining import EndingThread, join
from latentlab.qt.clients.render_thread import RenderThread, Serves
from latentlab.qt.clients.session_requests import SessionRequests
from latentlab.qt.clients.undo import EditCommand
from latentlab.session.arriving import Asked, arrive, with_keys
from latentlab.session.edits import Edit, SelectImage
from latentlab.session.missing import may_be_alone
from latentlab.session.plane import projection_of
from latentlab.session.session import Session
from latentlab.session.state import SessionState


class Workspace(SessionRequests):
    """Session, undo stacks and render thread, joined. `undo_stack` is that of the open model.

    Signals carry frozen values: `changed` and `probed` (old, new) states, the others one reply each. A change
    of the probe alone emits only `probed`: it comes with every mouse move, and most views do not need it.
    `noticed` is a message for the user about what was opened. `turned` says that another plane, `projection`,
    is shown; `turns_by_itself` is true meanwhile if the next snapshot of a training has turned it a little.
    Replies that are only passed through are connected with `on(type)`.
    """

    changed = Signal(object, object)
    probed = Signal(object, object)
    loaded = Signal(object)
    encoded = Signal(object)
    turned = Signal(object)
    unfolded = Signal(object)
    noticed = Signal(str)

    def __init__(
        self, session: Session, renderer: Serves | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(session, parent)
        self.histories = Histories(self)
        self.undo_stack = self.histories.active
        self._components: tuple[Point, Point] | None = None
        self.turns_by_itself = False
        self._asked = Asked(session.kept, session.kept)
        # Whether views are being told of another model, and may still show the one before.
        self._adopting = False
        # Whether the thread holds another model than the one shown, because a request to open it was given up
        # for a newer one when it was already loaded; and the request that is to put that right.
        self._astray, self._brought_back = False, 0
        self._before_training: SessionState | None = None
        self._notes: list[str] = []
        # Data that a model has been open without.
        self._lacked: set[str] = set()
        self._thread = RenderThread(self._mailbox, renderer, self)
        self._thread.replied.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        session.listen(self._session_changed)

    def start(self) -> None:
        """Starts the render thread and requests the session's model."""
        self._thread.start(RenderThread.Priority.HighPriority)
        self.open(self.session.kept)

    def request_end(self) -> list[EndingThread]:
        """Tells the render thread to end; returns what is to be joined."""
        self._thread.request_end()
        # The workspace may be collected on any thread, where Qt could not stop a running timer.
        for timer in self.findChildren(QTimer):
            timer.stop()
        return [self._thread]

    def stop(self) -> None:
        """Ends the render thread and clears the undo stack; returns when the thread has ended or the time
        limit for joining is over.
        """
        join(self.request_end())
        self._redraw.stop()
        # Cleared now: at interpreter exit the order of deletion is undefined, and Qt may delete a command
        # that Python has already freed.
        self.histories.clear()

    def do(self, edit: Edit) -> None:
        """Makes an edit: as an undoable step unless it is transient."""
        if edit.transient:
            self.session.apply(edit)
        else:
            self.undo_stack.push(EditCommand(self.session, edit))

    def select(self, index: int | None, gesture: int | None = None) -> None:
        """Selects a picture of the data, None for none. The probe moves to its encoding, if known, and the
        condition becomes the picture's.
        """
        z, told = self.place_of(index), self.told_of(index)
        self.do(SelectImage(gesture=gesture, index=index, z=z, condition=told))

    @property
    def afresh(self) -> bool:
        """Whether what was opened last, or is being opened, is the session of a project."""
        return self._asked.afresh

    @property
    def goes_on(self) -> bool:
        """Whether what was opened last, or is being opened, is the shown model, further trained or saved."""
        return self._asked.goes_on

    def open(self, state: SessionState, goes_on: bool = False, afresh: bool = False) -> int:
        """Requests the model and data of `state`, which becomes the session's state once they are loaded.

        `goes_on` says that it is the shown model under another name: points moved meanwhile keep their
        meaning; `afresh` that it is the session of a project, to which nothing goes over. Returns the number
        of the request.
        """
        self._followed, self._asked = None, Asked(state, self.session.kept, goes_on, afresh)
        self.busy.emit(f"Opening {state.model} …")
        alone = may_be_alone(state, self.state, self.model, self._lacked)
        return self.ask(LoadRequest, state.model, state.data, state.split, alone)

    def follow(self, snapshot: Snapshot) -> None:
        """Shows a model that is being trained; `unfolded` is emitted when its pictures have their encodings.

        Only one snapshot may be under way: a newer one would replace it before it is done.
        """
        state, self._followed = self.session.kept, snapshot
        if self._before_training is None:
            self._before_training = with_keys(self.state, self.model)
        self._asked = Asked(state, state, goes_on=True)
        split = state.split if state.data == snapshot.data else self.split_of(snapshot.data)
        self.ask(
            FollowRequest,
            f"{snapshot.name} (training)",
            snapshot.kind,
            snapshot.config,
            snapshot.theta,
            snapshot.step,
            snapshot.data,
            split,
            snapshot.buffers,
            snapshot.later,
        )

    def rest(self) -> SessionState:
        """The session as it can be restored at another start: without a model that is not a file yet."""
        before = self._before_training
        if before is None:
            return with_keys(self.state, self.model)
        fits = len(self.state.probe) == len(before.probe)
        probe = self.state.probe if fits else before.probe
        return replace(before, probe=probe, layers=self.state.layers, grid=self.state.grid)

    def _turn(self) -> None:
        """Finds the plane to show now, and emits `turned` if it is another."""
        assert self.model is not None
        projection = projection_of(self.state.plane, self.model.latents, self._components)
        if projection != self.projection:
            self.projection = projection
            self.turned.emit(projection)
            if not self.turns_by_itself:
                self.request_grid()

    def _session_changed(self, old: SessionState, new: SessionState) -> None:
        if self._adopting:
            return  # emitted when every view knows the model
        if self.model is not None:
            if (old.probe, old.condition) != (new.probe, new.condition):
                # First: the views hear of it while the picture at the probe is being decoded.
                self._request_point(new)
                self._redraw.hand_moved()
            data = (new.data, new.split)
            # Compared with the last request, which may still be on its way.
            if (old.data, old.split) != data != (self._asked.wanted.data, self._asked.wanted.split):
                if self._followed is not None and new.data == self._followed.data:
                    self.follow(self._followed)
                else:
                    self.open(self.session.kept)
            if old.plane != new.plane:
                self._turn()
        probe_alone = replace(old, probe=new.probe, amounts=new.amounts) == new
        (self.probed if probe_alone else self.changed).emit(old, new)
        if self.model is not None:
            self._request_changes(old, new)

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        if isinstance(reply, LoadedReply):
            self._astray = not self._current(kind, reply)
        elif self._astray and not (isinstance(reply, Refusal) and reply.of(LoadRequest)):
            return  # a reply of a model that is not shown
        current = self._current(kind, reply)
        match reply:
            case Refusal():
                if current or reply.generation == 0:
                    self._redraw.refused(kind)
                    self._stay(reply)
                    self.refused.emit(reply)
                    self._bring_back(reply)
                return
            case LoadedReply() if current:
                self._adopt(reply)
                if self._followed is None:
                    self._before_training = None
                    self.ask(EncodeRequest)
            case UnfoldedReply() if current:
                self.still_told = None
                if reply.total:
                    self._place(reply)
                self._refresh()
                self.unfolded.emit(reply)
            case EncodingsReply() if current:
                self._place(reply)
            case SelectionReply() if reply.index != self.state.selected:
                return
            case GridReply() if current:
                self._redraw.replied(reply, kind)
            case DirectionsReply() if current and reply.directions is not None:
                self.still_told = reply.still_told
        self._tell(kind, reply)

    def _place(self, reply: EncodingsReply) -> None:
        """The encodings have been computed: they may decide which plane is shown."""
        self.encodings = reply
        if reply.done:
            again = isinstance(reply, UnfoldedReply) and self._components is not None
            self._components, self.turns_by_itself = reply.components, again
            self._turn()
            self.turns_by_itself = False
        self.encoded.emit(reply)

    def _adopt(self, reply: LoadedReply) -> None:
        """A model has been opened: the session adopts it and requests everything again.

        Model and state change together: the views hear of the model first, and of the state only when all of
        them know the model, so that none reads one with the other's meaning. Replies to earlier requests are
        dropped, for they are about another model.
        """
        before = self.model
        other = before is None or before.path != reply.path
        arrival = arrive(self._asked, self.session.kept, self.state, before, reply)
        self._notes = [*reply.notes, *arrival.notes]
        self._lacked |= {reply.missing} - {""}
        if self.afresh:
            self.histories.clear()
        elif arrival.stale:
            self.undo_stack.clear()
        # The model's own data may have been opened in place of the requested ones. Do not request them again.
        self._want_data(reply.data, reply.split)
        if other:
            self._components = None
            self._turn_history(before, reply)
        # Of earlier requests only those that open a model are still answered.
        self._forget_all_but(LoadRequest)
        self.model, self.encodings, self.still_told = reply, None, None
        old, self._adopting = self.state, True
        try:
            self.session.open(reply, arrival.state)
            self.projection = projection_of(self.state.plane, reply.latents, self._components)
            self._redraw.begin_anew(keep_underlay=not other)
            self.loaded.emit(reply)
        finally:
            self._adopting = False
        if self.state != old:
            self.changed.emit(old, self.state)
        if self._notes:
            self.noticed.emit(" ".join(self._notes))
        self._request_point(self.state)
        self._request_changes(None, self.state)

    def _turn_history(self, before: LoadedReply | None, reply: LoadedReply) -> None:
        """Another model is open: its own steps are undone from now on."""
        if not self.histories.turn_to(before, reply, self._asked.goes_on):
            self._notes.append(STEPS_GONE)
        self.undo_stack = self.histories.active

    def _want_data(self, data: str, split: str) -> None:
        self._asked = replace(self._asked, wanted=replace(self._asked.wanted, data=data, split=split))

    def _stay(self, refusal: Refusal) -> None:
        """Data that could not be opened do not become the session's: it keeps the current ones."""
        if refusal.of(LoadRequest) and self.model is not None:
            data, split = self.model.data, self.model.split
            self._want_data(data, split)
            self.session.restore({"data": data, "split": split})

    def _bring_back(self, refusal: Refusal) -> None:
        """The shown model stays although the thread holds another: reopens it there, once.

        Not one that is being trained: its next snapshot does so.
        """
        tried = refusal.generation == self._brought_back
        if self._astray and not tried and self.model is not None and self._before_training is None:
            self._brought_back = self.open(self.session.kept)
