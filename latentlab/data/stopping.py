"""Cancels work whose result is not wanted any more.

Reading photographs takes minutes, deep within the call stack, and a closed window, or another request, must
not wait for it. So the reading thread registers a check beforehand, and the reading calls it before each
picture; likewise speed trials, before a step.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from latentlab.errors import LabError


class StoppedError(LabError):
    """The result is not wanted any more."""


class _Here(threading.local):
    """The check of each thread."""

    stopped: Callable[[], bool] | None = None


_here = _Here()


@contextmanager
def stopping(stopped: Callable[[], bool]) -> Iterator[None]:
    """While the block runs, reading or trials on this thread end as soon as `stopped()`."""
    before, _here.stopped = _here.stopped, stopped
    try:
        yield
    finally:
        _here.stopped = before


def require_wanted() -> None:
    """Ends the current work if its result is not wanted any more.

    Raises:
        StoppedError: then.
    """
    if _here.stopped is not None and _here.stopped():
        raise StoppedError("stopped")
