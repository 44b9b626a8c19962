"""The window's client of density ratios: a thread of its own, which starts with the first request.

A ratio takes a minute or two, in pieces of a fraction of a second: between two of them it stops, or gives
way to a drag. Samples that were drawn are kept, so that the next ratio of the same model begins with them.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.evaluation.ratio.events import RatioDone
from latentlab.engine.evaluation.ratio.requests import RatioReply, RatioRequest
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.qt.clients.background_client import BackgroundClient
from latentlab.qt.clients.render_thread import Serves

_SERVICE = ("latentlab.engine.evaluation.ratio.service", "RatioService")


class RatioClient(BackgroundClient):
    """`told` carries each event of the estimate that runs, `changed` says that one has begun or ended,
    `failed` carries a message and the details for the log.

    Attributes:
        running: whether it estimates.
    """

    told = Signal(object)
    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__("ratioThread", _SERVICE, service, parent)
        self.running = False

    def estimate(self, a: str, b: str, pictures: int, seed: int = 0) -> None:
        """Estimates the ratio of two sets, in place of what it estimates now; see `RatioRequest`."""
        self.ask(RatioRequest, a, b, pictures, seed)
        self._become(running=True)

    def stop_estimating(self) -> None:
        """Stops after the current piece of work; nothing more is told of it."""
        if self.running:
            self.ask(RatioRequest)
            self._become(running=False)

    def _become(self, *, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.changed.emit()

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        match reply:
            # The engine that does not start refuses everything.
            case Refusal() if reply.generation == 0 or self._current(kind, reply):
                self.failed.emit(reply.message, reply.details)
                self.refused.emit(reply)
                self._become(running=False)
            case RatioReply(event=event) if self._current(kind, reply) and self.running:
                if isinstance(event, RatioDone):
                    self._become(running=False)
                self.told.emit(event)
