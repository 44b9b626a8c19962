"""A window is gone in a bounded time, whatever its threads are at."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread

from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.qt.clients import joining
from latentlab.qt.clients.joining import EndingThread, any_left, join
from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.render_thread import RenderThread


class Long:
    """Is at a piece of work until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def serve(self, request: Request) -> Iterator[Reply | None]:
        self.begun.set()
        self.go.wait(20)
        yield None


@pytest.fixture
def long() -> Iterator[Long]:
    long = Long()
    yield long
    long.go.set()


@pytest.fixture
def thread(qtbot, long: Long) -> Iterator[RenderThread]:
    box = Mailbox()
    thread = RenderThread(box, long)
    thread.start()
    box.put(PointRequest(1, (0.0, 0.0)))
    assert long.begun.wait(5)
    yield thread
    long.go.set()
    assert QThread.wait(thread, 5000)


def test_that_a_thread_in_a_long_piece_of_work_is_left_to_itself(thread, long):
    thread.request_end()
    assert not join([thread], longest_s=0.0)
    assert thread.isRunning()
    assert any_left()
    # Nobody waits for it a second time.
    thread.stop()
    long.go.set()
    assert QThread.wait(thread, 5000)
    assert not any_left()
    assert join([thread])


def test_that_one_that_ends_is_waited_for(thread, long):
    long.go.set()
    thread.request_end()
    assert join([thread])
    assert thread.isFinished()
    assert not any_left()


class Writes(EndingThread):
    """Writes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.looked = threading.Event(), 0

    def run(self) -> None:
        self.go.wait(20)

    def request_end(self) -> None:
        pass

    @property
    def writing(self) -> bool:
        self.looked += 1
        if self.looked > 3:
            self.go.set()
        return True


def test_that_what_is_being_written_is_waited_for_all_the_same(qtbot):
    thread = Writes()
    thread.start()
    assert join([thread], longest_s=0.0)
    assert thread.looked > 3


_STUCK = """
import threading
from PySide6.QtCore import QCoreApplication
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.clients import joining
from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.render_thread import RenderThread

class Stuck:
    begun = threading.Event()
    def serve(self, request):
        self.begun.set()
        threading.Event().wait()
        yield None

app = QCoreApplication([])
box, stuck = Mailbox(), Stuck()
thread = RenderThread(box, stuck)
thread.start()
box.put(PointRequest(1, (0.0,)))
stuck.begun.wait()
thread.request_end()
print(joining.join([thread], 0.0))
if joining.any_left():
    joining.end_process(7)
"""


def test_that_the_program_ends_cleanly_beside_a_thread_that_does_not():
    words = [sys.executable, "-c", _STUCK]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (7, "False\n", "")


def test_that_closing_has_less_time_for_threads_than_the_window_has_to_be_gone():
    assert joining.LONGEST_S < 2.0
