"""Where the diffusion view asks: a render thread of its own, with a denoiser beside the plane's model.

The thread begins with the first question: who never looks at a diffusion model never pays for it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.diffusion.requests import (
    BeliefReply,
    BeliefRequest,
    DenoiserReply,
    FollowDenoiserRequest,
    FrameReply,
    NoiseReply,
    NoiseRequest,
    OpenDenoiserRequest,
    SamplesInTrainingReply,
    TapeRequest,
)
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.engine.types import Point
from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.render_thread import RenderThread, Serves
from latentlab.qt.clients.training_orders import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.engine.diffusion.runner import Frame

# Requests that are not about the model that is open.
_OF_NO_MODEL = (OpenDenoiserRequest.slot, FollowDenoiserRequest.slot)
_SERVICE = ("latentlab.engine.diffusion.service", "DiffusionService")


class DenoiserClient(QObject):
    """Asks the denoiser; answers that are not the newest of their kind are dropped.

    Signals carry one reply each: `opened` a `DenoiserReply`, `framed` a `FrameReply`, `predicted` a
    `BeliefReply`, `noised` a `NoiseReply`, `sampled` a `SamplesInTrainingReply`, `refused` a `Refusal`;
    `busy` carries words for the status bar.

    Attributes:
        model: the denoiser that is open.
    """

    opened = Signal(object)
    framed = Signal(object)
    predicted = Signal(object)
    noised = Signal(object)
    sampled = Signal(object)
    refused = Signal(object)
    busy = Signal(str)

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: DenoiserReply | None = None
        self._mailbox = Mailbox()
        self._numbers = itertools.count(1)
        self._newest: dict[str, int] = {}
        self._thread = RenderThread(self._mailbox, service, self, make=_SERVICE, gives_way=True)
        self._thread.setObjectName("diffusionThread")
        self._thread.replied.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self._stopped = False
        # Whether the thread has opened another model than the one in sight: one that was asked for, and given
        # up for a newer request when it was already there. And the request that was to mend that.
        self._astray, self._brought_back = False, 0

    def open(self, model: str) -> None:
        """Asks for a denoiser, a name or a path; the tape of the one before stops."""
        self.stop_tape()
        self.busy.emit(f"Opening {model} …")
        self._ask(OpenDenoiserRequest(self._next(OpenDenoiserRequest.slot), model))

    def run(
        self, recipe: Recipe, after: Frame | None = None, every: int = 1, go_on: Frame | None = None
    ) -> None:
        """Runs a tape in place of the one that runs; see `TapeRequest`."""
        self._ask(TapeRequest(self._next(TapeRequest.slot), recipe, after, every, go_on))

    def stop_tape(self) -> None:
        """Ends the tape that runs, after the piece of work in hand; no more of its frames are told."""
        number = self._next(TapeRequest.slot)
        if self._thread.isRunning():
            self._ask(TapeRequest(number, None))

    def believe(
        self, x_t: NDArray[np.float32], t: int, conditions: tuple[Point, ...] = (), guidance: float = 1.0
    ) -> None:
        """Asks what the model believes of pictures at t."""
        self._ask(BeliefRequest(self._next(BeliefRequest.slot), x_t, t, conditions, guidance))

    def draw_noise(self, seed: int) -> None:
        """Asks for the noise of a seed."""
        self._ask(NoiseRequest(self._next(NoiseRequest.slot), seed))

    def follow(self, snapshot: Snapshot, recipe: Recipe) -> None:
        """Asks for pictures of a denoiser in the midst of its training."""
        number = self._next(FollowDenoiserRequest.slot)
        self._ask(
            FollowDenoiserRequest(
                number,
                snapshot.kind,
                snapshot.config,
                snapshot.theta,
                snapshot.step,
                recipe,
                snapshot.buffers,
            )
        )

    def give_way(self) -> None:
        """The hand moves elsewhere: for a moment the computer is less its own."""
        self._thread.give_way()

    def stop(self) -> None:
        """Ends the thread; returns when it has ended."""
        self._stopped = True
        self._thread.stop()

    def _next(self, slot: str) -> int:
        self._newest[slot] = next(self._numbers)
        return self._newest[slot]

    def _ask(self, request: Request) -> None:
        if self._stopped:
            return
        self._mailbox.put(request)
        if not self._thread.isRunning():
            self._thread.start()

    @Slot(object)
    def _receive(self, reply: Reply) -> None:
        if isinstance(reply, DenoiserReply):
            self._astray = not self._current(OpenDenoiserRequest.slot, reply)
        elif self._astray and isinstance(reply, FrameReply | BeliefReply | NoiseReply):
            return
        match reply:
            case Refusal():
                if reply.generation in (0, self._newest.get(reply.slot)):
                    self.refused.emit(reply)
                    self._bring_back(reply)
            case DenoiserReply() if not self._astray:
                # What was asked before was asked of another model.
                self._newest = {slot: self._newest[slot] for slot in _OF_NO_MODEL if slot in self._newest}
                self.model = reply
                self.opened.emit(reply)
            case FrameReply() if self._current(TapeRequest.slot, reply):
                self.framed.emit(reply)
            case BeliefReply() if self._current(BeliefRequest.slot, reply):
                self.predicted.emit(reply)
            case NoiseReply() if self._current(NoiseRequest.slot, reply):
                self.noised.emit(reply)
            case SamplesInTrainingReply() if self._current(FollowDenoiserRequest.slot, reply):
                self.sampled.emit(reply)

    def _bring_back(self, refusal: Refusal) -> None:
        """The model in sight stays, and the thread has another: it opens that one again, or tries to once."""
        slot = OpenDenoiserRequest.slot
        tried = refusal.generation == self._brought_back
        if refusal.slot == slot and self._astray and not tried and self.model is not None:
            self.open(self.model.path)
            self._brought_back = self._newest[slot]

    def _current(self, slot: str, reply: Reply) -> bool:
        return self._newest.get(slot) == reply.generation
