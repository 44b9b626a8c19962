"""A bar for each latent dimension: how much of the picture it carries."""

from __future__ import annotations

from latentlab.qt.views.training.bars import Bars
from latentlab.qt.views.training.history import UNUSED_NATS


class KLBars(Bars):
    """KL(q(z_j|x) || p(z_j)) of each dimension j, in nats, averaged over pictures; unused ones are hollow."""

    hollow = UNUSED_NATS

    def __init__(self) -> None:
        super().__init__(
            "klBars",
            "KL of each latent dimension",
            "How much each latent dimension says of a picture, in nats. A dimension at 0 says nothing: "
            "its posterior is the prior for every picture.",
            "KL of each dimension, once a training runs",
            least_top=0.1,
        )

    def summary(self) -> str:
        """How many dimensions are in use, in words."""
        if not self.numbers:
            return ""
        active = sum(kl >= UNUSED_NATS for kl in self.numbers)
        return f"{active} of {len(self.numbers)} in use"

    def headings(self) -> tuple[str, ...]:
        """The highest, and how many are in use."""
        most, used = f"KL up to {max(self.numbers):.1f}", self.summary()
        return f"{most} nats · {used}", f"{most} · {used}", used

    def tip_of(self, number: int) -> str:
        """One dimension's KL."""
        return f"z{number + 1}: {self.numbers[number]:.3f} nats"
