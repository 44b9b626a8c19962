"""Background tasks of one kind of which only the newest counts: results of older ones are dropped."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from latentlab.data.stopping import StoppedError, stopping
from latentlab.qt.clients.task_queue import Failure, TaskQueue


class Token:
    """Given to a task, which writes its progress and reads whether its result is still wanted.

    Plain numbers that the window polls: a signal from another thread might reach a page that has been closed.
    """

    def __init__(self) -> None:
        self.done = self.total = 0
        self.words = ""
        self._dropped = threading.Event()

    @property
    def dropped(self) -> bool:
        return self._dropped.is_set()

    def drop(self) -> None:
        self._dropped.set()

    def tick(self, done: int, total: int) -> None:
        """Reports progress; ends the task if its result is not wanted any more.

        Raises:
            StoppedError: if it was dropped.
        """
        if self.dropped:
            raise StoppedError("stopped")
        self.done, self.total = done, total


class Newest:
    """Runs tasks in the background; only the newest calls its `then` or `failed`."""

    def __init__(
        self, background: TaskQueue, then: Callable[[Any], None], failed: Callable[[Failure], None]
    ) -> None:
        self._background, self._then, self._failed = background, then, failed
        self.token: Token | None = None

    @property
    def busy(self) -> bool:
        """Whether a result is awaited."""
        return self.token is not None

    def run(self, work: Callable[[Token], Any]) -> None:
        """Runs this task in place of any earlier one."""
        self.drop()
        token = self.token = Token()
        self._background.run(
            functools.partial(_unless_dropped, work, token),
            functools.partial(self._came, token),
            functools.partial(self._broke, token),
        )

    def drop(self) -> None:
        """Drops the awaited result. A task that cannot be interrupted runs to its end, ignored."""
        if self.token is not None:
            self.token.drop()
            self.token = None

    def _came(self, token: Token, result: Any) -> None:
        if token is self.token:
            self.token = None
            self._then(result)

    def _broke(self, token: Token, failure: Failure) -> None:
        if token is self.token:
            self.token = None
            self._failed(failure)


def _unless_dropped(work: Callable[[Token], Any], token: Token) -> Any:
    # It may have waited behind other work for so long that a newer one has come.
    token.tick(0, 0)
    with stopping(lambda: token.dropped):
        return work(token)
