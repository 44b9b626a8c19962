"""Stores the frames of a tape: as many as a memory budget allows, chosen before the first one comes.

Without Qt, and without torch: it uses only the numbers, times and sizes of frames.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from latentlab.engine.diffusion.recipes import MOST_STEPS

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

BUDGET = 256 << 20
# x_t and x0_hat, float32 each.
_BYTES_A_NUMBER = 8


def frame_bytes(shape: Sequence[int], count: int) -> int:
    """The bytes of a frame of `count` pictures of shape (C, H, W)."""
    channels, height, width = shape
    return _BYTES_A_NUMBER * count * channels * height * width


def every_for(shape: Sequence[int], count: int, frames: int, budget: int = BUDGET) -> int:
    """The smallest stride at which `frames` frames fit into `budget` bytes; 1 keeps them all.

    The first and the last are kept in any case.
    """
    fitting = budget // frame_bytes(shape, count)
    for every in range(1, max(frames, 2)):
        if kept_count(frames, every) <= fitting:
            return every
    return max(1, min(frames - 1, MOST_STEPS))


def kept_count(frames: int, every: int) -> int:
    """How many of `frames` are kept with stride `every`, plus the last."""
    last = frames - 1
    return last // every + 1 + (1 if last % every else 0)


class TapeStore:
    """The stored frames of one tape, by number.

    Args:
        shared: frames of another tape that this one begins with.
    """

    def __init__(self, shared: Iterable[Frame] = ()) -> None:
        self._frames: dict[int, Frame] = {frame.number: frame for frame in shared}
        self._numbers: list[int] = sorted(self._frames)
        self.total = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: Frame) -> None:
        """Stores a frame, replacing one of the same number."""
        if frame.number not in self._frames:
            bisect.insort(self._numbers, frame.number)
        self._frames[frame.number] = frame
        self.total = frame.total

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the stored frames, in order."""
        return self._numbers

    @property
    def frames(self) -> list[Frame]:
        """The stored frames, in order."""
        return [self._frames[number] for number in self._numbers]

    @property
    def newest(self) -> Frame | None:
        """The last stored frame."""
        return self._frames[self._numbers[-1]] if self._numbers else None

    @property
    def bytes(self) -> int:
        """The bytes of the frames, including those shared with another tape."""
        return sum(frame.x_t.nbytes + frame.x0_hat.nbytes for frame in self._frames.values())

    def get(self, number: int) -> Frame | None:
        """The frame of exactly this number, if stored."""
        return self._frames.get(number)

    def nearest(self, number: int) -> Frame | None:
        """The stored frame whose number is nearest."""
        if not self._numbers:
            return None
        place = bisect.bisect_left(self._numbers, number)
        around = self._numbers[max(0, place - 1) : place + 1]
        return self._frames[min(around, key=lambda one: abs(one - number))]

    def next(self, number: int, steps: int = 1) -> Frame | None:
        """The stored frame `steps` after the one of this number, or before it; limited to the ends."""
        if not self._numbers:
            return None
        if steps > 0:
            place = bisect.bisect_right(self._numbers, number) + steps - 1
        else:
            place = bisect.bisect_left(self._numbers, number) + steps
        return self._frames[self._numbers[min(max(place, 0), len(self._numbers) - 1)]]

    def at_time(self, t: int) -> Frame | None:
        """The stored frame whose time is nearest to t."""
        if not self._numbers:
            return None
        return min(self._frames.values(), key=lambda frame: (abs(frame.t - t), -frame.number))


def used_bytes(tapes: Iterable[TapeStore]) -> int:
    """The bytes of several tapes; a frame shared by two of them counts once."""
    known: dict[int, int] = {}
    for tape in tapes:
        known.update({id(frame): frame.x_t.nbytes + frame.x0_hat.nbytes for frame in tape.frames})
    return sum(known.values())
