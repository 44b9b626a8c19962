"""Loading torch's libraries ahead of its import, while Python does something else."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import sys
import threading
from pathlib import Path

# By the platform's habits; half a gigabyte comes with the one that is named.
_LIBRARY = {"linux": "libtorch_python.so", "darwin": "libtorch_python.dylib"}


def preload_torch() -> threading.Thread | None:
    """Maps torch's libraries on a thread of its own; None where that brings nothing.

    `import torch` does the same for a quarter of a second, in which no other Python code can run.
    """
    name = _LIBRARY.get(sys.platform)
    if name is None or "torch" in sys.modules:
        return None
    thread = threading.Thread(target=_load, args=(name,), name="preloadTorch")
    thread.start()
    return thread


def _load(name: str) -> None:
    # Whatever is amiss, `import torch` will say so.
    with contextlib.suppress(OSError, ValueError, ImportError, AttributeError):
        system = ctypes.CDLL(None)
        system.dlopen.argtypes, system.dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
        found = importlib.util.find_spec("torch")
        for folder in found.submodule_search_locations or () if found else ():
            # Not ctypes.CDLL: before Python 3.12 it keeps all other threads waiting meanwhile.
            system.dlopen(os.fsencode(Path(folder) / "lib" / name), os.RTLD_NOW)
