"""The kernel distance between two sets of points, without bias (KID, where they are a network's features).

    k(x, y)   = (x . y / F + 1)^3
    MMD^2     = 1/(n(n-1)) sum_{i != j} k(x_i, x_j) + 1/(m(m-1)) sum_{i != j} k(y_i, y_j)
                - 2/(n m) sum_ij k(x_i, y_j)

Its expectation does not depend on n and m, so that figures of different N compare, and it may come out below
0 where the sets are alike. The standard error is that of the mean over disjoint blocks of both sets, each of
which gives an estimate without bias: an upper one, because a block knows less than its share of the whole.

Source: Bińkowski, Sutherland, Arbel & Gretton, Demystifying MMD GANs (2018), section 4 and eq. 4.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

_BLOCKS, _LEAST = 10, 2


def squared_mmd(x: Tensor, y: Tensor) -> float:
    """MMD^2 of points (n, F) and (m, F).

    Raises:
        ValueError: for fewer than 2 points, or points of different dimensions.
    """
    if min(len(x), len(y)) < _LEAST or x.shape[1:] != y.shape[1:] or x.ndim != 2:
        raise ValueError(
            f"points of shape {tuple(x.shape)} and {tuple(y.shape)}; expected at least 2 of each"
        )
    x, y = x.double(), y.double()
    return _within(x) + _within(y) - 2.0 * float(_kernel(x, y).mean())


def squared_mmd_error(x: Tensor, y: Tensor, generator: torch.Generator) -> float:
    """The standard error of `squared_mmd`, from blocks of both sets in a random order; NaN for few points."""
    blocks = min(_BLOCKS, len(x) // _LEAST, len(y) // _LEAST)
    if blocks < 2:
        return math.nan
    some = x[torch.randperm(len(x), generator=generator)].chunk(blocks)
    others = y[torch.randperm(len(y), generator=generator)].chunk(blocks)
    pairs = [(one, other) for one, other in zip(some, others, strict=False) if min(len(one), len(other)) > 1]
    each = torch.tensor([squared_mmd(one, other) for one, other in pairs])
    return float(each.std() / math.sqrt(len(each))) if len(each) > 1 else math.nan


def _within(x: Tensor) -> float:
    """The mean of k over pairs of different points."""
    n = len(x)
    own = (x.square().sum(1) / x.shape[1] + 1.0) ** 3
    return float((_kernel(x, x).sum() - own.sum()) / (n * (n - 1)))


def _kernel(x: Tensor, y: Tensor) -> Tensor:
    k: Tensor = (x @ y.T / x.shape[1] + 1.0) ** 3
    return k
