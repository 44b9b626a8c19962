"""Until nothing more comes of it: delays are over, threads have answered, and clocks do not hold it up."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.render_thread import RenderThread
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.edits import MoveProbe
from tests.qt import waiting
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import pass_time, until_idle, until_threads_rest


def test_that_delays_are_over_shortest_first_and_what_they_start_too(qtbot: QtBot) -> None:
    told: list[str] = []
    owner = QObject()
    short, long, after = (QTimer(owner, singleShot=True, interval=ms) for ms in (300, 900, 600))
    long.timeout.connect(lambda: told.append("long"))
    short.timeout.connect(lambda: told.append("short"))
    short.timeout.connect(after.start)
    after.timeout.connect(lambda: told.append("after"))
    long.start()
    short.start()
    began = time.monotonic()
    until_idle()
    assert told[0] == "short"
    assert sorted(told) == ["after", "long", "short"], "each once"
    assert time.monotonic() - began < 0.9, "nobody waited for them: that would take 0.3 and 0.6 s"
    assert [timer.isActive() for timer in (short, long, after)] == [False] * 3


def test_that_longer_delays_and_clocks_go_on(qtbot: QtBot) -> None:
    told: list[str] = []
    owner = QObject()
    clock, long = QTimer(owner, interval=5000), QTimer(owner, singleShot=True, interval=5000)
    clock.timeout.connect(lambda: told.append("clock"))
    long.timeout.connect(lambda: told.append("long"))
    clock.start()
    long.start()
    until_idle()
    assert told == []
    assert clock.isActive()
    assert long.isActive()
    clock.stop()
    long.stop()


def test_that_a_thread_that_has_answered_before_it_is_looked_at_is_waited_for(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    until_idle()
    replies: list[object] = []

    def again(reply: object) -> None:
        replies.append(reply)
        if len(replies) < 5:
            workspace.ask(PointRequest, (0.0, float(len(replies))), ())

    workspace.on(PointRequest).connect(again)
    (thread,) = workspace.findChildren(RenderThread)
    process = waiting._process

    def before_a_long_pause() -> None:
        process()
        while not thread.idle:
            time.sleep(0.001)

    # As on a busy machine, where the window's thread goes on when the other one has long done its work.
    monkeypatch.setattr(waiting, "_process", before_a_long_pause)
    workspace.ask(PointRequest, (0.0, 0.0), ())
    until_threads_rest()
    assert len(replies) == 5


def test_that_a_slow_thread_is_waited_for_until_its_replies_are_here(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    replies: list[object] = []
    workspace.on(PointRequest).connect(replies.append)
    renderer.hold.clear()
    workspace.do(MoveProbe(z=(1.0, 0.5)))
    release = QTimer(workspace, interval=60)
    release.timeout.connect(renderer.hold.set)
    release.start()
    until_idle()
    release.stop()
    assert renderer.hold.is_set()
    assert replies[-1].z == (1.0, 0.5)


def test_that_time_passes_for_delays_and_not_on_the_wall(qtbot: QtBot) -> None:
    told: list[str] = []
    owner = QObject()
    often, rarely = QTimer(owner, singleShot=True, interval=60), QTimer(owner, singleShot=True, interval=250)
    often.timeout.connect(lambda: told.append("often"))
    rarely.timeout.connect(lambda: told.append("rarely"))
    rarely.start()
    for _ in range(4):
        often.start()  # begins anew each time, as a hand does that goes on moving
        pass_time(50)
    assert told == []
    pass_time(10)
    assert told == ["often"]
    pass_time(40)
    assert told == ["often", "rarely"]


def test_that_a_thread_that_is_held_is_not_waited_for_by_delays(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    until_threads_rest()
    renderer.hold.clear()
    renderer.served.clear()
    workspace.do(MoveProbe(z=(1.0, 0.5)))
    pass_time(1000)
    assert renderer.served == []
    renderer.hold.set()
    until_threads_rest()
    assert PointRequest in map(type, renderer.served)


def test_that_work_on_another_thread_is_handed_over_first(qtbot: QtBot) -> None:
    queue, told = TaskQueue(), []
    queue.run(lambda: time.sleep(0.05) or 7, told.append, told.append)
    until_idle()
    assert told == [7]


def test_that_who_is_never_idle_is_named(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE_S", 0.05)
    again = QTimer(singleShot=True, interval=10)
    again.timeout.connect(again.start)
    again.start()
    with pytest.raises(TimeoutError, match="QTimer"):
        until_idle()
    again.stop()


def test_that_a_thread_is_idle_once_all_is_answered_and_not_before(qtbot: QtBot) -> None:
    renderer, mailbox = FakeRenderer(), Mailbox()
    thread = RenderThread(mailbox, renderer)
    assert thread.idle, "it does not run"
    renderer.hold.clear()
    thread.start()
    qtbot.waitUntil(lambda: mailbox.idle)
    mailbox.put(PointRequest(1, (0.0, 0.0)))
    for _ in range(20):
        assert not thread.idle
        time.sleep(0.001)
    with qtbot.waitSignal(thread.replied):
        renderer.hold.set()
    qtbot.waitUntil(lambda: thread.idle)
    thread.stop()
    assert thread.idle
