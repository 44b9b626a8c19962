"""What a test of the window must not leave behind: threads, work in a pool, timers, top-level widgets.

A QThread hangs on whatever made it, or on nothing, and Qt has no list of them; so each is noted as it is
made, and timers and pools likewise. This module imports no torch, so that a test of the guard is quick.
"""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget

_made: list[weakref.ref[QObject]] = []


def _note(kind: type[QObject]) -> None:
    """From now on every one that Python makes is in `_made`."""
    begin: Callable[..., None] = kind.__init__

    def noted(self: QObject, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        _made.append(weakref.ref(self))

    kind.__init__ = noted  # type: ignore[method-assign]


for _kind in (QThread, QTimer, QThreadPool):
    _note(_kind)


def made() -> list[QObject]:
    """Threads, pools and timers that this test has made and that are still there."""
    return [one for one in (known() for known in _made) if one is not None and shiboken6.isValid(one)]


@pytest.fixture(autouse=True)
def nothing_is_left_behind(qapp: QApplication) -> Iterator[None]:
    """A test fails that leaves a thread running, a timer ticking, or a top-level widget undeleted."""
    _made.clear()
    threads, widgets = set(threading.enumerate()), set(map(_address, qapp.topLevelWidgets()))
    yield
    if _left(threads, widgets):
        gc.collect()  # what only a circle of references keeps is no leak
    left = _left(threads, widgets)
    _end(left)
    assert not left, f"left behind: {', '.join(map(_name, left))}"


def _left(threads: set[threading.Thread], widgets: set[int]) -> list[Any]:
    """What is there and was not before."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    return [
        *(one for one in threading.enumerate() if one not in threads and one.is_alive()),
        *(one for one in made() if _works(one)),
        *(one for one in QApplication.topLevelWidgets() if _address(one) not in widgets),
    ]


def _address(widget: QWidget) -> int:
    return int(shiboken6.getCppPointer(widget)[0])


def _works(one: QObject) -> bool:
    match one:
        case QThread():
            return one.isRunning()
        case QTimer():
            return one.isActive()
        case QThreadPool():
            return one.activeThreadCount() > 0
    return False


def _end(left: list[Any]) -> None:
    """Ends what can be ended, lest the tests that follow fail for it too."""
    for one in left:
        match one:
            case QTimer():
                one.stop()
            case QWidget():
                one.close()
                one.deleteLater()
            case QThread():
                one.requestInterruption()
                one.quit()
                one.wait(1000)


def _name(one: Any) -> str:
    text = repr(one)
    if isinstance(one, QTimer) and one.parent() is not None:
        text += f" of {one.parent()!r}"
    return text
