"""Lowers the priority of the current thread, where the system allows it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

from PySide6.QtCore import QThread


def step_back(nice: int) -> None:
    """Gives way to other threads; the more so the higher the number, 1 to 19."""
    if sys.platform.startswith("linux"):
        # A higher nice value gives way; on Linux each thread has its own.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
    else:
        QThread.currentThread().setPriority(QThread.Priority.LowestPriority)
