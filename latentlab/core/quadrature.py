"""The integral of exp(f) over a box of one or two dimensions, by cells split where its mass is.

    log integral e^f(z) dz  ~=  logsumexp_i ( f(z_i) + log a_i )      z_i the middle of a cell, a_i its area

The box begins as equal cells. Those with a share of the mass worth a look are split in three along each
axis, and what that changes tells their error: those whose error counts are split again. The midpoint rule
converges fast for smooth peaks: with cells as wide as a standard deviation of a Gaussian its error is already
below 1e-8.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import torch
from torch import Tensor

LogFunction = Callable[[Tensor], Tensor]
_SPLIT = 3
# A first cell is split if its log mass is within so much of the largest: it may hide a narrow peak.
WORTH = 40.0
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


def without_nothing(cells: Cells, near: Tensor, least: float = 80.0) -> Cells:
    """The cells whose log mass is not further below the largest, and those about the places `near` (M, D).

    Most of a box is next to nothing, and would only take time.
    """
    mass = cells.log_mass
    about = ((near.unsqueeze(1) - cells.middle).abs() <= 1.5 * cells.side).all(-1).any(0)
    some = (mass > mass.max() - least) | about
    return Cells(cells.middle[some], cells.side[some], cells.value[some])


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
    worth: float = WORTH,
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
        worth: a first cell is split if its log mass is within so many nats of the largest.
    """
    steps = refined(first, near=near, width=width, tolerance=tolerance, most=most, levels=levels, worth=worth)
    try:
        places = next(steps)
        while True:
            places = steps.send(f(places))
    except StopIteration as end:
        found: Cells = end.value
        return found


def refined(
    first: Cells,
    *,
    near: Tensor | None = None,
    width: Tensor | None = None,
    tolerance: float = 1e-4,
    most: int = 20_000,
    levels: int = 12,
    worth: float = WORTH,
) -> Generator[Tensor, Tensor, Cells]:
    """As `integrate`, for one who evaluates f himself: yields places (N, D), and is sent f there (N,)."""
    cells, spent = first, 0
    mass = cells.log_mass
    # Of the first cells nothing is known but their mass: all that may matter are split.
    due = torch.where(mass > mass.max() - worth, torch.inf, 0.0).to(mass)
    for _ in range(levels):
        coarse = _coarse(cells, near, width)
        due[coarse] = torch.inf
        split = due > 0.0
        room = (most - spent) // _SPLIT ** cells.middle.shape[1]
        if int(split.sum()) > room:
            split = torch.zeros_like(split)
            # Those that are looked for, then those with the largest errors and masses.
            order = torch.where(torch.isinf(due) & ~coarse, cells.share, due)
            split[order.topk(max(0, room)).indices] = True
            split &= due > 0.0
        if not bool(split.any()):
            break
        middle, side = _parts(cells, split)
        cells, errors = _with_split(cells, split, Cells(middle, side, (yield middle)))
        spent += int(split.sum()) * _SPLIT ** cells.middle.shape[1]
        # Of what was not split there is nothing more to do.
        due = torch.where(errors > tolerance / _SHARE_OF_ERROR, errors, torch.zeros_like(errors))
    return cells


def _coarse(cells: Cells, near: Tensor | None, width: Tensor | None) -> Tensor:
    """Which cells lie about one of the places and are wider than they may be there, (N,)."""
    if near is None or width is None:
        return torch.zeros(len(cells.middle), dtype=torch.bool, device=cells.middle.device)
    about = (near.unsqueeze(1) - cells.middle).abs() <= 1.5 * cells.side
    wide = cells.side > width.unsqueeze(1)
    return (about.all(-1) & wide.any(-1)).any(0)


def _parts(cells: Cells, split: Tensor) -> tuple[Tensor, Tensor]:
    """The middles and sides of what some cells are split in."""
    dimensions = cells.middle.shape[1]
    steps = torch.arange(_SPLIT, dtype=cells.middle.dtype) - (_SPLIT - 1) / 2.0
    offsets = torch.stack(torch.meshgrid(*[steps] * dimensions, indexing="ij"), -1).flatten(0, -2)
    side = cells.side[split] / _SPLIT
    middle = (cells.middle[split].unsqueeze(1) + offsets * side.unsqueeze(1)).flatten(0, 1)
    return middle, side.unsqueeze(1).expand(-1, len(offsets), -1).flatten(0, 1)


def _with_split(cells: Cells, split: Tensor, parts: Cells) -> tuple[Cells, Tensor]:
    """Cells with some of them split, and the error of each new one as a share of the whole; else 0."""
    kept, each = ~split, _SPLIT ** cells.middle.shape[1]
    parents = cells.log_mass[split]
    found = Cells(
        torch.cat([cells.middle[kept], parts.middle]),
        torch.cat([cells.side[kept], parts.side]),
        torch.cat([cells.value[kept], parts.value]),
    )
    whole = found.log_integral
    children = parts.log_mass.view(-1, each)
    gap = ((children.logsumexp(1) - whole).exp() - (parents - whole).clamp(max=80.0).exp()).abs()
    errors = torch.zeros_like(found.value)
    errors[int(kept.sum()) :] = gap.repeat_interleave(each) / each
    return found, errors
