"""The queue of background work."""

from __future__ import annotations

import threading

import shiboken6
from pytestqt.qtbot import QtBot

from latentlab.qt.clients.task_queue import TaskQueue


def test_that_a_queue_is_deleted_while_it_works_and_its_result_dropped(qtbot: QtBot) -> None:
    queue, begun, go_on = TaskQueue(), threading.Event(), threading.Event()
    told: list[object] = []

    def work() -> int:
        begun.set()
        go_on.wait(5)
        return 1

    queue.run(work, told.append, told.append)
    assert begun.wait(5)
    # Deleting waits for the work, which ends when the queue is half gone.
    threading.Timer(0.05, go_on.set).start()
    shiboken6.delete(queue)
    assert told == []
