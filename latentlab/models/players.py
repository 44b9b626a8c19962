"""How a model declares its training: objectives with players, phases, or fitting without gradients.

An `Objective` has *players*: parts of the model that each have a loss, an optimiser and turns of their own. A
VAE has one, a GAN two. *Phases* follow one another, where one part is trained after another (a tokeniser,
then a prior). A `Fitting` needs no gradients: it passes over the data and accumulates sums, as for EM. The
trainer does the rest for any model: it steps, averages, judges, saves and resumes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast, runtime_checkable

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures, FiguresSpec

# A shorter memory of squared gradients than Adam's usual 0.999: the noise of z changes their scale quickly.
BETAS = (0.9, 0.99)


class Settings(Protocol):
    """The settings of a training plan that a model may use to declare its training."""

    @property
    def epochs(self) -> int: ...

    @property
    def importance_samples(self) -> int: ...


@dataclass(frozen=True)
class Batch:
    """Pictures x (B, C, H, W) in [0, 1], the encoder's input in their place, their conditions or targets."""

    x: Tensor
    shown: Tensor | None = None
    y: Tensor | None = None


@dataclass(frozen=True)
class Moment:
    """The progress of a training: step 0 .. steps - 1 of its phase; the weight of the KL; draws of z a
    picture; how many turns the player has had before this one.
    """

    step: int = 0
    steps: int = 1
    beta: float = 1.0
    samples: int = 1
    turn: int = 0


@dataclass(frozen=True)
class Player:
    """A part of the model with a loss and an optimiser of its own.

    Attributes:
        name: the name passed to `Objective.loss`.
        parts: the parameters whose names begin with one of these are its own; () takes all.
        rate: times the plan's learning rate.
        betas: of Adam.
        weight_decay, gradient_norm: None takes the plan's.
        turns: how often it steps in a round, which is as long as the most turns of any player; a step of the
            training is one batch, on which everybody whose turn it is steps, in their order.
        after: called with the model after its step, such as to clip weights; in place.
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
    """The figures of a model: a vector, so that sums over batches are one call each.

    Attributes:
        spec: the spec of its figures.
        width: the length of the vector.
        most_judged: of so many held-out pictures the figures are good enough; None takes all.
        exact: whether they are judged in full precision, whatever the training computes in.
    """

    spec: FiguresSpec
    width: int
    most_judged: int | None
    exact: bool

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Figures (width,) summed over the held-out pictures from number `first` on, of so many in all."""

    def terms(self, sums: Tensor, count: int) -> Figures:
        """The figures from their sums over so many batches (pictures, when judged)."""


class Objective(Judged, Protocol):
    """The losses of players, which step in order."""

    players: tuple[Player, ...]

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """This player's loss, (), and the batch's figures (width,).

        The figures are summed over players and batches; with several players, each fills in its own.
        """


class Fitting(Judged, Protocol):
    """A model that is fitted in passes over the data, without gradients.

    Everything carried from one batch to the next is in its statistics, and from one pass to the next in the
    model's state: both are saved and resumed.

    Attributes:
        passes: the maximal number of passes.
        at_once: the number of pictures in a batch.
    """

    passes: int
    at_once: int

    def begin(self, model: nn.Module, passed: int) -> dict[str, Tensor]:
        """The statistics before the first batch of pass number `passed`, from 0, on the model's device.

        They are sums over pictures, which can be added over several processes.
        """

    def add(
        self, model: nn.Module, statistics: dict[str, Tensor], x: Tensor, y: Tensor | None, passed: int
    ) -> None:
        """Adds uint8 pictures (B, C, H, W), with conditions or targets y (B, A), in place."""

    def end(self, model: nn.Module, statistics: Mapping[str, Tensor], passed: int) -> tuple[Figures, bool]:
        """Computes the model's parameters and buffers from the statistics, in place.

        Returns the figures of the training pictures, and whether no further pass is needed. Idempotent.
        """


@runtime_checkable
class Prepared(Protocol):
    """A fitting that looks at some of the pictures before its first pass, as k-means does for EM.

    Attributes:
        prepared_from: how many pictures, spread over the data; all, if there are fewer.
    """

    prepared_from: int

    def prepare(self, model: nn.Module, x: Tensor, y: Tensor | None) -> None:
        """Sets the model from uint8 pictures (B, C, H, W) with conditions or targets y (B, A), in place."""


def as_fitting(work: Objective | Fitting) -> Fitting | None:
    """The object, if it is fitted without gradients."""
    return cast(Fitting, work) if hasattr(work, "passes") else None


def as_objective(work: Objective | Fitting) -> Objective | None:
    """The object, if it is an objective."""
    return None if hasattr(work, "passes") else work


@dataclass(frozen=True)
class Phase:
    """A phase of a training: its objective or fitting, and its share of the epochs.

    Attributes:
        name, work, share: see above.
        without: the fields of the config of the model without the part that this phase trains, by which it is
            shown and saved before; {} where nothing can do without.
    """

    name: str
    work: Objective | Fitting
    share: float = 1.0
    without: Mapping[str, Any] = field(default_factory=dict)
