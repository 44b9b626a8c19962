"""Loads torch's shared libraries ahead of its import, while Python does something else."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import sys
import threading
from pathlib import Path

# The file names of each platform; the named library pulls in half a gigabyte.
_LIBRARY = {"linux": "libtorch_python.so", "darwin": "libtorch_python.dylib"}


def preload_torch() -> threading.Thread | None:
    """Maps torch's libraries on a thread of its own; None where that gains nothing.

    `import torch` does the same for a quarter of a second, in which no other Python code can run.
    """
    name = _LIBRARY.get(sys.platform)
    if name is None or "torch" in sys.modules:
        return None
    thread = threading.Thread(target=_load, args=(name,), name="preloadTorch")
    thread.start()
    return thread


def _load(name: str) -> None:
    # If something is wrong, `import torch` will say so.
    with contextlib.suppress(OSError, ValueError, ImportError, AttributeError):
        system = ctypes.CDLL(None)
        system.dlopen.argtypes, system.dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
        found = importlib.util.find_spec("torch")
        for folder in found.submodule_search_locations or () if found else ():
            # Not ctypes.CDLL: before Python 3.12 it holds the GIL while loading.
            system.dlopen(os.fsencode(Path(folder) / "lib" / name), os.RTLD_NOW)
