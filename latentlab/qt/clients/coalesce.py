"""A question that is put again and again while the hand moves, but never twice before it is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot

_PAUSE_MS = 60


class Asking(QObject):
    """Calls `ask` a moment after `soon()`; whatever comes meanwhile is one question more, after the answer.

    A request that replaced its own predecessor at every move would never be answered before the hand rests.

    Args:
        ask: puts the question; whether there was one to put.
        over: is emitted when nothing that was asked before is answered any more, as when another model is
            opened.
    """

    def __init__(self, ask: Callable[[], bool], parent: QObject, over: SignalInstance) -> None:
        super().__init__(parent)
        self._ask, self._waiting, self._again = ask, False, False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._now)
        over.connect(self.answered)

    def soon(self) -> None:
        """There may be something to ask."""
        if not self._pause.isActive():
            self._pause.start()

    @Slot()
    def answered(self) -> None:
        """The answer is there, or none will come."""
        self._waiting = False
        if self._again:
            self.soon()

    @Slot()
    def _now(self) -> None:
        self._again = self._waiting
        if not self._waiting:
            self._waiting = self._ask()
