"""Whether the user is dragging, and how long other work waits for that: one clock with all durations."""

from __future__ import annotations

import time
from collections.abc import Callable

HAND_RESTS_S = 0.25
"""How long a drag is taken to last after its last move, by all that gives way to it."""

NEXT_MOVE_S = 0.02
"""How soon the moves of a drag follow each other where each is served: later ones find work under way."""

GESTURE_PAUSE_S = 0.8
"""Changes of a control that follow each other within this time are one step of the undo stack."""

STEP_PAUSE_S = 0.6
"""The same for steps from one picture to the next, as of a held key."""

REDRAW_S = 0.2
"""How long a redraw of the manifold waits: a probe may leave the plane faster than the plane is redrawn."""

PICTURE_WAIT_S = 0.04
"""How long a view that can wait does so for the picture at the probe."""

COALESCE_S = 0.06
"""How long a call waits for others that it can be merged with."""

DEBOUNCE_MOST_S = 0.25
"""How long a call is put off at most while others keep coming."""


class Hand:
    """Records moves of the mouse or keys, and says whether a drag is still going on.

    May be updated on one thread and read on another: its only state is one number, replaced as a whole.

    Args:
        rests_s: the seconds after its last move for which the hand counts as moving.
        clock: tells the time in seconds; it never goes back.
    """

    def __init__(self, rests_s: float = HAND_RESTS_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._rests_s, self._clock = rests_s, clock
        self._rests_at = float("-inf")

    def moved(self) -> None:
        """Records a move."""
        self._rests_at = self._clock() + self._rests_s

    @property
    def moves(self) -> bool:
        """Whether there was a move within the last `rests_s` seconds."""
        return self._clock() < self._rests_at

    @property
    def rests_in(self) -> float:
        """Seconds until the drag counts as over without another move; 0 if it is over."""
        return max(0.0, self._rests_at - self._clock())


def milliseconds(seconds: float) -> int:
    """The duration for Qt's timers."""
    return round(1000.0 * seconds)
