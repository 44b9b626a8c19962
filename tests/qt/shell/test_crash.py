"""Faults that nobody expected: logged, shown once, survived."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.shell.crash_reporter import CrashDialog, CrashLog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import MoveProbe
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


@contextmanager
def guarded_window(qtbot: QtBot, folder: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, folder) as window:
        window.crashes.install()
        try:
            yield window
        finally:
            window.crashes.uninstall()


def divide() -> None:
    raise ZeroDivisionError("by nought")


def test_that_an_exception_in_a_slot_is_shown_and_logged_and_the_window_lives_on(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with guarded_window(qtbot, tmp_path) as window:
        QTimer.singleShot(0, divide)
        qtbot.waitUntil(lambda: window.crashes.dialog is not None, timeout=2000)
        dialog = window.crashes.dialog
        assert dialog.isVisible()
        assert not dialog.isModal()
        assert "by nought" in dialog.message.text()
        log = window.crashes.log.path.read_text()
        assert "in divide" in log
        assert "LatentLab" in log
        assert "torch" in log
        assert "Traceback" in capsys.readouterr().err
        with qtbot.waitSignal(window.workspace.on(PointRequest).signal, timeout=2000):
            window.workspace.do(MoveProbe(z=(1.0, 1.0)))


def test_that_many_faults_make_one_dialog(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with guarded_window(qtbot, tmp_path) as window:
        for _ in range(30):
            QTimer.singleShot(0, divide)
        qtbot.waitUntil(
            lambda: window.crashes.dialog is not None and window.crashes.dialog.faults == 30, timeout=3000
        )
        assert len(window.findChildren(CrashDialog)) == 1
        assert "(30 errors so far)" in window.crashes.dialog.message.text()
        assert window.crashes.dialog.details.toPlainText().count("Traceback") == 20


def test_that_a_fault_on_another_thread_comes_here_too(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with guarded_window(qtbot, tmp_path) as window:
        thread = threading.Thread(target=divide)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: window.crashes.dialog is not None, timeout=2000)
        assert "by nought" in window.crashes.dialog.details.toPlainText()


def test_that_details_are_copied_and_a_closed_dialog_comes_again(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.crashes.report("Fault", "Traceback one")
        dialog = window.crashes.dialog
        dialog.findChild(QPushButton, "crashCopy").click()
        assert "Traceback one" in QGuiApplication.clipboard().text()
        dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close).click()
        assert not dialog.isVisible()
        window.crashes.report("Fault", "Traceback two")
        assert window.crashes.dialog.isVisible()
        assert "Traceback one" not in window.crashes.dialog.details.toPlainText()


def test_that_closing_the_window_gives_the_hooks_back(qtbot: QtBot, tmp_path: Path) -> None:
    before = sys.excepthook, threading.excepthook
    with open_window(qtbot, tmp_path) as window:
        window.crashes.install()
        assert sys.excepthook != before[0]
    assert (sys.excepthook, threading.excepthook) == before


def test_that_a_log_that_cannot_be_written_is_no_second_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    CrashLog(blocked / "lab.log").write("a fault")
    assert "cannot be written" in capsys.readouterr().err


def test_that_the_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = CrashLog(tmp_path / "lab.log")
    for _ in range(30):
        log.write("x" * 100_000)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3_000_000
