"""The workspace at which the views work: what they may read, do and ask for, and the replies that come back.

A change of the session turns into requests here, in one table; a reply turns into one typed signal. A view
gets the workspace when it is made, and needs nothing else of the house.
"""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QUndoStack

from latentlab.engine.rendering.requests.grids import GridReply, GridRequest, UnderlayRequest
from latentlab.engine.rendering.requests.opening import (
    EncodeRequest,
    EncodingsReply,
    FollowRequest,
    LoadedReply,
    LoadRequest,
    UnfoldedReply,
)
from latentlab.engine.rendering.requests.pictures import SelectionReply
from latentlab.engine.rendering.requests.points import PointRequest, TrayRequest, WalkRequest
from latentlab.engine.rendering.serving import Refusal, Reply
from latentlab.engine.types import Point, Region
from latentlab.qt.clients.client import Client
from latentlab.qt.clients.render_thread import RenderThread, Serves
from latentlab.qt.clients.training_orders import Snapshot
from latentlab.qt.clients.undo import EditCommand
from latentlab.session.edits import Edit, SelectImage
from latentlab.session.fitting import OF_DATA, OF_MODEL, OF_PICTURES, on_data, way_of
from latentlab.session.pictures import in_words, keyed, renumbered
from latentlab.session.plane import projection_of
from latentlab.session.session import Session
from latentlab.session.state import OVER_VIEW, SessionState

_REDRAW_MS = 200
_HAND_RESTS_MS = 250
# Of the snapshots of a training, the share after which the grid is drawn anew.
_GRID_EVERY = 6
# How far numbers of a plane that is not along the axes may be off by rounding.
_ROUNDING = 1e-6


class Workspace(Client):
    """Session, undo stack and render thread, joined.

    Signals carry frozen values: `changed` and `probed` (old, new) states, the others one reply each. A change
    of nothing but the probe is told by `probed` alone: it comes with every move of the hand, and most views
    do not care. `noticed` is a sentence for the person about what was opened. `turned` tells that
    `projection`, the plane that is shown, is another one.
    """

    changed = Signal(object, object)
    probed = Signal(object, object)
    loaded = Signal(object)
    encoded = Signal(object)
    selected = Signal(object)
    gridded = Signal(object)
    underlaid = Signal(object)
    turned = Signal(object)
    unfolded = Signal(object)
    refused = Signal(object)
    noticed = Signal(str)
    busy = Signal(str)

    def __init__(
        self, session: Session, renderer: Serves | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(session, parent)
        self.undo_stack = QUndoStack(self)
        self._components: tuple[Point, Point] | None = None
        self._base: Point = (0.0, 0.0)
        self._underlay: tuple[int, int, Region] | None = None
        # The probe may leave the plane faster than the plane can be drawn anew.
        self._redraw_soon = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw_soon.timeout.connect(self._redraw)
        # Runs while the probe moves and for a moment more.
        self._hand = QTimer(self, singleShot=True, interval=_HAND_RESTS_MS)
        self._hand.timeout.connect(self._hand_rests)
        self._grid_waits = False
        self._wanted = session.kept
        self._asked_from = session.kept
        # Whether what is opened has the latent space of what is in sight.
        self._goes_on = False
        # Whether views are being told of another model, and may still show the one before.
        self._adopting = False
        # Whether the thread has opened another model than the one in sight: one that was asked for, and given
        # up for a newer request when it was already there. And the request that was to mend that.
        self._astray, self._brought_back = False, 0
        self._before_training: SessionState | None = None
        self._refreshed = self._grid_due = 0
        self._notes: list[str] = []
        self._thread = RenderThread(self._mailbox, renderer, self)
        self._thread.replied.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        session.listen(self._session_changed)

    def start(self) -> None:
        """Starts the render thread and asks for the session's model."""
        self._thread.start(RenderThread.Priority.HighPriority)
        self.open(self.session.kept)

    def stop(self) -> None:
        """Ends the render thread; returns when it has ended. There is nothing to undo any more."""
        self._thread.stop()
        # Python may take this workspace away on any thread, where Qt could not end a timer that still runs.
        self._redraw_soon.stop()
        self._hand.stop()
        # While Python still lives: left to its end, commands and stack fall in an order of their own, and
        # Qt may delete a command that Python has taken back already.
        self.undo_stack.clear()

    def do(self, edit: Edit) -> None:
        """Makes an edit: as a step of the undo unless it is transient."""
        if edit.transient:
            self.session.apply(edit)
        else:
            self.undo_stack.push(EditCommand(self.session, edit))

    def select(self, index: int | None, gesture: int | None = None) -> None:
        """Selects a picture of the data, None for none. The probe goes where it lies, if that is known, and
        the decoder is told what it is of, and so shows it."""
        z, told = self.place_of(index), self.told_of(index)
        self.do(SelectImage(gesture=gesture, index=index, z=z, condition=told))

    def place_of(self, index: int | None) -> Point | None:
        """Where a picture of the data lies in the latent space, as far as that is known yet."""
        found = self.encodings
        if found is None or index is None or index >= len(found.mean):
            return None
        return tuple(map(float, found.mean[index]))

    def told_of(self, index: int | None) -> Point | None:
        """What the model is told of a picture of the data; None if nothing, or if the data do not say."""
        told = None if self.model is None else self.model.told
        if told is None or index is None or index >= len(told):
            return None
        assert self.model is not None
        if self.model.exclusive and not told[index].any():
            return None
        return tuple(map(float, told[index]))

    def open(self, state: SessionState, goes_on: bool = False) -> None:
        """Asks for the model and data of `state`, which becomes the session's once they are there.

        `goes_on` says that it is the model in sight under another name: points that are moved meanwhile mean
        the same there.
        """
        self._followed, self._goes_on = None, goes_on
        self._wanted, self._asked_from = state, self.session.kept
        self.busy.emit(f"Opening {state.model} …")
        self._ask(LoadRequest(self._next("load"), state.model, state.data, state.split))

    def follow(self, snapshot: Snapshot) -> None:
        """Shows a model in the midst of its training; `unfolded` tells when its pictures have their places.

        Only one snapshot may be under way: a newer one would take its place before it is done.
        """
        state, self._followed, self._goes_on = self.session.kept, snapshot, True
        if self._before_training is None:
            self._before_training = self._kept(self.state)
        self._wanted = self._asked_from = state
        split = state.split if state.data == snapshot.data else "test"
        self._ask(
            FollowRequest(
                self._next("load"),
                f"{snapshot.name} (training)",
                snapshot.kind,
                snapshot.config,
                snapshot.theta,
                snapshot.step,
                snapshot.data,
                split,
                snapshot.buffers,
            )
        )

    def rest(self) -> SessionState:
        """The session as it can be found again at another start: without a model that is no file yet."""
        before = self._before_training
        if before is None:
            return self._kept(self.state)
        fits = len(self.state.probe) == len(before.probe)
        probe = self.state.probe if fits else before.probe
        return replace(before, probe=probe, layers=self.state.layers, grid=self.state.grid)

    def _kept(self, state: SessionState) -> SessionState:
        """The state with its pictures named by what does not change."""
        if self.model is None or self.model.keys is None or state.pictures is not None:
            return state
        return keyed(state, self.model.keys, self.model.classes)

    def request_grid(self) -> None:
        """Asks for the manifold grid that the state describes."""
        self._grid_waits = False
        grid, state = self.state.grid, self.state
        self._base = self.projection.rest(state.probe)
        self._ask(
            GridRequest(
                generation=self._next("grid"),
                columns=grid.size,
                rows=1 if self.projection.flat else grid.size,
                region=state.view if grid.over == OVER_VIEW else None,
                projection=self.projection,
                base=self._base,
                condition=state.condition,
            )
        )

    def request_underlay(self, columns: int, rows: int, region: Region) -> None:
        """Asks for the manifold under a region of the plane (left, right, bottom, top)."""
        if self.model is None:
            return
        self._underlay = (columns, rows, region)
        self._ask(
            UnderlayRequest(
                generation=self._next("underlay"),
                columns=columns,
                rows=rows,
                region=region,
                projection=self.projection,
                base=self.projection.rest(self.state.probe),
                condition=self.state.condition,
            )
        )

    @Slot()
    def _redraw(self) -> None:
        """Underlay and grid anew; those under way first come to their end, or none would ever be seen.

        The grid waits for a hand that moves: what moves it mostly hides the grid, and needs the time.
        """
        if self._drawing:
            self._redraw_soon.start()
            return
        if self._hand.isActive():
            self._grid_waits = True
        else:
            self.request_grid()
        if self._underlay is not None and self.state.layers.manifold:
            self.request_underlay(*self._underlay)

    def _turn(self) -> None:
        """Finds out which plane is shown now, and tells if it is another one."""
        assert self.model is not None
        projection = projection_of(self.state.plane, self.model.latents, self._components)
        if projection != self.projection:
            self.projection = projection
            self.turned.emit(projection)
            self.request_grid()

    def _session_changed(self, old: SessionState, new: SessionState) -> None:
        if self._adopting:
            return  # told when every view knows the model
        if self.model is not None:
            if (old.probe, old.condition) != (new.probe, new.condition):
                # First of all: the views hear of it while the picture under the hand is being decoded.
                self._request_point(new)
                self._hand.start()
            data = (new.data, new.split)
            # Against what was asked for last, for that may still be on its way.
            if (old.data, old.split) != data != (self._wanted.data, self._wanted.split):
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

    def _request_point(self, state: SessionState) -> None:
        self._ask(PointRequest(self._next("point"), state.probe, state.condition))

    def _request_changes(self, old: SessionState | None, new: SessionState) -> None:
        """Asks for whatever else of the new state is not what the old one had; all of it if `old` is None."""
        told = old is None or old.condition != new.condition
        if old is None or old.selected != new.selected:
            self.request_selection()
        view_moved = old is None or (new.grid.over == OVER_VIEW and old.view != new.view)
        if view_moved or (old is not None and old.grid != new.grid):
            self.request_grid()
        elif (told or self._has_left_plane(new.probe)) and not self._redraw_soon.isActive():
            self._redraw_soon.start()
        if old is None or told or old.pins != new.pins:
            self._ask(TrayRequest(self._next("tray"), new.pins, new.condition))
        if old is None or way_of(old) != way_of(new):
            self._ask(WalkRequest(self._next("walk"), *way_of(new)))

    def _has_left_plane(self, z: Point) -> bool:
        """Whether z differs in what the plane does not show from where the grid was drawn last."""
        rest = self.projection.rest(z)
        return rest != self._base and any(
            abs(now - then) > _ROUNDING for now, then in zip(rest, self._base, strict=True)
        )

    @Slot(object)
    def _receive(self, reply: Reply) -> None:
        if isinstance(reply, LoadedReply):
            self._astray = not self._current("load", reply)
        elif self._astray and not (isinstance(reply, Refusal) and reply.slot == LoadRequest.slot):
            return  # answered by a model that is not in sight
        match reply:
            case Refusal():
                if reply.generation in (0, self._newest.get(reply.slot)):
                    self._drawing.discard(reply.slot)
                    self._stay(reply)
                    self.refused.emit(reply)
                    self._bring_back(reply)
            case LoadedReply():
                if not self._astray:
                    self._adopt(reply)
                    if self._followed is None:
                        self._before_training = None
                        self._ask(EncodeRequest(self._next("encodings")))
            case UnfoldedReply():
                if self._current("load", reply):
                    self.still_told = None
                    self._place(reply)
                    self._refresh()
                    self.unfolded.emit(reply)
            case EncodingsReply():
                if self._current("encodings", reply):
                    self._place(reply)
            case SelectionReply():
                if self._current("selection", reply) and reply.index == self.state.selected:
                    self.selected.emit(reply)
            case GridReply():
                if self._current(reply.slot, reply):
                    if reply.done:
                        self._drawing.discard(reply.slot)
                    (self.gridded if reply.slot == GridRequest.slot else self.underlaid).emit(reply)
            case _:
                self._tell(reply)

    def _place(self, reply: EncodingsReply) -> None:
        """Where the pictures lie has been found: it may be what decides the plane."""
        self.encodings = reply
        if reply.done:
            self._components = reply.components
            self._turn()
        self.encoded.emit(reply)

    def _adopt(self, reply: LoadedReply) -> None:
        """A model has been opened: the session goes on with it, and everything is asked for anew.

        Model and state change at once: the views hear of the model first, and only when all of them know it
        of the state, so that none reads the one under the other. Nothing that was asked before is answered
        any more, for it was asked of another model.
        """
        before, first = self.model, self.model is None
        other = before is None or before.path != reply.path
        self._notes = list(reply.notes)
        wanted = self._in_these_data(self._with_what_was_done_since(reply), before, reply)
        # They may be other data than were asked for: the model's own. Nobody is to ask for them again.
        self._wanted = replace(self._wanted, data=reply.data, split=reply.split)
        if other:
            self._components = self._underlay = None
            if not first:
                self.undo_stack.clear()
        self._forget_questions()
        self.model, self.encodings, self.still_told = reply, None, None
        old, self._adopting = self.state, True
        try:
            self.session.open(reply, wanted)
            self.projection = projection_of(self.state.plane, reply.latents, self._components)
            self._base = self.projection.rest(self.state.probe)
            self.loaded.emit(reply)
        finally:
            self._adopting = False
        if self.state != old:
            self.changed.emit(old, self.state)
        if self._notes:
            self.noticed.emit(" ".join(self._notes))
        self._request_point(self.state)
        self._request_changes(None, self.state)

    def _with_what_was_done_since(self, reply: LoadedReply) -> SessionState:
        """The state that was wanted, with what the person did while it was being opened.

        That counts as done to what is open now, but for points of the model before, numbers of its pictures
        and of their classes.
        """
        wanted, now, then, before = self._wanted, self.session.kept, self._asked_from, self.model
        left = frozenset[str]()
        if before is not None and before.path != reply.path and not self._goes_on:
            left |= OF_MODEL
        if (now.data, now.split) != (reply.data, reply.split):
            left |= OF_PICTURES if now.data == reply.data else OF_DATA
        if (wanted.data, wanted.split) != (reply.data, reply.split):
            # The model's own data, in place of those that were asked for.
            wanted = on_data(wanted, reply.data, reply.split)
        since = {
            field.name: getattr(now, field.name)
            for field in fields(SessionState)
            if field.name not in left and getattr(now, field.name) != getattr(then, field.name)
        }
        return replace(wanted, **since, model=wanted.model, data=reply.data, split=reply.split)

    def _in_these_data(
        self, wanted: SessionState, before: LoadedReply | None, reply: LoadedReply
    ) -> SessionState:
        """The state with the numbers that its pictures have in the data as they were read now."""
        if reply.keys is None:
            return replace(wanted, pictures=None)
        same = before is not None and (before.data, before.split) == (reply.data, reply.split)
        if same and before is not None and before.keys is not None and wanted.pictures is None:
            if before.keys.same_as(reply.keys) and before.classes == reply.classes:
                return wanted
            # One came or went while the window was open: edits made before mean other numbers.
            self.undo_stack.clear()
            wanted = keyed(wanted, before.keys, before.classes)
        found = renumbered(wanted, reply.keys, reply.classes)
        if found.lost:
            self._notes.append(in_words(found.lost))
        return found.state

    def _refresh(self) -> None:
        """The model has changed under everything: what is on the screen is asked for anew."""
        state = self.state
        self._request_point(state)
        self.request_selection()
        if state.pins:
            self._ask(TrayRequest(self._next("tray"), state.pins, state.condition))
            self._ask(WalkRequest(self._next("walk"), *way_of(state)))
        self._refreshed += 1
        # The manifold lies under the points too; the grid costs the training, and a hand that moves, more
        # than it shows.
        if not self._hand.isActive():
            self._refresh_grid()
        if self._underlay is not None and state.layers.manifold and UnderlayRequest.slot not in self._drawing:
            self.request_underlay(*self._underlay)

    @Slot()
    def _hand_rests(self) -> None:
        if self._grid_waits:
            self.request_grid()
        else:
            self._refresh_grid()

    def _refresh_grid(self) -> None:
        """The grid anew, if the model has changed often enough since."""
        if (
            self._followed is not None
            and self._refreshed >= self._grid_due
            and GridRequest.slot not in self._drawing
        ):
            self._grid_due = self._refreshed + _GRID_EVERY
            self.request_grid()

    def _stay(self, refusal: Refusal) -> None:
        """Data that could not be opened are not what the session shows: it goes on with those it has."""
        if refusal.slot == LoadRequest.slot and self.model is not None:
            data, split = self.model.data, self.model.split
            self._wanted = replace(self._wanted, data=data, split=split)
            self.session.restore({"data": data, "split": split})

    def _bring_back(self, refusal: Refusal) -> None:
        """The model in sight stays, and the thread has another: it opens that one again, or tries to once.

        Not one in the middle of its training: its next snapshot does so.
        """
        tried = refusal.generation == self._brought_back
        if self._astray and not tried and self.model is not None and self._before_training is None:
            self.open(self.session.kept)
            self._brought_back = self._newest[LoadRequest.slot]
