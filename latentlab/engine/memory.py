"""Gives memory that is free back to the system.

glibc keeps what was freed between pieces that are still used: in hours of opening models and drawing grids
that comes to a hundred megabytes and more.
"""

from __future__ import annotations

import ctypes
import sys


def give_back() -> bool:
    """Gives back what can be; whether this system has a way to say so. Takes some milliseconds, and whoever
    allocates meanwhile may wait for them."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return False
    trim(0)
    return True
