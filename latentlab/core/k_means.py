"""k-means: Lloyd's rounds from k-means++ places, where EM begins.

Source: Arthur & Vassilvitskii, k-means++ (2007).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def plus_plus(x: Tensor, count: int, generator: torch.Generator | None = None) -> Tensor:
    """Starting places for k-means, (count, D): each a row of x (B, D), likely if far from those before."""
    if not len(x):
        raise ValueError("no rows to start from")
    chosen = [int(torch.randint(len(x), (1,), generator=generator))]
    nearest = torch.full((len(x),), math.inf, dtype=x.dtype, device=x.device)
    # Products, which read x once, and its rounding where places coincide.
    own = x.square().sum(1)
    nothing = 16.0 * torch.finfo(x.dtype).eps * own
    for _ in range(count - 1):
        squares = own - 2.0 * x @ x[chosen[-1]] + own[chosen[-1]]
        nearest = torch.minimum(nearest, torch.where(squares > nothing, squares, 0.0))
        # All rows may lie on the places that are there: then any will do.
        chances = nearest if float(nearest.sum()) > 0.0 else torch.ones_like(nearest)
        chosen.append(int(torch.multinomial(chances, 1, generator=generator)))
    return x[chosen].clone()


def k_means(x: Tensor, centres: Tensor, rounds: int = 10) -> tuple[Tensor, Tensor, float]:
    """Lloyd's rounds: centres (K, D), the nearest of each row (B,), and the mean squared distance to it."""
    for _ in range(rounds):
        near = nearest_of(x, centres)[0]
        count = torch.bincount(near, minlength=len(centres)).to(x.dtype).unsqueeze(-1)
        sums = torch.zeros_like(centres).index_add_(0, near, x)
        moved = torch.where(count > 0, sums / count.clamp(min=1.0), centres)
        done = torch.equal(moved, centres)
        centres = moved
        if done:
            break
    near, squares = nearest_of(x, centres)
    return centres, near, float(squares.mean())


def nearest_of(x: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest centre of each row, (B,), and its squared distance (B,)."""
    squares = x.square().sum(1, keepdim=True) - 2.0 * x @ centres.T + centres.square().sum(1)
    least, near = squares.clamp(min=0.0).min(1)
    return near, least
