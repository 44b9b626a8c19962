"""Implications between attributes in the data: sunglasses imply eyeglasses, for example.

A decoder given a condition that never occurs draws noise. So when one attribute is set, those that the data
imply are set with it, on or off.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import TYPE_CHECKING

from latentlab.engine.types import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# (a, has, b, so): pictures with attribute a (without, if not `has`) have b (lack it, if not `so`); columns of
# y.
Implied = tuple[tuple[int, bool, int, bool], ...]
# If a and b were independent, this many counterexamples would be expected: none at all then has probability
# e^-10.
_EXPECTED = 10.0
_ROUNDING = 1e-9


def implied_by(y: NDArray[np.float32]) -> Implied:
    """The implications that no picture contradicts and that are no coincidence; y (N, A).

    y is 1 for present, 0 for absent; a value between means unknown and supports neither. Each comes with its
    contraposition: without b, without a.
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
    """The condition after the columns `told` were set: these stay, and what they imply holds at least as
    much. The absence of an attribute of 0.3 holds by 0.7.
    """
    numbers = list(condition)
    for a, has, b, so in implied:
        if a in told and b not in told:
            least = condition[a] if has else 1.0 - condition[a]
            numbers[b] = max(numbers[b], least) if so else min(numbers[b], 1.0 - least)
    return tuple(numbers)


def contradicted(condition: Point, implied: Implied) -> tuple[int, bool, int, bool] | None:
    """The first implication that a condition contradicts: nothing like it is in the data."""
    for one in implied:
        number = one[2]
        # 1 - (1 - c) is not always c to the last digit.
        if abs(along(condition, (one[0],), (one,))[number] - condition[number]) > _ROUNDING:
            return one
    return None
