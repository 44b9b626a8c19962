"""The typed client of a worker thread: sends requests and emits replies by the type of the request.

client.on(PointRequest).connect(view.show_point)
client.ask(PointRequest, z, condition)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from PySide6.QtCore import QObject, Signal, SignalInstance

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.qt.clients.mailbox import Mailbox

A = TypeVar("A", bound=Reply)
P = ParamSpec("P")


class _Emitter(QObject):
    told = Signal(object)


class Replies(Generic[A]):
    """The replies to one type of request, emitted on the window's thread. They are received there from the
    worker thread and passed on, so a slot may be anything that Qt connects to.
    """

    def __init__(self, parent: QObject) -> None:
        self._emitter = _Emitter(parent)

    @property
    def signal(self) -> SignalInstance:
        """The Qt signal itself, for those who need one to wait for."""
        return self._emitter.told

    def connect(self, slot: Callable[[A], object]) -> None:
        """Calls `slot(reply)` with each reply from now on."""
        self.signal.connect(slot)

    def disconnect(self, slot: Callable[[A], object]) -> None:
        """Undoes `connect`."""
        self.signal.disconnect(slot)

    def emit(self, reply: A) -> None:
        """Emits a reply to all connected slots."""
        self.signal.emit(reply)


class Client(QObject):
    """Sends requests to a thread and emits each reply that is still the newest of its type.

    Signals: `refused` carries a `Refusal` of any type of request, `busy` a text for the status bar.
    """

    refused = Signal(object)
    busy = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox()
        self._numbers = itertools.count(1)
        # The number of the newest request of each type, by its slot in the mailbox.
        self._newest: dict[type[Request[Any]], int] = {}
        self._replies: dict[type[Request[Any]], Replies[Any]] = {}

    def on(self, kind: type[Request[A]]) -> Replies[A]:
        """The replies to requests of exactly this type."""
        if kind not in self._replies:
            self._replies[kind] = Replies(self)
        return cast("Replies[A]", self._replies[kind])

    def ask(
        self, kind: Callable[Concatenate[int, P], Request[Any]], *args: P.args, **kwargs: P.kwargs
    ) -> int:
        """Sends a request of this type, built from its number and these arguments; -> the number.

        Replies to older requests of the type are dropped from now on.
        """
        request = kind(next(self._numbers), *args, **kwargs)
        self._newest[request.place] = request.generation
        self._send(request)
        return request.generation

    def forget(self, *kinds: type[Request[Any]]) -> None:
        """Drops the replies to what has been requested of these types."""
        for kind in kinds:
            self._newest.pop(kind.place, None)

    def _forget_all_but(self, *kinds: type[Request[Any]]) -> None:
        kept = {kind.place for kind in kinds}
        self.forget(*(place for place in self._newest if place not in kept))

    def _send(self, request: Request[Any]) -> None:
        self._mailbox.put(request)

    def _current(self, kind: type[Request[Any]], reply: Reply) -> bool:
        """Whether a reply answers the newest request of its type."""
        return self._newest.get(kind.place) == reply.generation

    def _tell(self, kind: type[Request[Any]], reply: Reply) -> None:
        """Emits a reply if it is still current."""
        if kind in self._replies and self._current(kind, reply):
            self._replies[kind].emit(reply)
