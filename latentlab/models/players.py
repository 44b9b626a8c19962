"""How a model says that it is trained: what is minimised, by whom, in which order, or how it is fitted.

An `Objective` has *players*: parts of the model that each have a loss, an optimiser and turns of their own.
A VAE has one, a GAN two. *Phases* follow one another, where one part is trained after another (a tokeniser,
then a prior). A `Fitting` needs no gradients: it goes over the data and keeps sums, as for EM. The
trainer does the rest: it steps, averages, judges, saves and resumes, whatever the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures, FiguresSpec

# A shorter memory of squared gradients than Adam's usual 0.999: the noise of z changes their size fast.
BETAS = (0.9, 0.99)


class Settings(Protocol):
    """What a model may ask of the plan of its training before it says how it is trained."""

    @property
    def epochs(self) -> int: ...

    @property
    def importance_samples(self) -> int: ...


@dataclass(frozen=True)
class Batch:
    """Pictures x (B, C, H, W) in [0, 1], what the encoder is shown in their place, what they are of."""

    x: Tensor
    shown: Tensor | None = None
    y: Tensor | None = None


@dataclass(frozen=True)
class Moment:
    """Where a training is: step 0 .. steps - 1 of its phase; the weight of the KL; draws of z a picture."""

    step: int = 0
    steps: int = 1
    beta: float = 1.0
    samples: int = 1


@dataclass(frozen=True)
class Player:
    """Who minimises a loss.

    Attributes:
        name: what `Objective.loss` is asked by.
        parts: the parameters whose names begin with one of these are its own; () takes all.
        rate: times the plan's learning rate.
        betas: of Adam.
        weight_decay, gradient_norm: None takes the plan's.
        turns: how often it steps in a round, which is as long as the most turns of any player; a step of the
            training is one batch, on which everybody whose turn it is steps, in their order.
        after: what is done to the model once it has stepped, such as clipping weights; in place.
    """

    name: str = "model"
    parts: tuple[str, ...] = ()
    rate: float = 1.0
    betas: tuple[float, float] = BETAS
    weight_decay: float | None = None
    gradient_norm: float | None = None
    turns: int = 1
    after: Callable[[nn.Module], None] | None = None

    def owns(self, name: str) -> bool:
        """Whether a parameter of this name is its own."""
        return not self.parts or any(name == part or name.startswith(f"{part}.") for part in self.parts)


class Judged(Protocol):
    """What a trainer tells of a model: figures that are one vector, so that sums of it are one call each.

    Attributes:
        spec: what its figures are.
        width: how many numbers that vector has.
        most_judged: of so many held-out pictures the figures are good enough; None takes all.
        exact: whether they are judged in full precision, whatever the training computes in.
    """

    spec: FiguresSpec
    width: int
    most_judged: int | None
    exact: bool

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Figures (width,) summed over held-out pictures number `first` and on, of so many in all."""

    def terms(self, sums: Tensor, count: int) -> Figures:
        """What sums of so many batches' figures (of so many pictures' when judged) say."""


class Objective(Judged, Protocol):
    """What players minimise, each a loss of its own. Its `players` step in their order."""

    players: tuple[Player, ...]

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """What this player minimises, (), and the batch's figures (width,).

        They are summed over players and batches; where there are several players, each fills in its own.
        """


class Fitting(Judged, Protocol):
    """A model that is fitted in passes over the data, without gradients.

    All that it carries from one batch to the next lies in its statistics, and from one pass to the next in
    the model's state: both are saved and resumed.

    Attributes:
        passes: how many there are at most.
        at_once: how many pictures it is given at once.
    """

    passes: int
    at_once: int

    def begin(self, model: nn.Module, passed: int) -> dict[str, Tensor]:
        """The statistics before the first batch of pass number `passed`, 0 and on, on the model's device.

        Sums over pictures, which several processes add up.
        """

    def add(
        self, model: nn.Module, statistics: dict[str, Tensor], x: Tensor, y: Tensor | None, passed: int
    ) -> None:
        """Adds uint8 pictures (B, C, H, W), of which y (B, A) is known, in place."""

    def end(self, model: nn.Module, statistics: Mapping[str, Tensor], passed: int) -> tuple[Figures, bool]:
        """Makes of the statistics the model's parameters and buffers, in place.

        The figures of the pictures that were learnt from, and whether no further pass is needed. Twice with
        the same statistics does the same.
        """


def as_fitting(work: Objective | Fitting) -> Fitting | None:
    """It, if it needs no gradients."""
    return cast(Fitting, work) if hasattr(work, "passes") else None


def as_objective(work: Objective | Fitting) -> Objective | None:
    """It, if there is something to minimise."""
    return None if hasattr(work, "passes") else work


@dataclass(frozen=True)
class Phase:
    """A part of a training: what is minimised or fitted in it, and its share of the epochs."""

    name: str
    work: Objective | Fitting
    share: float = 1.0
