"""The nearest of many points, searched for in pieces.

|x - r|^2 = |x|^2 - 2 x . r + |r|^2          finds the candidates: one product of matrices
d         = sqrt( sum_j (x_j - r_j)^2 )      is computed again for those: near 0 the first line cancels
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

# Points compared at once: few, so that they stay in the processor's cache.
COMPARED = 1024
# More candidates than asked for are kept, for float32 may order near ones wrongly.
_SPARE = 8

Embed = Callable[[Tensor], Tensor]


def nearest(
    x: Tensor, rows: Tensor, count: int, embed: Embed = torch.Tensor.float, *, pieces: int = COMPARED
) -> tuple[Tensor, Tensor]:
    """(distances, numbers) of the `count` rows nearest to each of x, nearest first; (N, k) float32 and int64.

    Args:
        x: points, (N, D).
        rows: what to search, (M, ...), also uint8: `embed` makes points (n, D) of some of them.
        count: how many to find; k is this or M, whichever is smaller.
        embed: see there.
        pieces: rows compared at once.
    """
    *_, last = _search(x, rows, count, embed, pieces)
    assert isinstance(last, tuple)
    return last


def search(
    x: Tensor, rows: Tensor, count: int, embed: Embed = torch.Tensor.float, *, pieces: int = COMPARED
) -> Iterator[float | tuple[Tensor, Tensor]]:
    """The same in pieces of work: yields the share done, at the end (distances, numbers)."""
    return _search(x, rows, count, embed, pieces)


def _search(
    x: Tensor, rows: Tensor, count: int, embed: Embed, pieces: int
) -> Iterator[float | tuple[Tensor, Tensor]]:
    kept = min(count + _SPARE, len(rows))
    own = x.float().square().sum(1, keepdim=True)
    best = torch.empty(len(x), 0)
    found = torch.empty(len(x), 0, dtype=torch.int64)
    for first in range(0, len(rows), pieces):
        some = embed(rows[first : first + pieces])
        squares = own + torch.linalg.vector_norm(some, dim=1).square() - 2.0 * (x.float() @ some.T)
        numbers = torch.arange(first, first + len(some)).expand(len(x), -1)
        best, found = torch.cat([best, squares], 1), torch.cat([found, numbers], 1)
        best, order = best.topk(min(kept, best.shape[1]), largest=False)
        found = found.gather(1, order)
        yield (first + len(some)) / len(rows)
    yield _ordered(x, rows, found, min(count, len(rows)), embed)


def _ordered(x: Tensor, rows: Tensor, found: Tensor, count: int, embed: Embed) -> tuple[Tensor, Tensor]:
    distances = torch.empty(found.shape)
    for row, numbers in enumerate(found):
        apart = x[row].double() - embed(rows[numbers]).double()
        distances[row] = apart.square().sum(1).sqrt().float()
    # By distance, then by number.
    numbers, order = found.sort(1)
    distances, by_distance = distances.gather(1, order).sort(dim=1, stable=True)
    return distances[:, :count], numbers.gather(1, by_distance)[:, :count]
