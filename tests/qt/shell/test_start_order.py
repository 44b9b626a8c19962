"""The order of the imports at the start: nothing waits for torch's shared libraries while they are loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SCRIPT = """
import importlib, importlib.machinery, sys
from latentlab.qt.shell.main_window import _LIBRARIES, _VIEWS
for name in _LIBRARIES:
    importlib.import_module(name)
loaded = []
load = importlib.machinery.ExtensionFileLoader.create_module
def noted(loader, spec):
    loaded.append(spec.name)
    return load(loader, spec)
importlib.machinery.ExtensionFileLoader.create_module = noted
importlib.import_module(_VIEWS)
print("torch" in sys.modules, *loaded)
"""


@pytest.mark.slow
def test_that_the_views_need_neither_torch_nor_a_library_that_was_not_loaded_before() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
