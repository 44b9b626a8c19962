"""Work for which the window does not wait: files written and read beside the event loop.

One piece after another, in the order in which they were asked for, so that two saves to one file cannot
cross. What comes of a piece is handed over on the window's own thread.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from latentlab.errors import LabError


@dataclass(frozen=True)
class Failure:
    """Why a piece of work came to nothing. `details` is a traceback, "" if the failure is an expected one."""

    message: str
    details: str = ""


@dataclass(frozen=True, eq=False)
class _Done:
    result: Any
    failure: Failure | None
    then: Callable[[Any], None]
    failed: Callable[[Failure], None]


class TaskQueue(QObject):
    """Does one piece of work at a time on a thread of its own."""

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
        """Whether anything is still to be done or handed over."""
        return self._waiting > 0

    def run(
        self, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[Failure], None]
    ) -> None:
        """Has `work` done elsewhere; `then(result)` or `failed(failure)` is called here afterwards."""
        self._waiting += 1

        def do() -> None:
            result, failure = None, None
            try:
                result = work()
            except LabError as error:
                failure = Failure(str(error))
            except Exception as error:
                # The traceback, for it cannot cross threads in any other form.
                failure = Failure(f"{type(error).__name__}: {error}", traceback.format_exc())
            self._ended.emit(_Done(result, failure, then, failed))

        self._pool.start(do)

    def finish(self, milliseconds: int = 2000) -> bool:
        """Waits for the work in hand, as when the window closes; whether all of it got done."""
        return self._pool.waitForDone(milliseconds)

    @Slot(object)
    def _hand_over(self, done: _Done) -> None:
        self._waiting -= 1
        if done.failure is None:
            done.then(done.result)
        else:
            done.failed(done.failure)
