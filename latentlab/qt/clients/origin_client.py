"""The client of the thread that says where made pictures come from.

It starts with the first request, holds the training pictures of one data set, and gives way to all else.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Slot

from latentlab.engine.evaluation.origin_requests import OriginRequest
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.engine.types import Picture
from latentlab.qt.clients.client import Client
from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.render_thread import RenderThread, Serves

_SERVICE = ("latentlab.engine.evaluation.origin_service", "OriginService")


class OriginClient(Client):
    """Its replies are heard by `on(OriginRequest)`, refusals by `refused`.

    Args:
        service: serves the requests; None makes one in the thread.
    """

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = False
        self._thread = RenderThread(self._mailbox, service, self, make=_SERVICE, gives_way=True)
        self._thread.setObjectName("originThread")
        self._thread.replied.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def where_from(self, picture: Picture, model: str, instead: str) -> None:
        """Requests where a picture comes from, in place of an earlier one; see `OriginRequest`."""
        self.ask(OriginRequest, picture, model, instead)

    def give_way(self) -> None:
        """Something is being dragged: for a moment this thread takes less of the computer."""
        self._thread.give_way()

    def request_end(self) -> list[EndingThread]:
        """Tells the thread to end and sends no more requests; returns what is to be joined."""
        self._stopped = True
        self._thread.request_end()
        return [self._thread]

    def _send(self, request: Request[Any]) -> None:
        if self._stopped:
            return
        super()._send(request)
        if not self._thread.isRunning():
            self._thread.start()

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        if not isinstance(reply, Refusal):
            self._tell(kind, reply)
        elif reply.generation == 0 or self._current(kind, reply):
            self.refused.emit(reply)
