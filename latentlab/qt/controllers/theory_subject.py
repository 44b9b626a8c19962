"""The picture that the theory is told of, and its true posterior: one for the panel and the plane's layer.

The picture is the selected one, the one whose code is nearest to the probe, or the user's own. While the
probe moves, the posterior is computed quickly, one as soon as another is there; when it rests, exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.rendering.requests.theory import NEEDS, PosteriorReply, PosteriorRequest, Subject
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture, Point
from latentlab.qt.clients.hand import HAND_RESTS_S, milliseconds
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.neighbours import nearest, squared_lengths
from latentlab.session.state import SessionState

SELECTED, NEAREST, OWN = "selected", "nearest", "own"
# So long after a move of the probe the posterior is asked for: other moves may be waiting.
_SOON_MS = 8
_POINTS = "The codes of this model are points: without a posterior there is no ELBO, and nothing to compare."
# In more dimensions there is no quick way: only a probe that rests is worth the work.
_FLAT = 2


class TheorySubject(QObject):
    """Signals: `changed` says that it is another picture, or none; `told` carries its `PosteriorReply`, quick
    or exact; `refused` why there is none.
    """

    changed = Signal()
    told = Signal(object)
    refused = Signal(str)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self.source = NEAREST if workspace.state.selected is None else SELECTED
        self.subject: Subject | None = None
        self.reply: PosteriorReply | None = None
        self._own: Subject | None = None
        self._wanted: set[str] = set()
        self._waiting = self._tell_again = False
        self._lengths: tuple[EncodingsReply, NDArray[np.float32] | None] | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._look)
        self._rest = QTimer(self, singleShot=True, interval=milliseconds(HAND_RESTS_S))
        self._rest.timeout.connect(self._ask_exactly)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._moved)
        workspace.loaded.connect(self._forget)
        workspace.encoded.connect(self._encoded)
        workspace.on(PosteriorRequest).connect(self._replied)
        workspace.refused.connect(self._refused)

    @property
    def possible(self) -> bool:
        """Whether the open model has a posterior, a likelihood and a prior."""
        model = self._workspace.model
        return model is not None and model.capabilities >= NEEDS and not self._encodes_to_points

    @property
    def _encodes_to_points(self) -> bool:
        """Whether its codes are points, as an autoencoder's are also with a prior: it has no ELBO then."""
        model = self._workspace.model
        return model is not None and bool(model.figures) and "elbo" not in model.figures

    def want(self, who: str, on: bool) -> None:
        """Someone wants to be told of the posterior, also of what is known already; or no longer."""
        (self._wanted.add if on else self._wanted.discard)(who)
        if on:
            self._tell_again = True
            self._look_soon()

    def choose(self, source: str) -> None:
        """Another picture: one of SELECTED, NEAREST and OWN."""
        if source != self.source:
            self.source = source
            self._look_soon()
            self.changed.emit()

    def take_own(self, seen: Picture | None, condition: Point = ()) -> None:
        """The user's own picture, as the model sees it."""
        self._own = None if seen is None else Subject(seen=seen, condition=condition)
        if seen is not None and self.source != OWN:
            self.choose(OWN)
        elif seen is None and self.source == OWN:
            self.choose(SELECTED if self._workspace.state.selected is not None else NEAREST)
        else:
            self._look_soon()

    def _look_soon(self) -> None:
        if self._wanted and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _look(self) -> None:
        """Asks about the picture of now, unless it is the one before."""
        if self._wanted and self._encodes_to_points:
            self.refused.emit(_POINTS)
        if not self._wanted or not self.possible or self._waiting:
            return
        subject = self._now()
        if subject is None or self.subject is None or not _same(subject, self.subject):
            self.subject, self.reply = subject, None
            self.changed.emit()
        again, self._tell_again = self._tell_again, False
        if self.reply is not None and again:
            self.told.emit(self.reply)
        if subject is None or self.reply is not None:
            return
        model = self._workspace.model
        if model is not None and model.latents <= _FLAT:
            self._ask(quick=True)
        self._rest.start()

    def _ask(self, quick: bool) -> None:
        assert self.subject is not None
        self._waiting = quick
        self._workspace.ask(PosteriorRequest, self.subject, quick)

    @Slot()
    def _ask_exactly(self) -> None:
        if self._waiting:
            self._rest.start()  # it would take the place of the quick one, which is nearly there
        elif self._wanted and self.subject is not None and (self.reply is None or self.reply.quick):
            self._ask(quick=False)

    def _now(self) -> Subject | None:
        """The picture that is meant now."""
        workspace = self._workspace
        if self.source == OWN:
            return self._own
        if self.source == SELECTED:
            index = workspace.state.selected
            return None if index is None else Subject(index)
        found, z = workspace.encodings, workspace.state.probe
        if found is None or not len(found.mean) or found.mean.shape[1] != len(z):
            return None
        if self._lengths is None or self._lengths[0] is not found:
            self._lengths = (found, squared_lengths(found.mean))
        return Subject(nearest(found.mean, z, 1, lengths=self._lengths[1])[0])

    @Slot(object, object)
    def _moved(self, old: SessionState, new: SessionState) -> None:
        if self.source == NEAREST and old.probe != new.probe:
            self._look_soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected:
            self.source = NEAREST if new.selected is None else SELECTED
            self._look_soon()
            self.changed.emit()
        self._moved(old, new)

    @Slot(object)
    def _forget(self, _: object) -> None:
        """Another model, or other pictures: what was known is of no use."""
        self.subject = self.reply = None
        self._waiting = False
        self._rest.stop()
        if self.source == SELECTED and self._workspace.state.selected is None:
            self.source = NEAREST
        self.changed.emit()
        self._look_soon()

    @Slot(object)
    def _encoded(self, found: EncodingsReply) -> None:
        # Of a model in training, the weights are others at each snapshot.
        if self._workspace.following:
            self.reply = None
        if self.reply is None:
            self._look_soon()

    @Slot(object)
    def _replied(self, reply: PosteriorReply) -> None:
        self._waiting = False
        if self.subject is None or not _same(reply.subject, self.subject):
            self._look_soon()
            return
        self.reply = reply
        self.told.emit(reply)
        # The probe may have gone on meanwhile.
        if reply.quick:
            self._look_soon()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(PosteriorRequest):
            self._waiting = False
            self.refused.emit(refusal.message)


def _same(one: Subject, other: Subject) -> bool:
    return (one.index, one.condition) == (other.index, other.condition) and one.seen is other.seen


def subject_of(workspace: Workspace) -> TheorySubject:
    """That of a workspace, made when it is first asked for."""
    found = workspace.findChild(TheorySubject, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, TheorySubject) else TheorySubject(workspace)
