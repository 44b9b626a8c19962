"""What goes along with an attribute: nobody wears sunglasses and no eyeglasses.

A decoder that is told what never occurs draws noise. So whoever tells it one attribute tells it along what
the data imply: that another is there too, or that it is not.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import TYPE_CHECKING

from latentlab.engine.types import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# (a, has, b, so): who has attribute a (lacks it, if not `has`) has b (lacks it, if not `so`); columns of y.
Implied = tuple[tuple[int, bool, int, bool], ...]
# So many pictures should contradict if a and b had nothing to do with each other: that none does is then a
# chance of e^-10.
_EXPECTED = 10.0


def implied_by(y: NDArray[np.float32]) -> Implied:
    """The implications that no picture contradicts, and that are no chance; y (N, A).

    y is 1 for there, 0 for not there; a picture of which that is not known, with a number between, says
    neither. Each comes with its contraposition: who lacks b lacks a.
    """
    found: list[tuple[int, bool, int, bool]] = []
    there, absent = (y == 1.0).astype(y.dtype), (y == 0.0).astype(y.dtype)
    for has, so in itertools.product((True, False), repeat=2):
        if_so, contrary = (there if has else absent), (absent if so else there)
        expected = if_so.sum(0)[:, None] * contrary.sum(0)[None, :] / max(1, len(y))
        pairs = ((if_so.T @ contrary == 0.0) & (expected >= _EXPECTED)).nonzero()
        found += [(int(a), has, int(b), so) for a, b in zip(*pairs, strict=True) if a != b]
    return tuple(found)


def along(condition: Point, told: Collection[int], implied: Implied) -> Point:
    """The condition after the columns `told` were: what was told itself stays, and what it implies holds at
    least as much. Lacking an attribute of 0.3 holds by 0.7."""
    numbers = list(condition)
    for a, has, b, so in implied:
        if a in told and b not in told:
            least = condition[a] if has else 1.0 - condition[a]
            numbers[b] = max(numbers[b], least) if so else min(numbers[b], 1.0 - least)
    return tuple(numbers)


def contradicted(condition: Point, implied: Implied) -> tuple[int, bool, int, bool] | None:
    """The first implication that a condition contradicts: nothing like it is in the data."""
    return next((one for one in implied if along(condition, (one[0],), (one,)) != condition), None)
