"""Plans a film: which frame is shown when, how long it runs, and about how large its file gets."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
LEAST_SECONDS, MOST_SECONDS = 0.1, 600.0
MOST_FRAMES = 6000


class Loop(enum.Enum):
    """What a film does at its end: `THERE_AND_BACK` goes back to the start, again and again; `AGAIN` begins
    anew; `ONCE` stays at its last frame.
    """

    THERE_AND_BACK = "there and back"
    AGAIN = "again from the start"
    ONCE = "once"


@dataclass(frozen=True)
class FilmPlan:
    """Frames a second, seconds of one round, and what happens then."""

    rate: int
    seconds: float
    loop: Loop = Loop.THERE_AND_BACK

    def as_text(self) -> str:
        """What `plan_from` reads again."""
        return f"{self.rate} {self.seconds:g} {self.loop.name}"

    @property
    def count(self) -> int:
        """The frames of one round."""
        return min(MOST_FRAMES, max(1, round(self.seconds * self.rate)))

    @property
    def needed(self) -> int:
        """How many pictures show every frame of it as a picture of its own: of a round there and back, half
        of them come twice.
        """
        return self.count // 2 + 1 if self.loop is Loop.THERE_AND_BACK else self.count

    def picks(self, pictures: int) -> list[int]:
        """The number of the picture that each frame shows, of so many, evenly spread."""
        if pictures < 1:
            return []
        if self.loop is not Loop.THERE_AND_BACK:
            return _spread(pictures, self.count)
        # The two ends are shown once: one round ends just before the frame with which the next begins.
        last, half = pictures - 1, self.count / 2
        places = (frame if frame <= half else self.count - frame for frame in range(self.count))
        return [round(place / half * last) if half else 0 for place in places]

    def frames(self, pictures: Sequence[T]) -> tuple[T, ...]:
        """The pictures in the order in which they are shown."""
        return tuple(pictures[number] for number in self.picks(len(pictures)))


def plan_from(text: str) -> FilmPlan | None:
    """The plan that `as_text` wrote; None if it is none, or out of range."""
    try:
        rate, seconds, loop = text.split()
        plan = FilmPlan(int(rate), float(seconds), Loop[loop])
    except (ValueError, KeyError):
        return None
    return plan if plan.rate >= 1 and LEAST_SECONDS <= plan.seconds <= MOST_SECONDS else None


def natural_seconds(pictures: int, rate: int, loop: Loop) -> float:
    """How long a film runs that shows every picture once, and back again where it goes back."""
    count = max(1, 2 * (pictures - 1)) if loop is Loop.THERE_AND_BACK else pictures
    return min(max(count / max(1, rate), LEAST_SECONDS), MOST_SECONDS)


def _spread(pictures: int, count: int) -> list[int]:
    if count == 1:
        return [0]
    return [round(frame * (pictures - 1) / (count - 1)) for frame in range(count)]
