"""How long work takes, as far as other programs allow it to be told."""

from __future__ import annotations

import time


class Stopwatch:
    """Runs from its making on."""

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        """Seconds by the clock, or of the processor if those are fewer: then others took the time."""
        clock, processor = self._begun
        return min(time.perf_counter() - clock, time.process_time() - processor)
