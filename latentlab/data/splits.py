"""Which pictures are held out, where the source does not say so itself.

The order depends on the count alone, and is computed here rather than drawn from a library's generator: the
same pictures must be held out on every machine and in every version to come, or a model would be judged on
what it has learnt from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentlab.data.limits import MAX_PICTURES

MOST_HELD_OUT = 10_000
SHARE = 10


def mixed(count: int) -> NDArray[np.intp]:
    """A fixed permutation of 0..count-1 (numbers sorted by their splitmix64 hash)."""
    z = (np.arange(count, dtype=np.uint64) + np.uint64(count)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.argsort(z ^ (z >> np.uint64(31)), kind="stable")


def held_out_count(count: int) -> int:
    """A tenth, at least 1, at most 10,000."""
    return min(max(1, count // SHARE), MOST_HELD_OUT)


def drawn(count: int) -> NDArray[np.intp] | None:
    """The pictures to read where there are more than the limit, in their own order; None: all of them."""
    return None if count <= MAX_PICTURES else np.sort(mixed(count)[:MAX_PICTURES])


def arrange(
    count: int, held_out: NDArray[np.bool_] | None, *, sorted_by_class: bool
) -> tuple[NDArray[np.intp], int]:
    """The order in which pictures are kept, held-out ones first, and how many of those there are.

    Args:
        count: how many pictures there are.
        held_out: which of them the source itself holds out, if it says so for some and not for others.
        sorted_by_class: whether the source's own order is one class after the other, so that the first
            hundred of a split would all be alike; then the pictures are mixed within each split.
    """
    if held_out is None or held_out.all() or not held_out.any():
        return mixed(count), held_out_count(count)
    order = mixed(count) if sorted_by_class else np.arange(count)
    return order[np.argsort(~held_out[order], kind="stable")], int(held_out.sum())
