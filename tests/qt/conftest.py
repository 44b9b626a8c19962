"""Qt under test: offscreen, with a stand-in for the model, and nothing left behind after any test."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from latentlab.qt.clients.render_thread import RenderThread
from latentlab.qt.clients.training_thread import TrainingThread
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.session import Session
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.leaks import nothing_is_left_behind

__all__ = ["nothing_is_left_behind"]  # a fixture for every test below this folder


@pytest.fixture(autouse=True, scope="session")
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the settings of the person who runs it."""
    folder = str(tmp_path_factory.mktemp("settings"))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True, scope="session")
def _collected_here_alone() -> Iterator[None]:
    """Rubbish is collected on this thread alone, between tests: widgets of windows that were closed must not
    be freed on a worker's thread, which happens to allocate when it is time."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _workers_are_covered() -> Iterator[None]:
    """Coverage hears of Python's own threads; Qt's have to be told to listen. Else nothing."""
    trace = threading.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        for thread in (RenderThread, TrainingThread) if trace is not None else ():
            patch.setattr(thread, "run", _traced(thread.run, trace))
        yield


def _traced(run: Callable[[Any], None], trace: Any) -> Callable[[Any], None]:
    def traced(self: Any) -> None:
        sys.settrace(trace)
        run(self)

    return traced


_tests = itertools.count(1)
_WHOLE_EVERY = 25


@pytest.fixture(autouse=True)
def _collects(_collected_here_alone: None) -> Iterator[None]:
    yield
    gc.collect(2 if next(_tests) % _WHOLE_EVERY == 0 else 1)


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer()


@pytest.fixture
def workspace(qtbot: QtBot, renderer: FakeRenderer) -> Iterator[Workspace]:
    """A workspace over the fake renderer, its model open and its data encoded. A test that wants another
    model overrides `renderer`."""
    made = Workspace(Session(), renderer)
    with qtbot.waitSignal(made.encoded, timeout=5000):
        made.start()
    yield made
    made.stop()
