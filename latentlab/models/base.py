"""What the rest of the house may ask of a model: its capabilities, each a small protocol.

Views and services ask for a capability (`Encodes`, `Decodes`), never for a class, so that a new kind of model
works everywhere it makes sense. Each protocol has a method of its own name, for `isinstance` compares nothing
but names. `latentlab.models.capabilities` has the same list without torch, for those who know a model by its
file's header alone.

y, wherever it may be given, is as for `Conditional`; models without conditions take none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from latentlab.core.likelihoods import Likelihood
from latentlab.core.measures import DensityTag
from latentlab.core.schedules import Schedule
from latentlab.models.capabilities import Capability
from latentlab.models.checks import (
    MOST_ATTRIBUTES,
    MOST_CLASSES,
    parse_config,
    require_choice,
    require_conditions,
    require_range,
)
from latentlab.models.priors import Prior, StandardNormal
from latentlab.models.terms import Denoised, ElboTerms, ImportanceTerms, LabelTerms, NoiseTerms, Posterior
from latentlab.models.training import Fits, Trains, TrainsByDenoising, TrainsByImportance, TrainsByLabel

__all__ = [
    "MOST_ATTRIBUTES",
    "MOST_CLASSES",
    "PROTOCOLS",
    "Classifies",
    "Conditional",
    "Decodes",
    "Denoised",
    "Denoises",
    "ElboTerms",
    "Encodes",
    "Fits",
    "HasLikelihood",
    "HasPrior",
    "ImportanceTerms",
    "LabelTerms",
    "NoiseTerms",
    "Posterior",
    "Samples",
    "SamplesStepwise",
    "TellsDensity",
    "Trains",
    "TrainsByDenoising",
    "TrainsByImportance",
    "TrainsByLabel",
    "capabilities_of",
    "conditional",
    "parse_config",
    "prior_of",
    "require_choice",
    "require_conditions",
    "require_range",
]


@runtime_checkable
class Encodes(Protocol):
    """Takes pictures to places in the latent space."""

    @property
    def latents(self) -> int:
        """D, the dimensions of the latent space."""

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """q(z|x) for pictures in [0, 1]; (B, C, H, W) -> (B, D)."""


@runtime_checkable
class Decodes(Protocol):
    """Takes places in the latent space to pictures."""

    @property
    def latents(self) -> int:
        """D, the dimensions of the latent space."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The picture to show at z, in [0, 1]; (B, D) -> (B, C, H, W)."""


@runtime_checkable
class HasLikelihood(Protocol):
    """Says with what probability a place in the latent space makes a picture: p(x|z)."""

    @property
    def latents(self) -> int:
        """D, the dimensions of the latent space."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def likelihood(self) -> Likelihood:
        """What the outputs of `decode` mean."""

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The likelihood's parameters at z; (B, D) -> (B, *outputs_shape)."""


@runtime_checkable
class HasPrior(Protocol):
    """Says where in the latent space to draw from: p(z)."""

    @property
    def latent_prior(self) -> Prior:
        """p(z)."""


@runtime_checkable
class Samples(Protocol):
    """Makes pictures from nothing but chance."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """So many pictures in [0, 1], (count, C, H, W); y (A,) of all or (count, A) of each.

        The generator is on the CPU, wherever the model is, so that a seed means the same everywhere.
        """


@runtime_checkable
class SamplesStepwise(Protocol):
    """Makes pictures in steps that can be watched."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def sampling_frames(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Iterator[Mapping[str, Tensor]]:
        """Frames of layers by name, in [0, 1], (count, C, H, W) each; "picture" in the last one is drawn."""


@runtime_checkable
class TellsDensity(Protocol):
    """Says how likely it finds a picture, in nats a picture."""

    @property
    def density_tag(self) -> DensityTag:
        """Whether that is exact, a bound or an estimate, and a density over which pictures."""

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        """log p(x), or log p(x|y), of pictures in [0, 1]; (B, C, H, W) -> (B,).

        `draws` a picture are taken where it is no exact figure: more of them, a tighter one.
        """


@runtime_checkable
class Conditional(Protocol):
    """Is told something of each picture: its class, or its attributes.

    y is (B, A) or (A,) for all alike: one-hot if `exclusive`, else a 0 or 1 for each name. Where y is not
    given, the first class is meant, or no attribute at all; to one that `Denoises`, nothing is told.
    """

    @property
    def condition_names(self) -> tuple[str, ...]:
        """What each of the A numbers stands for; none if the model is told nothing after all."""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of them holds: classes, not attributes."""


@runtime_checkable
class Denoises(Protocol):
    """Tells the picture from the noise, at any mixture of the two."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def schedule(self) -> Schedule:
        """How much of each there is at which time."""

    def denoise(
        self, x_t: Tensor, t: int | Tensor, y: Tensor | None = None, guidance: float = 1.0
    ) -> Denoised:
        """x_0 and noise at times t, one for all or (B,), 1 to T; x_t (B, C, H, W).

        `y` is None for a model that is told nothing; it is followed as it was learnt with a guidance of 1,
        less below, more above. The x_0 may lie outside of [-1, 1].
        """


@runtime_checkable
class Classifies(Protocol):
    """Tells what pictures show: which of some classes, or which attributes."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """What each of the A logits speaks of."""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of them holds: classes, not attributes."""

    def features(self, x: Tensor) -> Tensor:
        """The numbers from which the logits are read, (B, F), of pictures (B, C, H, W) in [0, 1]."""

    def logits(self, x: Tensor) -> Tensor:
        """(B, A): the largest one's class is meant; an attribute is there where its logit is positive."""


# What each capability is asked for by. `CONDITIONAL` means something to be told as well: see `conditional`.
PROTOCOLS: Mapping[Capability, type] = {
    Capability.ENCODES: Encodes,
    Capability.DECODES: Decodes,
    Capability.HAS_LIKELIHOOD: HasLikelihood,
    Capability.HAS_PRIOR: HasPrior,
    Capability.SAMPLES: Samples,
    Capability.SAMPLES_STEPWISE: SamplesStepwise,
    Capability.TELLS_DENSITY: TellsDensity,
    Capability.DENOISES: Denoises,
    Capability.CLASSIFIES: Classifies,
    Capability.CONDITIONAL: Conditional,
    Capability.FITS: Fits,
}


def capabilities_of(model: object) -> frozenset[Capability]:
    """What a model can do, by its methods."""
    found = {capability for capability, protocol in PROTOCOLS.items() if isinstance(model, protocol)}
    return frozenset(found if conditional(model) else found - {Capability.CONDITIONAL})


def conditional(model: object) -> Conditional | None:
    """The model, if there is something that it can be told."""
    return model if isinstance(model, Conditional) and model.condition_names else None


def prior_of(model: Encodes | Decodes | HasLikelihood) -> Prior:
    """Where to draw from in a model's latent space: its prior, or N(0, I) in place of one that it has not.

    An autoencoder says nothing of where its codes lie. What is drawn, ruled and measured by N(0, I) is then a
    convention, and whoever shows it says so.
    """
    return model.latent_prior if isinstance(model, HasPrior) else StandardNormal(model.latents)
