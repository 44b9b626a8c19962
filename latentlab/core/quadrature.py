"""The integral of exp(f) over a box of one or two dimensions, by cells split where its mass is.

    log integral e^f(z) dz  ~=  logsumexp_i ( f(z_i) + log a_i )      z_i the middle of a cell, a_i its area

The box begins as equal cells. Those with a share of the mass worth a look are split in three along each
axis, and what that changes tells their error: those whose error counts are split again. The midpoint rule
converges fast for smooth peaks: with cells as wide as a standard deviation of a Gaussian its error is already
below 1e-8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

LogFunction = Callable[[Tensor], Tensor]
_SPLIT = 3
# A first cell is split if its log mass is within so much of the largest: it may hide a narrow peak.
_WORTH = 20.0
# A cell's error, as a share of the whole, is small enough at this part of the tolerance.
_SHARE_OF_ERROR = 30.0


@dataclass(frozen=True, eq=False)
class Cells:
    """A box in cells: their middles (N, D), their sides (N, D), and f at the middles (N,)."""

    middle: Tensor
    side: Tensor
    value: Tensor

    @property
    def log_mass(self) -> Tensor:
        """log of e^f a of each cell, (N,)."""
        return self.value + self.side.log().sum(1)

    @property
    def log_integral(self) -> float:
        """log of the integral."""
        return float(self.log_mass.double().logsumexp(0))

    @property
    def share(self) -> Tensor:
        """The share of the mass in each cell, (N,); they add up to 1."""
        return self.log_mass.softmax(0)


def grid(low: Tensor, high: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The middles and sides of `count` equal cells along each axis of a box; (count^D, D) each."""
    side = (high - low) / count
    axes = [low[axis] + side[axis] * (torch.arange(count, dtype=low.dtype) + 0.5) for axis in range(len(low))]
    middle = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).flatten(0, -2)
    return middle, side.expand_as(middle)


def integrate(
    f: LogFunction,
    first: Cells,
    *,
    near: Tensor | None = None,
    width: Tensor | None = None,
    tolerance: float = 1e-4,
    most: int = 20_000,
    levels: int = 12,
) -> Cells:
    """The cells of a box, split until the error of log of the integral is about `tolerance`.

    Args:
        f: a log density, (N, D) -> (N,).
        first: equal cells, with f at their middles.
        near, width: places (M, D) about which cells are split until they are no wider than (M, D), whatever f
            is there: a narrow peak may lie between the middles.
        tolerance: in nats.
        most: the most cells that f is evaluated at after the first.
        levels: how often a cell may be split.
    """
    cells, spent = first, 0
    # Of the first cells nothing is known but their mass: all that may matter are split.
    mass = cells.log_mass
    worth = torch.where(mass > mass.max() - _WORTH, torch.inf, 0.0).to(mass)
    for _ in range(levels):
        coarse = _coarse(cells, near, width)
        worth[coarse] = torch.inf
        split = worth > 0.0
        room = (most - spent) // _SPLIT ** cells.middle.shape[1]
        if int(split.sum()) > room:
            split = torch.zeros_like(split)
            # Those that are looked for, then those with the largest errors and masses.
            order = torch.where(torch.isinf(worth) & ~coarse, cells.share, worth)
            split[order.topk(max(0, room)).indices] = True
            split &= worth > 0.0
        if not bool(split.any()):
            break
        cells, errors = _with_split(f, cells, split)
        spent += int(split.sum()) * _SPLIT ** cells.middle.shape[1]
        # Of what was not split there is nothing more to do.
        worth = torch.where(errors > tolerance / _SHARE_OF_ERROR, errors, torch.zeros_like(errors))
    return cells


def _coarse(cells: Cells, near: Tensor | None, width: Tensor | None) -> Tensor:
    """Which cells lie about one of the places and are wider than they may be there, (N,)."""
    if near is None or width is None:
        return torch.zeros(len(cells.middle), dtype=torch.bool, device=cells.middle.device)
    about = (near.unsqueeze(1) - cells.middle).abs() <= 1.5 * cells.side
    wide = cells.side > width.unsqueeze(1)
    return (about.all(-1) & wide.any(-1)).any(0)


def _with_split(f: LogFunction, cells: Cells, split: Tensor) -> tuple[Cells, Tensor]:
    """Cells with some of them split, and the error of each new one as a share of the whole; else 0."""
    dimensions = cells.middle.shape[1]
    steps = torch.arange(_SPLIT, dtype=cells.middle.dtype) - (_SPLIT - 1) / 2.0
    offsets = torch.stack(torch.meshgrid(*[steps] * dimensions, indexing="ij"), -1).flatten(0, -2)
    side = cells.side[split] / _SPLIT
    middle = (cells.middle[split].unsqueeze(1) + offsets * side.unsqueeze(1)).flatten(0, 1)
    sides = side.unsqueeze(1).expand(-1, len(offsets), -1).flatten(0, 1)
    kept = ~split
    parents = cells.log_mass[split]
    found = Cells(
        torch.cat([cells.middle[kept], middle]),
        torch.cat([cells.side[kept], sides]),
        torch.cat([cells.value[kept], f(middle)]),
    )
    whole = found.log_integral
    children = found.log_mass[int(kept.sum()) :].view(-1, len(offsets))
    gap = ((children.logsumexp(1) - whole).exp() - (parents - whole).clamp(max=80.0).exp()).abs()
    errors = torch.zeros_like(found.value)
    errors[int(kept.sum()) :] = gap.repeat_interleave(len(offsets)) / len(offsets)
    return found, errors
