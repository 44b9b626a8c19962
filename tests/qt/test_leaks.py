"""The guard that fails a test which leaves something behind does find it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_TESTS = """
import threading
from PySide6.QtCore import QEventLoop, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

kept = []

class Loops(QThread):
    def run(self):
        self.exec()

class Owner(QObject):
    # Holds its thread as the program's own clients do: as a child of no one, or of itself.
    def __init__(self, child):
        super().__init__()
        self.thread_ = Loops(self) if child else Loops()
        self.thread_.start()

def test_leaves_a_thread_of_no_parent(qapp):
    kept.append(Owner(child=False))

def test_leaves_a_thread_of_its_owner(qapp):
    kept.append(Owner(child=True))

def test_leaves_a_python_thread(qapp):
    gate = threading.Event()
    kept.append(gate)
    threading.Thread(target=gate.wait, daemon=True).start()

def test_leaves_work_in_a_pool(qapp):
    gate, pool, begun = threading.Event(), QThreadPool(), threading.Event()
    kept.extend([gate, pool])
    pool.start(lambda: (begun.set(), gate.wait()) and None)
    begun.wait(5)

def test_leaves_a_timer_ticking(qapp):
    timer = QTimer()
    timer.start(1000)
    kept.append(timer)

def test_leaves_a_widget_in_sight(qapp):
    kept.append(QWidget())
    kept[-1].show()

def test_leaves_a_hidden_widget(qapp):
    kept.append(QDialog())

def test_leaves_nothing(qtbot):
    owner = Owner(child=True)
    owner.thread_.quit()
    owner.thread_.wait()
    timer = QTimer(owner)
    timer.start(1000)
    timer.stop()
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    later = QWidget()
    later.show()
    later.close()
    later.deleteLater()
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()

def test_leaves_a_circle_to_the_garbage_collector(qapp):
    widget = QWidget()
    widget.clicked_ = lambda: widget
    timer = QTimer(widget)
    timer.start(1000)

def teardown_module():
    for one in kept:
        if isinstance(one, threading.Event):
            one.set()
    kept.clear()
"""


def test_a_test_that_leaves_something_running_fails_and_one_that_does_not_passes(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(_ROOT))
    pytester.makeconftest("from tests.qt.leaks import nothing_is_left_behind")
    pytester.makepyfile(_TESTS)
    run = pytester.runpytest_subprocess("-v", timeout=60)
    failed = set(re.findall(r"^\S+::(\w+) ERROR", run.stdout.str(), re.MULTILINE))
    assert failed == {
        f"test_leaves_{what}"
        for what in (
            "a_thread_of_no_parent", "a_thread_of_its_owner", "a_python_thread", "work_in_a_pool",
            "a_timer_ticking", "a_widget_in_sight", "a_hidden_widget",
        )
    }, run.stdout.str()  # fmt: skip
    run.assert_outcomes(passed=9, errors=7)
