"""Figures of several players and phases: sums and counts of each, so that each tells only what it knows."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from latentlab.core.figures import Figures, FiguresSpec


class Tally:
    """A vector of the figures of a spec: their sums, then how many were added to each.

    Args:
        spec: of the figures.
        names: those that have a place in it; the others are left out.
    """

    def __init__(self, spec: FiguresSpec, names: tuple[str, ...]) -> None:
        self.spec, self.names, self.width = spec, names, 2 * len(names)

    def of(self, means: Mapping[str, Tensor], count: int = 1) -> Tensor:
        """The vector (width,) of means by name, of so many batches or pictures."""
        nothing = next(iter(means.values())).new_zeros(())
        sums = [means[name].detach() * count if name in means else nothing for name in self.names]
        counts = [nothing + count if name in means else nothing for name in self.names]
        return torch.stack([*sums, *counts]).float()

    def terms(self, sums: Tensor) -> Figures:
        """The means, from such vectors added up; NaN where nothing was."""
        total, count = sums.view(2, -1).tolist()
        means = (a / b if b else float("nan") for a, b in zip(total, count, strict=True))
        return Figures(dict(zip(self.names, means, strict=True)), {}, self.spec)
