"""Groups rapid changes of a slider or spin box into one gesture, so that they undo as one step."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Slot

from latentlab.qt.clients.undo import new_gesture

PAUSE = 0.8


class Burst(QObject):
    """Numbers gestures: changes that follow each other within `PAUSE` seconds share a number.

    A QObject, because sliders that come and go are connected to it: a connection to a method of a plain
    object leaks when the slider is deleted.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last = float("-inf")
        self._gesture = 0

    def gesture(self, held: bool = False) -> int:
        """The number for a change made now; it stays the same while the handle is `held`, however slowly it
        moves.
        """
        now = time.monotonic()
        if not self._gesture or not (held or now - self._last < PAUSE):
            self._gesture = new_gesture()
        self._last = now
        return self._gesture

    @Slot()
    def end(self) -> None:
        """Ends the gesture: the next change starts another."""
        self._gesture = 0
