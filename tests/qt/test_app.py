"""The program from its start to its end, with the model that ships."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.errors import LabError
from latentlab.qt import app as program
from latentlab.qt.app import create_window
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from latentlab.shipped import model_files
from tests.data.pictures import folder_of
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN

pytestmark = OFFSCREEN

# What tells when, in a process of its own.
_WATCHED = """
import sys, time
from PySide6.QtCore import QTimer
from latentlab.qt import app
from latentlab.qt.shell import main_window as window

def painted(self):
    heavy = ("torch", "numpy", "PIL", "latentlab.qt.shell.composition")
    print("painted", *(name for name in heavy if name in sys.modules), flush=True)

real = window.LabWindow.__init__
def init(self, *args, **kwargs):
    real(self, *args, **kwargs)
    self.painted.connect(lambda: painted(self))
    self.workspace.encoded.connect(lambda reply: print("encoded", flush=True))
    self.workspace.refused.connect(lambda refusal: print(refusal.message, flush=True))
window.LabWindow.__init__ = init
sys.exit(app.main(["latentlab"], *sys.argv[1:]))
"""

# What closes the window as soon as a module is there.
_HASTY = """
import sys
from PySide6.QtCore import QTimer
from latentlab.qt import app
from latentlab.qt.shell import main_window as window

def painted(self):
    look = QTimer(self, interval=1)
    look.timeout.connect(lambda: sys.argv[1] in sys.modules and self.close())
    look.start()
    if sys.argv[1] in sys.modules:
        self.close()

real = window.LabWindow.__init__
def init(self, *args, **kwargs):
    real(self, *args, **kwargs)
    self.painted.connect(lambda: painted(self))
    self.workspace.loaded.connect(lambda reply: print("too late", flush=True))
window.LabWindow.__init__ = init
sys.exit(app.main(["latentlab"]))
"""


def test_that_a_window_is_created_with_the_shipped_model_open_and_not_shown(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = create_window(Settings(tmp_path / "lab.ini"))
    assert window.workspace.model.model == "mnist-vae-2d"
    assert len(window.workspace.encodings.mean) == 10_000
    assert not window.isVisible()
    assert window.session.state.probe == (0.0, 0.0)
    assert not QApplication.windowIcon().pixmap(32, 32).isNull()
    window.close()
    window.deleteLater()


def test_that_a_session_whose_model_is_gone_is_opened_on_the_shipped_one(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "lab.ini")
    settings.session = SessionState(model=str(tmp_path / "gone.safetensors"), data="nonsense")
    settings.save()
    window = create_window(Settings(tmp_path / "lab.ini"))
    assert window.workspace.model.model == "mnist-vae-2d"
    assert "gone.safetensors" in window.bench.messages.label.text()
    window.close()
    window.deleteLater()


def test_that_a_window_without_any_model_is_refused_by_name(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latentlab.shipped.MODELS", tmp_path)
    monkeypatch.setattr("latentlab.engine.files.checkpoint.model_files", dict)
    with pytest.raises(LabError, match="mnist-vae-2d"):
        create_window(Settings(tmp_path / "lab.ini"))
    QApplication.processEvents()


def test_that_a_model_that_never_opens_is_given_up(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_PATIENCE_S", 0.001)
    with pytest.raises(LabError, match="could not be opened within"):
        create_window(Settings(tmp_path / "lab.ini"))


def started(tmp_path: Path, *words: str, script: str = _WATCHED) -> subprocess.Popen[str]:
    environment = {
        **os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_that_the_frame_comes_before_numpy_and_torch_and_a_signal_ends_it_with_settings_saved(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = started(tmp_path, str(model_files()["mnist-vae-2d"]))
    # Whatever goes wrong, nobody waits for ever for a line that does not come.
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert process.stdout.readline().split() == ["painted"], "imported before the frame was painted"
        if number is signal.SIGTERM:
            assert process.stdout.readline().strip() == "encoded"
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
    watchdog.join()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    settings = Settings(tmp_path / "LatentLab" / "LatentLab.ini")
    assert settings.session is not None
    assert settings.session.model.endswith("mnist-vae-2d.safetensors")


@pytest.mark.parametrize(
    "module", ["latentlab.qt.shell.main_window", "numpy", "latentlab.qt.shell.composition", "torch"]
)
def test_that_a_window_closed_while_it_comes_about_ends_the_program_cleanly(
    tmp_path: Path, module: str
) -> None:
    process = started(tmp_path, module, script=_HASTY)
    try:
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    # What the offscreen platform says of any window with a smallest size is no fault.
    faults = [line for line in errors.splitlines() if "propagateSizeHints" not in line]
    assert (process.returncode, output, faults) == (0, "", [])
    assert not Settings(tmp_path / "LatentLab" / "LatentLab.ini").complaint


@pytest.mark.parametrize("waiting", [program._Pictures, program._Denoiser])
def test_that_a_window_that_is_closed_at_once_opens_no_page_any_more(
    qtbot: QtBot, tmp_path: Path, waiting: type
) -> None:
    """A page that came after its window would keep the program alive, with nothing else to be seen of it."""
    settings = Settings(tmp_path / "lab.ini")
    window = LabWindow(Workspace(Session(SessionState()), FakeRenderer()), settings, tmp_path / "models")
    window.show()
    waiting(window, str(folder_of(tmp_path / "cats", 4)))
    window.start()  # what is to be opened waits for the next turn of the event loop
    window.close()
    QApplication.processEvents()
    assert window.bench.controller.data.page is None
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == []
    assert not window.bench.denoiser_client._thread.isRunning()
    window.deleteLater()
