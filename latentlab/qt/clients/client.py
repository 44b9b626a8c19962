"""Where questions go out and answers come back, by the type of the request.

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
    """The replies to one kind of request, told on the thread of the window: the client receives them there
    from the thread that serves it, and tells them on. So a slot may be whatever Qt connects to."""

    def __init__(self, parent: QObject) -> None:
        self._emitter = _Emitter(parent)

    @property
    def signal(self) -> SignalInstance:
        """Qt's signal, as those want it who wait for it."""
        return self._emitter.told

    def connect(self, slot: Callable[[A], object]) -> None:
        """Has `slot(reply)` called with each reply to come."""
        self.signal.connect(slot)

    def disconnect(self, slot: Callable[[A], object]) -> None:
        """The other way round."""
        self.signal.disconnect(slot)

    def emit(self, reply: A) -> None:
        """Tells a reply to all that are connected."""
        self.signal.emit(reply)


class Client(QObject):
    """Asks a thread, and tells what it answers as long as the question is the newest of its kind.

    Signals: `refused` carries a `Refusal` of any kind of request, `busy` words for the status bar.
    """

    refused = Signal(object)
    busy = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox()
        self._numbers = itertools.count(1)
        # The number of the newest question of each kind, by its place in the mailbox.
        self._newest: dict[type[Request[Any]], int] = {}
        self._replies: dict[type[Request[Any]], Replies[Any]] = {}

    def on(self, kind: type[Request[A]]) -> Replies[A]:
        """What is answered to requests of this very type."""
        if kind not in self._replies:
            self._replies[kind] = Replies(self)
        return cast("Replies[A]", self._replies[kind])

    def ask(
        self, kind: Callable[Concatenate[int, P], Request[Any]], *args: P.args, **kwargs: P.kwargs
    ) -> int:
        """Asks by a request of this type, made of its number and these arguments; -> the number.

        An older question of the kind is not answered any more.
        """
        request = kind(next(self._numbers), *args, **kwargs)
        self._newest[request.place] = request.generation
        self._send(request)
        return request.generation

    def forget(self, *kinds: type[Request[Any]]) -> None:
        """What has been asked of these kinds is not answered any more."""
        for kind in kinds:
            self._newest.pop(kind.place, None)

    def _forget_all_but(self, *kinds: type[Request[Any]]) -> None:
        kept = {kind.place for kind in kinds}
        self.forget(*(place for place in self._newest if place not in kept))

    def _send(self, request: Request[Any]) -> None:
        self._mailbox.put(request)

    def _current(self, kind: type[Request[Any]], reply: Reply) -> bool:
        """Whether a reply answers the newest question of its kind."""
        return self._newest.get(kind.place) == reply.generation

    def _tell(self, kind: type[Request[Any]], reply: Reply) -> None:
        """Tells a reply, if it is still asked for."""
        if kind in self._replies and self._current(kind, reply):
            self._replies[kind].emit(reply)
