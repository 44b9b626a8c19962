"""Where the window leaves its wishes for the render thread: one slot a kind, the newest wins."""

from __future__ import annotations

import threading

from latentlab.engine.rendering.serving import Request


class Mailbox:
    """Thread-safe. `put` never waits; nothing queues up behind a slow decode."""

    def __init__(self) -> None:
        self._slots: dict[str, Request] = {}
        self._changed = threading.Condition()
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def holds(self, slot: str) -> bool:
        """Whether a request of this kind has come that nobody has taken yet."""
        return slot in self._slots

    def put(self, request: Request) -> None:
        """Leaves a request, in place of any older one of its kind."""
        with self._changed:
            self._slots[request.slot] = request
            self._changed.notify()

    def take(self, at_most: float | None) -> list[Request]:
        """All requests that have come since the last call.

        Waits for one so many seconds, 0 not at all, None until there is one or the mailbox is closed.
        """
        with self._changed:
            if at_most != 0.0:
                self._changed.wait_for(lambda: self._slots or self._closed, at_most)
            taken = list(self._slots.values())
            self._slots.clear()
            return taken

    def close(self) -> None:
        """Wakes whoever waits, for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
