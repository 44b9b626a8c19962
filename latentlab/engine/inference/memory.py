"""Keeps the memory of a long-running window small: limits caches and returns free memory to the system.

glibc keeps freed memory in an arena for each thread; torch keeps the compiled convolutions of the last
models, by default a thousand of them. After hours of opening models and drawing grids both come to a hundred
megabytes and more.
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
    """Limits the caches; to be called before torch computes anything. Environment variables that are set
    stay.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _CONVOLUTIONS)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> bool:
    """Returns free memory to the system; whether that is supported. Takes some milliseconds, in which other
    threads that allocate may wait.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return False
    trim(0)
    return True
