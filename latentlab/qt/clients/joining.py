"""Ends worker threads within a bounded time when a window closes.

A thread checks between two pieces of work whether it is to end, and a piece is short, except one step of a
large model, one array of a large data set, or one chunk of large pictures. The wait for it is at most
`LONGEST_S`; after that the thread is abandoned and its signals are ignored. The program ends without it, see
`end_process`. Everything worth keeping is on disk by then: files are written atomically, and a training saves
its state every half minute. A thread that is writing at that moment is waited for.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from PySide6.QtCore import QThread

# A window should be gone within two seconds; this much of that is for its threads.
LONGEST_S = 1.2
# What is being written is worth more: a large training on a slow disk.
LONGEST_WRITING_S = 20.0
# For a thread to end after it has written.
_AFTER_WRITING_S = 0.3
_LOOK_MS = 20

# Threads that still run: destroying a running QThread would abort the process.
_left: set[QThread] = set()


class EndingThread(QThread):
    """A thread that can be asked to end."""

    @property
    def writing(self) -> bool:
        """Whether it is writing a file that is worth waiting for."""
        return False

    def request_end(self) -> None:
        """Asks it to end after the current piece of work; returns at once."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ends it and waits for a limited time; see `join`."""
        self.request_end()
        join([self])


def join(
    threads: Sequence[EndingThread],
    longest_s: float | None = None,
    now: Callable[[], float] = time.monotonic,
) -> bool:
    """Waits for threads that were asked to end, for all of them together no longer than this; whether all
    have ended. Those that have not are abandoned.
    """
    _left.difference_update([thread for thread in _left if thread.isFinished()])
    started, longest = now(), LONGEST_S if longest_s is None else longest_s
    for thread in threads:
        written = started
        while thread not in _left and not thread.wait(_LOOK_MS):
            waited = now() - started
            if thread.writing and waited < LONGEST_WRITING_S:
                written = now()
            elif waited > longest and now() - written > _AFTER_WRITING_S:
                thread.blockSignals(True)
                thread.setParent(None)
                _left.add(thread)
    return not any(thread in _left for thread in threads)


def any_left() -> bool:
    """Whether an abandoned thread still runs."""
    return any(thread.isRunning() for thread in _left)


def end_process(code: int) -> NoReturn:
    """Ends the program at once, whatever its threads are doing."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)
