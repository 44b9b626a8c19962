"""The EM tape: the frames of a fit in order, within a bound of memory."""

from __future__ import annotations

from latentlab.engine.rendering.requests.mixture import EMStep

# Of all frames together. 50 components of 28 x 28 take 3 MB for 40 passes.
MOST_BYTES = 256_000_000


class EMTape:
    """Frames by the number of their half pass. When they are too many, every other pass is left out."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._every = most_bytes, 1
        self.steps: list[EMStep] = []

    def __len__(self) -> int:
        return len(self.steps)

    def add(self, step: EMStep) -> None:
        """Adds the next frame; the newest and the first are always kept."""
        # The newest may have been kept only as such.
        if len(self.steps) > 1 and not self._stays(self.steps[-1]) and step.em_pass > self.steps[-1].em_pass:
            self.steps = [one for one in self.steps if self._stays(one)]
        self.steps.append(step)
        newest = step.em_pass
        while self._every <= newest and sum(one.bytes for one in self.steps) > self._most:
            self._every *= 2
            self.steps = [one for one in self.steps if self._stays(one) or one.em_pass == newest]

    def _stays(self, step: EMStep) -> bool:
        return step.em_pass < 2 or step.em_pass % self._every == 0

    @property
    def curve(self) -> tuple[tuple[int, float], ...]:
        """The half passes at which log p of a picture is known, and what it was."""
        return tuple((one.number, one.log_p) for one in self.steps if one.log_p is not None)
