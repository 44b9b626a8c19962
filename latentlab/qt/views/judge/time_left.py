"""How much longer the judge takes, by how fast it has been. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable

# Before so much is done or so long gone, an estimate would be a guess.
_LEAST_SHARE, _LEAST_S = 0.01, 3.0


class TimeLeft:
    """Notes the share of the work that is done; what was done before the first note took no time now.

    Args:
        clock: tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: tuple[float, float] | None = None
        self._share = 0.0

    def note(self, share: float) -> None:
        """So much of all work is done, 0 to 1."""
        self._share = share
        if self._first is None:
            self._first = self._clock(), share

    def words(self) -> str:
        """Such as "about 6 min left"; "" while it cannot be said."""
        if self._first is None:
            return ""
        began, at_first = self._first
        gone, done = self._clock() - began, self._share - at_first
        if done < _LEAST_SHARE or gone < _LEAST_S:
            return ""
        left = gone * (1.0 - self._share) / done
        if left < 60.0:
            return "less than a minute left"
        if left < 5400.0:
            return f"about {round(left / 60.0)} min left"
        return f"about {left / 3600.0:.1f} h left"
