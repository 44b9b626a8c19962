"""The client of the thread that looks into mixtures and runs their EM again, behind all else.

The thread starts with the first request: it costs nothing until a mixture is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from latentlab.engine.rendering.em_tape import EMTape
from latentlab.engine.rendering.requests.mixture import (
    ComponentRequest,
    ComponentsReply,
    ComponentsRequest,
    EMRequest,
    FollowedReply,
    FollowEMRequest,
)
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.models.capabilities import Capability
from latentlab.models.registry import capabilities_in
from latentlab.qt.clients.background_client import BackgroundClient
from latentlab.qt.clients.render_thread import Serves

if TYPE_CHECKING:
    from latentlab.engine.training.snapshot import Snapshot

# Mixtures whose EM is run again in a project.
_TAPED = 3
_SERVICE = ("latentlab.engine.rendering.mixture_service", "MixtureService")


class MixtureClient(BackgroundClient):
    """Sends requests about mixtures, and keeps the steps of the EM of a mixture in training.

    Attributes:
        taped: hashes of the mixtures that have a tape of their EM, the latest last. A project keeps them;
            the tape is made again from the recipe in the mixture's file.
    """

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("mixtureThread", _SERVICE, service, parent)
        # The training that was last followed, its steps, and the snapshot that waits for the one under way.
        self._training, self._live = "", EMTape()
        self._under_way = False
        self._next: Snapshot | None = None
        self.taped: tuple[str, ...] = ()

    def look_into(self, model: str, data: str) -> None:
        """Opens a mixture, a name or a path; what was asked of another one is dropped."""
        self.stop_em()
        self.forget(ComponentRequest)
        self.ask(ComponentsRequest, model, data)

    def stop_em(self) -> None:
        """Stops the EM that runs, after the current piece of work; no more of its steps come."""
        if self._thread.isRunning():
            self.ask(EMRequest, False)
        self.forget(EMRequest)

    def note_tape(self, mixture: str, there: bool = True) -> None:
        """Notes that a mixture of this hash has a tape, or is to have none any more."""
        if there and mixture not in self.taped:
            self.taped = (*self.taped, mixture)[-_TAPED:]
        elif not there:
            self.taped = tuple(one for one in self.taped if one != mixture)

    @Slot(object)
    def follow(self, snapshot: Snapshot) -> None:
        """Keeps the steps of a mixture in training; other models are none of its business."""
        if Capability.HAS_COMPONENTS not in capabilities_in(snapshot.kind, snapshot.config):
            return
        self._next = snapshot
        self._follow_next()

    def _follow_next(self) -> None:
        snapshot = self._next
        if snapshot is None or self._under_way or self._stopped:
            return
        self._next, self._under_way = None, True
        self.ask(
            FollowEMRequest,
            snapshot.name,
            snapshot.kind,
            snapshot.config,
            snapshot.theta,
            snapshot.step,
            snapshot.data,
            snapshot.buffers,
        )

    def tape_of(self, mixture: ComponentsReply) -> EMTape | None:
        """The steps that were kept while a mixture was fitted here, to its end; None of any other."""
        steps, end = self._live.steps, mixture.step
        if self._training != mixture.model or not steps or steps[-1].number > end.number:
            return None
        if steps[-1].means.shape != end.means.shape:
            return None
        if steps[-1].number < end.number:
            self._live.add(end)
        return self._live

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        if isinstance(reply, FollowedReply):
            self._followed(reply)
        elif not isinstance(reply, Refusal):
            self._tell(kind, reply)
        elif reply.of(FollowEMRequest):
            # The training itself goes on, and EM can be run again.
            self._under_way, self._next = False, None
        elif reply.generation == 0 or self._current(kind, reply):
            self.refused.emit(reply)

    def _followed(self, reply: FollowedReply) -> None:
        if reply.step is None:
            self._under_way = False
            self._follow_next()
            return
        if reply.first or reply.training != self._training:
            self._training, self._live = reply.training, EMTape()
        self._live.add(reply.step)
