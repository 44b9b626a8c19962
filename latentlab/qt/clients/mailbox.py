"""The mailbox between window and render thread: one slot for each kind of request, the newest wins."""

from __future__ import annotations

import threading
from typing import Any

from latentlab.engine.rendering.serving import Request


class Mailbox:
    """Thread-safe. `put` never blocks; nothing queues up behind a slow decode."""

    def __init__(self) -> None:
        self._waiting: dict[type[Request[Any]], Request[Any]] = {}
        self._changed = threading.Condition()
        self._closed = self._rests = False

    @property
    def idle(self) -> bool:
        """Whether it is empty and the consumer is waiting."""
        with self._changed:
            return self._rests and not self._waiting

    @property
    def closed(self) -> bool:
        return self._closed

    def holds(self, place: type[Request[Any]]) -> bool:
        """Whether a request for this slot has not been taken yet."""
        return place in self._waiting

    def put(self, request: Request[Any]) -> None:
        """Leaves a request in its slot, replacing an older one."""
        with self._changed:
            self._waiting[request.place] = request
            self._changed.notify()

    def take(self, at_most: float | None) -> list[Request[Any]]:
        """All requests since the last call.

        Waits up to so many seconds for one: 0 not at all, None until there is one or the mailbox is closed.
        """
        with self._changed:
            if at_most != 0.0:
                self._rests = at_most is None
                self._changed.wait_for(lambda: self._waiting or self._closed, at_most)
                self._rests = False
            taken = list(self._waiting.values())
            self._waiting.clear()
            return taken

    def close(self) -> None:
        """Closes it for good and wakes all who wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
