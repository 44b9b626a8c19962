"""Chooses the held-out pictures where the source does not, and the order of all pictures.

Both depend on each picture alone: on the hash of its pixels (see `latentlab.data.keys`) and a seed. Adding or
removing a picture changes the split of no other: a training picture never becomes held out. Equal pictures
are in the same part, so that none is evaluated that was learnt from under another name.

Everything is computed here rather than with a library's generator: the same pictures must be held out on
every machine and in every later version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentlab.data.keys import NumberedNames
from latentlab.data.limits import MAX_PICTURES

MOST_HELD_OUT = 10_000
SHARE = 10
SEED = 0
# If so many are held out, and each picture occurs twice or more, too few differ to be split.
_FAR_TOO_MANY = 0.3


def deal(hashes: NDArray[np.uint64], names: Sequence[str], seed: int = SEED) -> tuple[NDArray[np.intp], int]:
    """The order in which pictures are kept, held-out ones first, and the number of those.

    A picture is held out if its hash, with the seed, is among the lowest tenth of all numbers: of N pictures
    about N / 10, at least 1, at most 10,000 and never all.

    Args:
        hashes: (N,) of the pixels of each.
        names: the path of each, which decides where pixels are equal.
        seed: another one holds out others.
    """
    count, different = len(hashes), len(np.unique(hashes))
    by_pixels = _scrambled(hashes, seed)
    # Names are used only where pixels are equal: making them takes a while for many pictures.
    by_name = by_pixels if different == count else _scrambled(_hashes_of(names) ^ by_pixels, seed)
    score, held_out = by_pixels, _lowest(by_pixels)
    if held_out.sum() > max(1, _FAR_TOO_MANY * count) and 2 * different <= count:
        score, held_out = by_name, _lowest(by_name)
    if held_out.all() and count:
        held_out[np.lexsort((by_name, score))[-1]] = False
    return np.lexsort((by_name, score, ~held_out)), int(held_out.sum())


def _lowest(score: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Those with a score in the lowest tenth of the range; at least the lowest one."""
    if not len(score):
        return np.zeros(0, dtype=bool)
    bar = max(2**64 // SHARE, int(score.min()))
    if len(score) > MOST_HELD_OUT:
        bar = min(bar, int(np.partition(score, MOST_HELD_OUT - 1)[MOST_HELD_OUT - 1]))
    held_out: NDArray[np.bool_] = score <= np.uint64(bar)
    return held_out


def arrange(
    hashes: NDArray[np.uint64],
    names: Sequence[str],
    held_out: NDArray[np.bool_] | None,
    *,
    sorted_by_class: bool,
) -> tuple[NDArray[np.intp], int]:
    """The order in which pictures are kept, held-out ones first, and the number of those.

    Args:
        hashes, names: of each picture.
        held_out: which of them the source itself holds out, if it says so for some and not for others.
        sorted_by_class: whether the source's own order is one class after the other, so that the first
            hundred of a split would all be alike; then the pictures are mixed within each split.
    """
    if held_out is None or held_out.all() or not held_out.any():
        return deal(hashes, names)
    order = deal(hashes, names)[0] if sorted_by_class else np.arange(len(hashes))
    return order[np.argsort(~held_out[order], kind="stable")], int(held_out.sum())


def drawn(names: Sequence[str]) -> NDArray[np.intp] | None:
    """The pictures to read where there are more than the limit, in their own order; None: all of them."""
    if len(names) <= MAX_PICTURES:
        return None
    score = _scrambled(_hashes_of(names), SEED)
    return np.sort(np.argpartition(score, MAX_PICTURES)[:MAX_PICTURES])


def arrange_by_count(
    count: int, held_out: NDArray[np.bool_] | None, *, sorted_by_class: bool
) -> tuple[NDArray[np.intp], int]:
    """As `arrange`, in the way of LatentLab before keys: by the number of pictures.

    The faces that ship were split so, and older files have numbers in this order.
    """
    if held_out is None or held_out.all() or not held_out.any():
        return mixed(count), min(max(1, count // SHARE), MOST_HELD_OUT)
    order = mixed(count) if sorted_by_class else np.arange(count)
    return order[np.argsort(~held_out[order], kind="stable")], int(held_out.sum())


def mixed(count: int) -> NDArray[np.intp]:
    """A fixed permutation of 0..count-1 (numbers sorted by their splitmix64 hash)."""
    numbers = np.arange(count, dtype=np.uint64) + np.uint64(count)
    return np.argsort(_splitmix(numbers), kind="stable")


def _scrambled(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        return _splitmix(values ^ _splitmix(np.array([seed], dtype=np.uint64)))


def _splitmix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The splitmix64 hash of each number."""
    z = values * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _hashes_of(names: Sequence[str]) -> NDArray[np.uint64]:
    if isinstance(names, NumberedNames):
        return np.array(names.numbers, dtype=np.uint64)
    digests = (hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8) for name in names)
    return np.fromiter((int.from_bytes(one.digest(), "little") for one in digests), np.uint64, len(names))
