"""How far points lie apart: E |x - x'| over the pairs of one group."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def mean_distance(x: Tensor, groups: Tensor | None = None) -> float:
    """The mean distance between two points of one group, (N, F) with groups (N,); NaN without a pair."""
    apart = torch.cdist(x.float(), x.float())
    pairs = torch.ones_like(apart, dtype=torch.bool).triu(1)
    if groups is not None:
        pairs &= groups[:, None] == groups[None]
    return float(apart[pairs].mean()) if bool(pairs.any()) else math.nan
