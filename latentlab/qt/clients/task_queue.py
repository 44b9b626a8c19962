"""A queue of background work, such as reading and writing files, so that the window never waits.

Tasks run one after another in the order of their submission, so two saves to one file cannot cross. Results
are delivered on the window's thread.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from latentlab.errors import LabError


@dataclass(frozen=True)
class Failure:
    """Why a task failed. `details` is a traceback, "" for an expected failure."""

    message: str
    details: str = ""


@dataclass(frozen=True, eq=False)
class _Done:
    result: Any
    failure: Failure | None
    then: Callable[[Any], None]
    failed: Callable[[Failure], None]


class TaskQueue(QObject):
    """Runs one task at a time on a thread of its own."""

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("background")
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._waiting = 0
        self._ended.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether any task is still to run or to be delivered."""
        return self._waiting > 0

    def run(
        self, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[Failure], None]
    ) -> None:
        """Runs `work` in the background; `then(result)` or `failed(failure)` is called on this thread
        afterwards.
        """
        self._waiting += 1

        def do() -> None:
            result, failure = None, None
            try:
                result = work()
            except LabError as error:
                failure = Failure(str(error))
            except Exception as error:
                # The traceback as text: it cannot cross threads in any other form.
                failure = Failure(f"{type(error).__name__}: {error}", traceback.format_exc())
            # Deleted with its window while this ran: nobody waits for the result.
            with contextlib.suppress(RuntimeError):
                self._ended.emit(_Done(result, failure, then, failed))

        self._pool.start(do)

    def finish(self, milliseconds: int = 2000) -> bool:
        """Waits for the current work, as when the window closes; whether all of it got done."""
        return self._pool.waitForDone(milliseconds)

    @Slot(object)
    def _hand_over(self, done: _Done) -> None:
        self._waiting -= 1
        if done.failure is None:
            done.then(done.result)
        else:
            done.failed(done.failure)
