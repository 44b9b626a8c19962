"""Ctrl+C at any moment of the window's start ends the program: with 130 and a line, without a trace."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends no SIGINT to a process by itself"
)

# Presses Ctrl+C when a module is about to be imported.
_WHILE_IMPORTING = """
import signal, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Watch())
from latentlab.cli import main
sys.exit(main([]))
"""

# Presses it in what Qt calls, and when a method has run.
_WHILE_STARTING = """
import signal, sys
from latentlab.qt import app
from latentlab.qt.shell import main_window as window

owner, name = {"application": (app, "application"), "init": (window.LabWindow, "__init__"),
               "interrupts": (app, "_Interrupts"), "show": (window.LabWindow, "show"),
               "paint": (window.LabWindow, "paintEvent")}[sys.argv[1]]
real, pressed = getattr(owner, name), []

def pressing(*args, **kwargs):
    made = real(*args, **kwargs)
    if not pressed:
        pressed.append(True)
        signal.raise_signal(signal.SIGINT)
    return made

setattr(owner, name, pressing)
from latentlab.cli import main
sys.exit(main([]))
"""


def interrupted(folder: Path, script: str, moment: str) -> tuple[int, str]:
    """Exit code and stderr of a program that was interrupted at a moment of its start."""
    environment = {
        **os.environ, "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder),
        "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", script, moment],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    lines = [line for line in ended.stderr.splitlines() if "This plugin does not support" not in line]
    return ended.returncode, "\n".join(lines)


@pytest.mark.parametrize(
    "module",
    ["latentlab.commands.parser", "latentlab.commands.window", "shiboken6", "PySide6.QtWidgets",
     "latentlab.qt.app", "latentlab.qt.shell.main_window"],
)  # fmt: skip
def test_that_ctrl_c_while_it_is_being_imported_ends_the_program(tmp_path: Path, module: str) -> None:
    assert interrupted(tmp_path, _WHILE_IMPORTING, module) == (130, "latentlab: stopped")


@pytest.mark.parametrize("moment", ["application", "init"])
def test_that_ctrl_c_before_the_window_is_there_ends_the_program(tmp_path: Path, moment: str) -> None:
    assert interrupted(tmp_path, _WHILE_STARTING, moment) == (130, "latentlab: stopped")


@pytest.mark.parametrize("moment", ["interrupts", "show", "paint"])
def test_that_ctrl_c_from_then_on_closes_the_window_as_its_button_does(tmp_path: Path, moment: str) -> None:
    assert interrupted(tmp_path, _WHILE_STARTING, moment) == (0, "")
