"""Merges calls that come faster than their work is done, as at every move of a drag, into fewer."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot

from latentlab.qt.clients.hand import COALESCE_S, DEBOUNCE_MOST_S, milliseconds


class CoalescedRequest(QObject):
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
        self._pause = QTimer(self, singleShot=True, interval=milliseconds(COALESCE_S))
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


class DebouncedCall(QObject):
    """Calls `do` a moment after the last `soon()`, and every quarter of a second while calls keep coming."""

    def __init__(self, do: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._do = do
        self._since: float | None = None
        self._rest = QTimer(self, singleShot=True, interval=milliseconds(COALESCE_S))
        self._rest.timeout.connect(self._now)

    def soon(self) -> None:
        """There is something to do."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        if now - self._since < DEBOUNCE_MOST_S or not self._rest.isActive():
            self._rest.start()

    @Slot()
    def _now(self) -> None:
        self._since = None
        self._do()
