"""Ends a piece of work that nobody waits for any more.

Reading photographs takes minutes, deep within whatever asked for them, and a window that is closed, or a
person who opens something else, does not wait for that. So the thread that reads says beforehand when it is
no longer needed, and the reading asks before each picture; likewise trials of what is fastest, before a step.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from latentlab.errors import LabError


class StoppedError(LabError):
    """Nobody waits for this any more."""


class _Here(threading.local):
    """What each thread has said."""

    stopped: Callable[[], bool] | None = None


_here = _Here()


@contextmanager
def stopping(stopped: Callable[[], bool]) -> Iterator[None]:
    """While the block runs, what this thread reads or tries ends as soon as `stopped()`."""
    before, _here.stopped = _here.stopped, stopped
    try:
        yield
    finally:
        _here.stopped = before


def require_wanted() -> None:
    """Ends the work in hand if nobody waits for it.

    Raises:
        StoppedError: then.
    """
    if _here.stopped is not None and _here.stopped():
        raise StoppedError("stopped")
