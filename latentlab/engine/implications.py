"""What goes along with an attribute: nobody wears sunglasses and no eyeglasses.

A decoder that is told what never occurs draws noise. So whoever tells it one attribute tells it along what
the data imply: that another is there too, or that it is not.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from latentlab.engine.requests import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# (a, b, so): who has attribute a has attribute b if `so`, else lacks it; columns of y.
Implied = tuple[tuple[int, int, bool], ...]
# So many pictures with a should contradict if a and b had nothing to do with each other: that none does is
# then a chance of e^-10.
_EXPECTED = 10.0


def implied_by(y: NDArray[np.float32]) -> Implied:
    """The implications that no picture contradicts, and that are no chance; y is 0 or 1, (N, A)."""
    found: list[tuple[int, int, bool]] = []
    for so, contrary in ((True, 1.0 - y), (False, y)):
        expected = y.sum(0)[:, None] * contrary.sum(0)[None, :] / max(1, len(y))
        pairs = ((y.T @ contrary == 0.0) & (expected >= _EXPECTED)).nonzero()
        found += [(int(a), int(b), so) for a, b in zip(*pairs, strict=True) if a != b]
    return tuple(found)


def along(condition: Point, told: Collection[int], implied: Implied) -> Point:
    """The condition after the columns `told` were: what was told itself stays, and nothing else contradicts
    it. In numbers from 0 to 1, "a implies b" is a <= b, and "a excludes b" is a <= 1 - b."""
    numbers = list(condition)
    for a, b, so in implied:
        if a in told and b not in told:
            numbers[b] = max(numbers[b], numbers[a]) if so else min(numbers[b], 1.0 - numbers[a])
        if so and b in told and a not in told:
            numbers[a] = min(numbers[a], numbers[b])
    return tuple(numbers)
