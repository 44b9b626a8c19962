"""Coalesces requests: while one is unanswered, any number of further ones become a single one after it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot

_PAUSE_MS = 60


class Asking(QObject):
    """Calls `ask` a moment after `soon()`; calls that come before the answer cause one more request after it.

    A request that replaced its predecessor at every mouse move would never be answered during a drag.

    Args:
        ask: sends the request; returns whether there was one to send.
        over: is emitted when earlier requests will not be answered any more, as when another model is
            opened.
    """

    def __init__(self, ask: Callable[[], bool], parent: QObject, over: SignalInstance) -> None:
        super().__init__(parent)
        self._ask, self._waiting, self._again = ask, False, False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._now)
        over.connect(self.answered)

    def soon(self) -> None:
        """Something may need to be requested."""
        if not self._pause.isActive():
            self._pause.start()

    @Slot()
    def answered(self) -> None:
        """The reply has arrived, or none will."""
        self._waiting = False
        if self._again:
            self.soon()

    @Slot()
    def _now(self) -> None:
        self._again = self._waiting
        if not self._waiting:
            self._waiting = self._ask()
