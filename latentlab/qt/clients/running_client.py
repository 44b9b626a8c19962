"""The client of a thread that does one long piece of work at a time, and tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, cast

from PySide6.QtCore import Signal, Slot

from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.qt.clients.background_client import BackgroundClient


class _Telling(Protocol):
    @property
    def event(self) -> object: ...


class RunningClient(BackgroundClient):
    """`told` carries each event of the work that runs, `changed` says that it has begun or ended, `failed`
    carries a message and the details for the log. A subclass names:

    Attributes:
        work: the type of the request that begins the work; its replies have an `event`.
        last: the type of the event that ends it.
        running: whether it runs.
    """

    told = Signal(object)
    changed = Signal()
    failed = Signal(str, str)
    work: ClassVar[type[Request[Any]]]
    last: ClassVar[type[object]]
    running = False

    def _begin(self, *asked: object) -> None:
        """Begins with these fields of the request, in place of what runs now."""
        self.ask(cast("Callable[..., Request[Any]]", self.work), *asked)
        self._become(running=True)

    def _end(self, *asked: object) -> None:
        """Stops by a request with these fields, after the current piece; nothing more is told of it."""
        if self.running:
            self.ask(cast("Callable[..., Request[Any]]", self.work), *asked)
            self._become(running=False)

    def _become(self, *, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.changed.emit()

    @Slot(object, object)
    def _receive(self, kind: type[Request[Any]], reply: Reply) -> None:
        if isinstance(reply, Refusal):
            if reply.generation == 0 or self._current(kind, reply):
                self._refuse(reply)
        elif not issubclass(kind, self.work):
            self._tell(kind, reply)
        elif self.running and self._current(kind, reply):
            event = cast("_Telling", reply).event
            # Before it is told: whoever hears of the end may begin anew.
            if isinstance(event, self.last):
                self._become(running=False)
            self.told.emit(event)

    def _refuse(self, refusal: Refusal) -> None:
        # The engine that does not start refuses everything.
        of_work = refusal.generation == 0 or refusal.of(self.work)
        if of_work or refusal.details:
            self.failed.emit(refusal.message, refusal.details)
        self.refused.emit(refusal)
        if of_work:
            self._become(running=False)
