"""Points drawn ahead of time on another thread, for a plane that changes by itself four times a second.

Drawing 70,000 points takes some milliseconds, during which the window would not answer the hand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.views.latent_plane.scatter import Placed


class Ahead(QObject):
    """Does one `place` at a time; of those that come meanwhile, the newest. `ready` carries the `Placed`."""

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = TaskQueue(self)
        self._next: Callable[[], Placed] | None = None
        self._used = False
        # Counts what was forgotten.
        self._age = 0

    def prepare(self, work: Callable[[], Placed]) -> None:
        """Has this done next."""
        self._next, self._used = work, True
        self._go_on()

    @property
    def in_use(self) -> bool:
        """Whether the plane changes by itself now."""
        return self._used

    def forget(self) -> None:
        """What has not come to its end is not wanted any more."""
        self._next, self._used = None, False
        self._age += 1

    def _go_on(self) -> None:
        if self._next is not None and not self._background.busy:
            work, self._next = self._next, None
            self._background.run(work, partial(self._done, self._age), self._failed)

    def _done(self, age: int, placed: Placed) -> None:
        if age == self._age:
            self.ready.emit(placed)
        self._go_on()

    def _failed(self, failure: Failure) -> None:
        self._go_on()
        raise RuntimeError(f"{failure.message}\n{failure.details}")
