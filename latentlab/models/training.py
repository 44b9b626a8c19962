"""The protocols of trainable models, one for each way of learning.

Each has a method name of its own, because `runtime_checkable` compares only names.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from latentlab.models.players import Fitting, Objective, Phase, Settings
from latentlab.models.terms import ElboTerms, ImportanceTerms, LabelTerms, NoiseTerms


@runtime_checkable
class Trains(Protocol):
    """Has an ELBO that the trainer can maximise."""

    def elbo_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ElboTerms:
        """One-sample estimate of the ELBO's terms; (B, C, H, W) in [0, 1] -> (B,) each.

        The encoder's input is `shown` in place of x if it is given; the terms are evaluated on x. `y` as for
        `Conditional`.
        """


@runtime_checkable
class TrainsByImportance(Protocol):
    """Also has the tighter bound of an importance-weighted autoencoder; see `ImportanceTerms`."""

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
    """Has a loss that is evaluated at one noise level for each picture."""

    def noise_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        y: Tensor | None = None,
        t: Tensor | None = None,
    ) -> NoiseTerms:
        """The loss at times t (B,), drawn uniformly if not given; (B, C, H, W) in [0, 1].

        In training `y` is dropped for a share of the pictures, so that the model also learns to do without.
        """


@runtime_checkable
class TrainsByLabel(Protocol):
    """Has a loss against the known class or attributes of each picture."""

    def label_terms(self, x: Tensor, y: Tensor, generator: torch.Generator | None = None) -> LabelTerms:
        """The terms for pictures (B, C, H, W) in [0, 1] with targets y (B, A), as for `Conditional`.

        In training the pictures may first be shifted a little, by the generator's draws.
        """


@runtime_checkable
class Learns(Protocol):
    """Declares its objective."""

    def objective(self, settings: Settings) -> Objective:
        """The objective of a training with these settings."""


@runtime_checkable
class LearnsInPhases(Protocol):
    """Is trained in phases, one part after another."""

    def phases(self, settings: Settings) -> tuple[Phase, ...]:
        """The phases, in order. At the end of each the averaged weights replace the trained ones."""


@runtime_checkable
class Fits(Protocol):
    """Is fitted in passes over the data, without gradients."""

    def fitting(self, settings: Settings) -> Fitting:
        """How it is fitted."""


@runtime_checkable
class CopiesBuffers(Protocol):
    """Has buffers of which the newest value is kept, rather than a moving average as for weights.

    Averages of codebooks or of normalised directions would be invalid. Whole numbers are always copied.
    """

    @property
    def copied_buffers(self) -> tuple[str, ...]:
        """Patterns of their names, as `fnmatch` reads them."""
