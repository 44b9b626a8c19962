"""Runs Python's cyclic garbage collector on the window's thread only.

Python collects on whichever thread happens to allocate. A worker thread must not free the widgets of a closed
dialog: Qt would stop their timers on the wrong thread.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 250


class Collector(QObject):
    """Collects a generation once its count exceeds Python's own threshold."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self.look)
        self._was_enabled = False

    def start(self) -> None:
        """Disables automatic collection and starts the timer."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._clock.start()

    def stop(self) -> None:
        """Restores automatic collection, if it was on before."""
        self._clock.stop()
        if self._was_enabled:
            gc.enable()

    @Slot()
    def look(self) -> None:
        """Collects the oldest generation that is due, which includes the younger ones."""
        made, bounds = gc.get_count(), gc.get_threshold()
        due = [number for number in range(len(made)) if 0 < bounds[number] < made[number]]
        if due:
            gc.collect(due[-1])
