"""What an inversion is asked for, and what it tells; see `latentlab.engine.inference.inversion`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor

from latentlab.errors import LabError
from latentlab.models.base import Decodes, Encodes
from latentlab.models.capabilities import Capability
from latentlab.models.critics import Inverts
from latentlab.models.registry import how_to_train


@runtime_checkable
class Invertible(Inverts, Decodes, Protocol):
    """A model that decodes, and whose error can be descended."""


@dataclass(frozen=True)
class InversionPlan:
    """How to descend.

    Attributes:
        steps: T.
        starts: descents begun for a picture whose condition is known; otherwise at least one for each class.
        draws: of the prior, among which the best are starts.
        rate: r, in standard deviations of the prior.
        seed: of the draws.
    """

    steps: int = 200
    starts: int = 4
    draws: int = 32
    rate: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (("steps", 0, 100_000), ("starts", 1, 1000), ("draws", 0, 100_000)):
            if not low <= getattr(self, name) <= high:
                raise LabError(f"{name} is {getattr(self, name)}, expected {low} to {high:,}")
        if not 0.0 < self.rate <= 10.0:
            raise LabError(f"rate is {self.rate:g}, expected more than 0, at most 10")


USUAL = InversionPlan()


@dataclass(frozen=True, eq=False)
class InversionStep:
    """Where the descents of B pictures are: the best start of each.

    Attributes:
        number, of: of the steps; 0 before the first.
        z: float32 (B, D), where the best start is now.
        y: its condition (B, A); None for a model without.
        error: (B,) what is descended, there.
        starts: how many descents of each picture go on.
    """

    number: int
    of: int
    z: Tensor
    y: Tensor | None
    error: Tensor
    starts: int


@dataclass(frozen=True, eq=False)
class Inversion:
    """What was found for B pictures, on the CPU.

    Attributes:
        z: float32 (B, D), the best that was met.
        y: its condition (B, A); None for a model without.
        error: (B,) what was descended, at z.
        began: (B,) the same where its descent began.
        path: float32 (T + 1, B, D), the descent that met it, from its start on; None if it was not kept.
        errors: (T + 1, B) what was descended, along it.
        best: (B,) the step at which z was met.
        encoder: (B,) whether it began at the encoder's answer.
    """

    z: Tensor
    y: Tensor | None
    error: Tensor
    began: Tensor
    path: Tensor | None
    errors: Tensor
    best: Tensor
    encoder: Tensor


def require_invertible(model: object, name: str) -> Invertible:
    """The model, called `name`, if it can be inverted.

    Raises:
        LabError: if it cannot.
    """
    if isinstance(model, Invertible):
        return model
    encodes = isinstance(model, Encodes)
    raise LabError(
        f"{name} cannot be inverted by descent",
        hint="Its encoder finds the z of a picture: latentlab encode"
        if encodes
        else f"Train a model that can: {how_to_train(Capability.INVERTS)} --data DATA --out FILE",
    )
