"""The client of the thread that looks into mixtures and runs their EM again, behind all else.

The thread starts with the first request: it costs nothing until a mixture is looked at.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Slot

from latentlab.engine.rendering.requests.mixture import (
    ComponentRequest,
    ComponentsRequest,
    EMRequest,
)
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.qt.clients.client import Client
from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.render_thread import RenderThread, Serves

_SERVICE = ("latentlab.engine.rendering.mixture_service", "MixtureService")


class MixtureClient(Client):
    """Sends requests about mixtures."""

    def __init__(self, service: Serves | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = False
        self._thread = RenderThread(self._mailbox, service, self, make=_SERVICE, gives_way=True)
        self._thread.setObjectName("mixtureThread")
        self._thread.replied.connect(self._receive, Qt.ConnectionType.QueuedConnection)

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

    def give_way(self) -> None:
        """Something is being dragged elsewhere: for a moment this thread takes less of the computer."""
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
