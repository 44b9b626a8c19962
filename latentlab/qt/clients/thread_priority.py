"""Which thread goes first, as far as the system lets a thread decide it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

from PySide6.QtCore import QThread


def step_back(nice: int) -> None:
    """Lets other threads go before this one; the more so the higher the number, 1 to 19."""
    if sys.platform.startswith("linux"):
        # A higher number gives way; a thread has its own on Linux.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
    else:
        QThread.currentThread().setPriority(QThread.Priority.LowestPriority)
