"""A mixture of Gaussians, fitted to points by EM: a round is one pass. Its steps:
`latentlab.core.mixture`."""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.core.k_means import plus_plus
from latentlab.core.mixture import Full, Mixture
from latentlab.core.points import Points
from latentlab.engine.stage.recipe import Recipe, Tuning

EM = "EM"
_ROWS = 2000
# Of a covariance: narrower than any of the data's own.
_FLOOR = 4e-4
_FIRST_WIDTH = 0.4


class MixtureOfPoints:
    """See `latentlab.engine.stage.learner.Learner`."""

    players: tuple[str, ...] = (EM,)

    def __init__(self, data: Points, recipe: Recipe) -> None:
        draw = torch.Generator().manual_seed(recipe.seed)
        self._rows = data.draw(_ROWS, draw)
        count = recipe.components
        means = plus_plus(self._rows, count, draw)
        wide = _FIRST_WIDTH**2 * torch.eye(2, dtype=torch.float64)
        weights = torch.full((count,), 1.0 / count, dtype=torch.float64)
        self.known = Mixture(weights, Full(means, wide.repeat(count, 1, 1)))
        self._seed = recipe.seed + 2
        self._log_p: float | None = None

    def turns(self, player: str, tuning: Tuning) -> int:
        """See `Learner`."""
        return 1

    def turn(self, player: str, tuning: Tuning) -> None:
        """See `Learner`."""
        sums = self.known.expected(self._rows)
        self._log_p = float(sums["log_p"]) / len(self._rows)
        self.known = self.known.maximised(sums, _FLOOR)

    def made(self, count: int) -> Tensor:
        """See `Learner`."""
        return self.known.draw(count, torch.Generator().manual_seed(self._seed))[0]

    def mesh(self) -> Tensor | None:
        """See `Learner`."""
        return None

    def ellipses(self) -> Tensor | None:
        """See `Learner`."""
        components = self.known.components
        assert isinstance(components, Full)
        values, axes = torch.linalg.eigh(components.covariance)
        # The columns are the axes.
        spread = (axes * values.clamp(min=0.0).sqrt().unsqueeze(1)).transpose(1, 2)
        return torch.cat((components.mean.unsqueeze(1), spread), 1)

    def log_density(self, x: Tensor) -> Tensor | None:
        """See `Learner`."""
        return self.known.log_density(x.double())

    def figures(self) -> dict[str, float]:
        """See `Learner`."""
        return {} if self._log_p is None else {"log p of a point": self._log_p}

    @property
    def points(self) -> Points | None:
        """See `Learner`."""
        return None
