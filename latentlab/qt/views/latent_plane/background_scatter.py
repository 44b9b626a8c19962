"""Renders the points on another thread, for a plane that changes four times a second during training.

Rendering 70,000 points takes some milliseconds, which would delay a drag.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.views.latent_plane.scatter import Placed


class Ahead(QObject):
    """Runs one `place` at a time; of those requested meanwhile, the newest. `ready` carries the `Placed`."""

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = TaskQueue(self)
        self._next: Callable[[], Placed] | None = None
        self._used = False
        # Counts calls of `forget`.
        self._age = 0

    def prepare(self, work: Callable[[], Placed]) -> None:
        """Runs this next."""
        self._next, self._used = work, True
        self._go_on()

    @property
    def in_use(self) -> bool:
        """Whether the plane is changing by itself."""
        return self._used

    def forget(self) -> None:
        """Drops what is not finished."""
        self._next, self._used = None, False
        self._age += 1

    def finish(self) -> None:
        """Waits for what is running."""
        self.forget()
        self._background.finish()

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
