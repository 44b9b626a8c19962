"""What the trainer may ask of a model: one protocol for each way of learning.

Each has a method of its own name, for `runtime_checkable` compares nothing but names.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from latentlab.models.players import Fitting, Objective, Phase, Settings
from latentlab.models.terms import ElboTerms, ImportanceTerms, LabelTerms, NoiseTerms


@runtime_checkable
class Trains(Protocol):
    """Has an objective that the trainer can maximise."""

    def elbo_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ElboTerms:
        """One-sample estimate of the ELBO's terms; (B, C, H, W) in [0, 1] -> (B,) each.

        The encoder sees `shown` in place of x if it is given; the terms are judged on x. `y` as for
        `Conditional`.
        """


@runtime_checkable
class TrainsByImportance(Protocol):
    """Has the tighter objective of an importance-weighted autoencoder too; see `ImportanceTerms`."""

    def importance_terms(
        self,
        x: Tensor,
        samples: int,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ImportanceTerms:
        """The terms of the importance-weighted bound from K = `samples` draws a picture."""


@runtime_checkable
class TrainsByDenoising(Protocol):
    """Has an objective that is taken at one noise level a picture."""

    def noise_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        y: Tensor | None = None,
        t: Tensor | None = None,
    ) -> NoiseTerms:
        """The loss at times t (B,), drawn evenly if not given; (B, C, H, W) in [0, 1].

        In training `y` is left out for a share of the pictures, so that the model can do without.
        """


@runtime_checkable
class TrainsByLabel(Protocol):
    """Has an objective that is taken against what is known of each picture."""

    def label_terms(self, x: Tensor, y: Tensor, generator: torch.Generator | None = None) -> LabelTerms:
        """The terms of pictures (B, C, H, W) in [0, 1] that show y (B, A), as for `Conditional`.

        In training the pictures may be moved a little first, by the generator's draws.
        """


@runtime_checkable
class Learns(Protocol):
    """Says what is to be minimised to train it, and by whom."""

    def objective(self, settings: Settings) -> Objective:
        """The objective of a training with these settings."""


@runtime_checkable
class LearnsInPhases(Protocol):
    """One part of it is trained after another."""

    def phases(self, settings: Settings) -> tuple[Phase, ...]:
        """The phases, in their order. At the end of one the averaged weights take the place of the others."""


@runtime_checkable
class Fits(Protocol):
    """Is fitted in passes over the data, without gradients."""

    def fitting(self, settings: Settings) -> Fitting:
        """How it is fitted."""


@runtime_checkable
class CopiesBuffers(Protocol):
    """Has buffers of which the newest is kept, rather than a moving average as of weights.

    Averages of codebooks or of normalised directions would be none. Whole numbers are always copied.
    """

    @property
    def copied_buffers(self) -> tuple[str, ...]:
        """Patterns of their names, as `fnmatch` reads them."""
