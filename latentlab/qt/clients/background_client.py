"""The client of a worker thread of its own, behind the one that draws the plane.

The thread starts with the first request, and gives way to whatever is dragged.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Slot

from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.qt.clients.client import Client
from latentlab.qt.clients.joining import EndingThread, join
from latentlab.qt.clients.render_thread import RenderThread, Serves


class BackgroundClient(Client):
    """Its replies are heard by `on`, refusals by `refused`; a subclass may do otherwise in `_receive`.

    Args:
        name: the thread's.
        make: module and class of the service that is made in the thread, without arguments.
        service: serves the requests in its place.
    """

    def __init__(
        self, name: str, make: tuple[str, str], service: Serves | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._stopped = False
        self._thread = RenderThread(self._mailbox, service, self, make=make, gives_way=True)
        self._thread.setObjectName(name)
        self._thread.replied.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def give_way(self) -> None:
        """Something is being dragged elsewhere: for a moment this thread takes less of the computer."""
        self._thread.give_way()

    def request_end(self) -> list[EndingThread]:
        """Tells the thread to end and sends no more requests; returns what is to be joined."""
        self._stopped = True
        self._thread.request_end()
        return [self._thread]

    def stop(self) -> None:
        """Ends the thread; returns when it has ended or the time limit for joining is over."""
        join(self.request_end())

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
