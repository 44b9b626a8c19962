"""The capabilities of adversarial models: to score pictures, and to find the z of one by descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor


@dataclass(frozen=True)
class ScoreSpec:
    """What a score is called and means.

    Attributes:
        symbol: such as "D(x)".
        title: for an axis or a heading.
        help: a sentence on what it says of a picture.
        probability: whether the sigmoid of a score is the probability that a picture is real.
    """

    symbol: str
    title: str
    help: str
    probability: bool


@runtime_checkable
class Scores(Protocol):
    """Says of pictures how real they look: a discriminator's logits, or a critic's numbers."""

    @property
    def score_spec(self) -> ScoreSpec:
        """What its scores mean."""

    def scores(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Scores, higher for what looks real, differentiable in x; (B, C, H, W) in [0, 1] -> (B,)."""


@runtime_checkable
class Inverts(Protocol):
    """Has an error of z for a picture that gradient descent can make small: a decoder without an encoder."""

    def inversion_error(self, z: Tensor, x: Tensor, y: Tensor | None = None) -> Tensor:
        """What is descended, differentiable in z; (B, D) and (B, C, H, W) in [0, 1] -> (B,)."""
