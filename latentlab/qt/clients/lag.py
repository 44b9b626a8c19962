"""What need not follow the hand at every move: done when it rests, and now and then while it does not."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

_REST_MS, _MOST_S = 60, 0.25


class Lag(QObject):
    """Calls `do` once the last `soon()` is a moment ago, or the first of many a quarter of a second."""

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
