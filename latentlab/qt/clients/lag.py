"""Throttles work that need not follow every mouse move: done after the last one and now and then before."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

_REST_MS, _MOST_S = 60, 0.25


class Lag(QObject):
    """Calls `do` a moment after the last `soon()`, and every quarter of a second while calls keep coming."""

    def __init__(self, do: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._do = do
        self._since: float | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._now)

    def soon(self) -> None:
        """There is something to do."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        if now - self._since < _MOST_S or not self._rest.isActive():
            self._rest.start()

    @Slot()
    def _now(self) -> None:
        self._since = None
        self._do()
