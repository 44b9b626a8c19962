"""A window over the fake renderer, with settings and a log of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.crash_reporter import CrashLog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from tests.qt.fake_renderer import FakeRenderer

# The offscreen platform says so of every window that has a smallest size or is raised.
OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@contextmanager
def open_window(
    qtbot: QtBot,
    folder: Path,
    renderer: FakeRenderer | None = None,
    settings: Settings | None = None,
    state: SessionState | None = None,
) -> Iterator[LabWindow]:
    """The window, shown, its model open and everything encoded; closed afterwards."""
    settings = settings or Settings(folder / "lab.ini")
    workspace = Workspace(Session(state or settings.session or SessionState()), renderer or FakeRenderer())
    window = LabWindow(workspace, settings, folder / "models")
    window.crashes.log = CrashLog(folder / "log" / "lab.log")
    window.show()
    qtbot.waitExposed(window)
    with qtbot.waitSignal(workspace.encoded, timeout=20_000):
        window.start()
    qtbot.waitUntil(lambda: window.bench.exporter.exportables.has("grid"), timeout=3000)
    try:
        yield window
    finally:
        qtbot.waitUntil(lambda: not window.bench.background.busy, timeout=5000)
        window.close()
        window.deleteLater()
