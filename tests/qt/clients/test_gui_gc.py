"""Who collects Python's garbage: the window's thread, and nobody else."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from latentlab.qt.clients.gui_gc import Collector


class Cycle:
    """Garbage that only a collection frees."""

    def __init__(self, freed: list[str] | None = None) -> None:
        self.itself = self
        if freed is not None:
            weakref.finalize(self, lambda: freed.append(threading.current_thread().name))


@pytest.fixture
def collector(qapp):
    """One that runs, in a process whose garbage is collected as usual before and after."""
    disabled = not gc.isenabled()
    gc.enable()
    collector = Collector(qapp)
    collector.start()
    yield collector
    collector.stop()
    assert gc.isenabled()
    collector.deleteLater()
    if disabled:
        gc.disable()


def test_that_a_worker_that_makes_much_frees_nothing_of_the_windows(qtbot, collector):
    freed: list[str] = []
    Cycle(freed)
    worker = threading.Thread(target=lambda: [Cycle() for _ in range(5000)], name="worker")
    worker.start()
    worker.join()
    assert freed == []
    qtbot.waitUntil(lambda: bool(freed))
    assert freed == [threading.main_thread().name]


def test_that_old_garbage_is_found_too(qtbot, collector):
    freed: list[str] = []
    kept = Cycle(freed)
    gc.collect(1)  # it has grown old
    del kept
    for _ in range(200):
        _made = [Cycle() for _ in range(1000)]
        collector.look()
        if freed:
            break
    assert freed == [threading.main_thread().name]


def test_that_little_is_not_looked_for(collector, monkeypatch):
    gc.collect()
    looked: list[int] = []
    monkeypatch.setattr(gc, "collect", looked.append)
    collector.look()
    assert looked == []
