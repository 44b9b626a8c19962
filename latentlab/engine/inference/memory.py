"""Keeps the memory of a window that is open for hours as it was: gives back what is free, and hoards little.

glibc keeps what was freed between pieces that are still used, in an arena of its own for each of many
threads; torch keeps the compiled convolutions of the last models, by default a thousand of them. In hours of
opening models and drawing grids both come to a hundred megabytes and more.
"""

from __future__ import annotations

import ctypes
import os
import sys

# Enough for one model's layers, forward and backward: a large U-Net trains as fast as with a thousand.
_CONVOLUTIONS = "128"
_ARENAS = 2
# From glibc's malloc.h.
_M_ARENA_MAX = -8


def hoard_little() -> None:
    """Bounds what is kept for later; to be called before torch computes anything. What the person has set in
    the environment stays."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _CONVOLUTIONS)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> bool:
    """Gives back what can be; whether this system has a way to say so. Takes some milliseconds, and whoever
    allocates meanwhile may wait for them."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return False
    trim(0)
    return True
