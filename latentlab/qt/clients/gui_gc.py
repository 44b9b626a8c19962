"""Python's cyclic garbage, collected on the window's thread alone.

By itself Python collects on whichever thread allocates when it is time. A worker's may not free the widgets
of a dialog that was closed: Qt would end their timers on a thread that they do not live on.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 250


class Collector(QObject):
    """Collects a generation once more has been made than Python's own thresholds say."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self.look)
        self._was_enabled = False

    def start(self) -> None:
        """From now on nobody else collects."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._clock.start()

    def stop(self) -> None:
        """Python does it by itself again, if it did before."""
        self._clock.stop()
        if self._was_enabled:
            gc.enable()

    @Slot()
    def look(self) -> None:
        """Collects the oldest generation that is due, and with it the younger ones."""
        made, bounds = gc.get_count(), gc.get_threshold()
        due = [number for number in range(len(made)) if 0 < bounds[number] < made[number]]
        if due:
            gc.collect(due[-1])
