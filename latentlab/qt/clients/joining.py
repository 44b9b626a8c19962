"""Ends threads within a bounded time, as a window closes.

A thread looks between two pieces of work whether it is to end, and a piece is short: but for one step of a
large model, one array of a large data set, one chunk of large pictures that are judged. Nobody waits longer
for such a piece than `LONGEST_S`: the thread is left to itself, and heard no more. The program ends without
it, see `end_process`. All that is worth keeping is on disk by then: what is written there is written whole,
and a training writes how to go on every half minute. A thread that is writing just then is waited for.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from PySide6.QtCore import QThread

# Of the two seconds in which a window is to be gone, those that its threads get.
LONGEST_S = 1.2
# What is being written is worth more: a large training on a slow disk.
LONGEST_WRITING_S = 20.0
# To come to its end when it has written.
_AFTER_WRITING_S = 0.3
_LOOK_MS = 20

# Whoever is here still runs, and must not be destroyed before it has ended: that would abort the process.
_left: set[QThread] = set()


class EndingThread(QThread):
    """A thread that can be told to end."""

    @property
    def writing(self) -> bool:
        """Whether it is at work on a file that is worth waiting for."""
        return False

    def request_end(self) -> None:
        """Tells it to end after the piece of work in hand; returns at once."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ends it, and waits for it, but not without limit; see `join`."""
        self.request_end()
        join([self])


def join(
    threads: Sequence[EndingThread],
    longest_s: float | None = None,
    now: Callable[[], float] = time.monotonic,
) -> bool:
    """Waits for threads that have been told to end, for all of them together no longer than so; whether all
    have ended. Those that have not are left to themselves."""
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
    """Whether a thread still runs that nobody waits for."""
    return any(thread.isRunning() for thread in _left)


def end_process(code: int) -> NoReturn:
    """Ends the program at once, whatever its threads are at."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)
