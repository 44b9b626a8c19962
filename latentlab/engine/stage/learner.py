"""What the stage asks of every family of models."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from latentlab.core.points import Points
from latentlab.engine.stage.recipe import Tuning


class Learner(Protocol):
    """A model of points in training.

    Attributes:
        players: whose turns make up a round, in their order.
    """

    players: tuple[str, ...]

    def turn(self, player: str, tuning: Tuning) -> None:
        """One turn of a player."""

    def turns(self, player: str, tuning: Tuning) -> int:
        """How many turns it has in a round."""

    def made(self, count: int) -> Tensor:
        """(count, 2) points, always of the same noise."""

    def mesh(self) -> Tensor | None:
        """See `latentlab.engine.stage.events.Frame`."""

    def ellipses(self) -> Tensor | None:
        """See `latentlab.engine.stage.events.Frame`."""

    def log_density(self, x: Tensor) -> Tensor | None:
        """log q(x) of the model in nats, (N, 2) -> (N,) float64; None if it does not tell."""

    def figures(self) -> dict[str, float]:
        """Of the last round, by name."""

    @property
    def points(self) -> Points | None:
        """What is made, if its density is known."""
