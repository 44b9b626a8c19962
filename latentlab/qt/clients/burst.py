"""Which changes of a slider or spin box belong together, so that one slide is one step of the undo."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Slot

from latentlab.qt.clients.undo import new_gesture

PAUSE = 0.8


class Burst(QObject):
    """Numbers gestures: changes that follow each other within `PAUSE` seconds share a number.

    A QObject, for sliders that come and go are connected to it: of a connection to a plain object's method
    something stays when the slider has gone.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last = float("-inf")
        self._gesture = 0

    def gesture(self, held: bool = False) -> int:
        """The number for a change made now; while the handle is `held`, however slowly, it stays."""
        now = time.monotonic()
        if not self._gesture or not (held or now - self._last < PAUSE):
            self._gesture = new_gesture()
        self._last = now
        return self._gesture

    @Slot()
    def end(self) -> None:
        """Whatever comes next belongs to another gesture."""
        self._gesture = 0
