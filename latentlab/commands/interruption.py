"""Handles Ctrl+C: long work that can save its state is asked to stop; elsewhere the process ends cleanly.

And Ctrl+C where there is nothing to save, and no place for an exception to go to.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STOPPED = 130


@contextlib.contextmanager
def stop_wishes() -> Iterator[threading.Event]:
    """While the block runs, Ctrl+C (or SIGTERM) sets the event; a second one interrupts as usual."""
    wished = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # the main thread only can catch signals
        yield wished
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def wish(number: int, frame: FrameType | None) -> None:
        if wished.is_set():
            raise KeyboardInterrupt
        wished.set()

    for number in _SIGNALS:
        signal.signal(number, wish)
    try:
        yield wished
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def leaving_at_once() -> Iterator[None]:
    """While the block runs, Ctrl+C ends the process at once with exit code 130 and a line on stderr.

    For imports and Qt's start: a KeyboardInterrupt raised while Qt is imported, or in a callback of Qt,
    aborts the process or is lost. Code with something to save sets another handler meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():  # the main thread only can catch signals
        yield
        return
    before = signal.signal(signal.SIGINT, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(number: int, frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        os.write(2, b"latentlab: stopped\n")
    os._exit(_STOPPED)
