"""Until nothing more comes of it: what a test waits for that shows that something does *not* happen.

Waiting for a while shows little on a slow machine and costs the same on a quick one. Here every delay that
is pending is over at once, whatever its length, and every thread has done what it was asked; what has not
happened then does not happen at all. Where it matters how long something takes, `pass_time` lets so much time
pass for all delays, and none on the wall.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, QTimer, QTimerEvent
from PySide6.QtWidgets import QApplication

from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.render_thread import RenderThread
from latentlab.qt.clients.task_queue import TaskQueue
from tests.qt.leaks import made

# Long: on a busy machine importing torch on a thread alone took 20 s.
_PATIENCE_S = 60.0
# What threads have been given to do since the tests began, a mark each.
_given: list[None] = []
# How long each delay has run by `pass_time`; whenever a timer is started anew it has another number.
_passed: dict[tuple[int, int], int] = {}


def _note(kind: type, name: str) -> None:
    """From now on each call of a method is noted in `_given`."""
    give: Callable[..., None] = getattr(kind, name)

    def noted(self: object, *args: Any, **kwargs: Any) -> None:
        _given.append(None)
        give(self, *args, **kwargs)

    setattr(kind, name, noted)


_note(Mailbox, "put")
_note(TaskQueue, "run")


def until_idle(longest_ms: int = 1000) -> None:
    """Returns when no event is pending, no delay of up to `longest_ms` runs, and no thread has work.

    Delays are single-shot timers: they fire now, the shortest first. Clocks that tick on are left alone.

    Raises:
        TimeoutError: if there is always something more.
    """
    late = time.monotonic() + _PATIENCE_S
    while True:
        until_threads_rest()
        delays = _delays(longest_ms)
        if not delays:
            return
        _fire(delays[0])
        if time.monotonic() > late:
            raise TimeoutError(f"never idle: {delays}")


def until_threads_rest() -> None:
    """Returns when every thread has done what it was asked and all that it said has been taken note of.

    Raises:
        TimeoutError: if one goes on and on, as one that a test holds.
    """
    late, quiet = time.monotonic() + _PATIENCE_S, 0
    while quiet < 2:
        given = len(_given)
        _process()
        busy = [one for one in made() if _works(one)]
        # A thread may be given work, do it and rest again before it is looked at: its reply then lies here.
        quiet = 0 if busy or len(_given) > given else quiet + 1
        if busy:
            time.sleep(0.001)
            if time.monotonic() > late:
                raise TimeoutError(f"never at rest: {busy}")


def pass_time(milliseconds: int) -> None:
    """So much time passes for every delay, in steps of at most 10; whoever's is over fires. Threads go on."""
    _process()
    for gone in range(0, milliseconds, 10):
        step = min(10, milliseconds - gone)
        for timer in _delays():
            key = (id(timer), timer.timerId())
            _passed[key] = _passed.get(key, 0) + step
            if _passed[key] >= timer.interval():
                del _passed[key]
                _fire(timer)
        _process()


def _process() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def _works(one: QObject) -> bool:
    match one:
        case RenderThread():
            return not one.idle
        case QThreadPool():
            return one.activeThreadCount() > 0
    return False


def _delays(longest_ms: int = 1_000_000) -> list[QTimer]:
    """Those that run, the one that is due first in front."""
    running = [
        one
        for one in made()
        if isinstance(one, QTimer) and one.isSingleShot() and one.isActive() and one.interval() <= longest_ms
    ]
    by: Callable[[QTimer], int] = QTimer.remainingTime
    return sorted(running, key=by)


def _fire(timer: QTimer) -> None:
    QCoreApplication.sendEvent(timer, QTimerEvent(timer.timerId()))
