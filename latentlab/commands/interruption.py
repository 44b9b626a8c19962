"""Ctrl+C as a wish, not as an explosion: long work that can save itself is asked to stop."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def stop_wishes() -> Iterator[threading.Event]:
    """While the block runs, Ctrl+C (or SIGTERM) sets the event; a second one interrupts as usual."""
    wished = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # only there can signals be caught
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
