"""The capabilities of models, each a small protocol.

Views and services ask for a capability (`Encodes`, `Decodes`), never for a class, so that a new kind of model
works everywhere it makes sense. Each protocol has a method name of its own, because `isinstance` compares
only names. `latentlab.models.capabilities` has the same list without torch, for use with file headers.

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
from latentlab.models.components import HasComponents
from latentlab.models.critics import Inverts, Scores
from latentlab.models.linear import DecodesLinearly, HasEigenpictures, linear
from latentlab.models.priors import Prior, StandardNormal
from latentlab.models.terms import Denoised, ElboTerms, ImportanceTerms, LabelTerms, NoiseTerms, Posterior
from latentlab.models.training import Fits, Trains, TrainsByDenoising, TrainsByImportance, TrainsByLabel
from latentlab.models.translating import JudgesPatches, Translates

__all__ = [
    "MOST_ATTRIBUTES",
    "MOST_CLASSES",
    "PROTOCOLS",
    "Classifies",
    "Conditional",
    "Decodes",
    "DecodesLinearly",
    "Denoised",
    "Denoises",
    "ElboTerms",
    "Encodes",
    "Fits",
    "HasComponents",
    "HasEigenpictures",
    "HasLikelihood",
    "HasPrior",
    "ImportanceTerms",
    "Inverts",
    "JudgesPatches",
    "LabelTerms",
    "NoiseTerms",
    "Posterior",
    "Samples",
    "SamplesStepwise",
    "Scores",
    "TellsDensity",
    "Trains",
    "TrainsByDenoising",
    "TrainsByImportance",
    "TrainsByLabel",
    "Translates",
    "capabilities_of",
    "conditional",
    "has_kl",
    "linear",
    "parse_config",
    "prior_of",
    "require_choice",
    "require_conditions",
    "require_range",
]


@runtime_checkable
class Encodes(Protocol):
    """Encodes pictures as points of the latent space."""

    @property
    def latents(self) -> int:
        """D, the dimensions of the latent space."""

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """q(z|x) for pictures in [0, 1]; (B, C, H, W) -> (B, D)."""


@runtime_checkable
class Decodes(Protocol):
    """Decodes points of the latent space to pictures."""

    @property
    def latents(self) -> int:
        """D, the dimensions of the latent space."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The picture shown for z, in [0, 1]; (B, D) -> (B, C, H, W)."""


@runtime_checkable
class HasLikelihood(Protocol):
    """Has a likelihood p(x|z) of pictures."""

    @property
    def latents(self) -> int:
        """D, the dimensions of the latent space."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def likelihood(self) -> Likelihood:
        """The distribution whose parameters `decode` returns."""

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The likelihood's parameters at z; (B, D) -> (B, *outputs_shape)."""


@runtime_checkable
class HasPrior(Protocol):
    """Has a prior p(z) to draw from."""

    @property
    def latent_prior(self) -> Prior:
        """p(z)."""


@runtime_checkable
class Samples(Protocol):
    """Draws pictures at random."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """`count` pictures in [0, 1], (count, C, H, W); y (A,) of all or (count, A) of each.

        The generator is on the CPU, wherever the model is, so that a seed gives the same pictures everywhere.
        """


@runtime_checkable
class SamplesStepwise(Protocol):
    """Draws pictures in steps that can be watched."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def sampling_frames(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Iterator[Mapping[str, Tensor]]:
        """Frames of layers by name, in [0, 1], (count, C, H, W) each; "picture" in the last one is the
        result.
        """


@runtime_checkable
class TellsDensity(Protocol):
    """Has a log density of pictures, in nats a picture."""

    @property
    def density_tag(self) -> DensityTag:
        """Whether it is exact, a bound or an estimate, and a density over which measure."""

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        """log p(x), or log p(x|y), of pictures in [0, 1]; (B, C, H, W) -> (B,).

        Where it is not exact, `draws` are taken for each picture: more give a tighter bound.
        """


@runtime_checkable
class Conditional(Protocol):
    """Takes a condition y for each picture: its class, or its attributes.

    y is (B, A) or (A,) for all alike: one-hot if `exclusive`, else a 0 or 1 for each name. Without y, the
    first class is used, or no attributes; a model that `Denoises` is unconditional then.
    """

    @property
    def condition_names(self) -> tuple[str, ...]:
        """The names of the A entries of y; empty if the model is unconditional after all."""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of them holds: classes, not attributes."""


@runtime_checkable
class Denoises(Protocol):
    """Separates a noisy picture into picture and noise, at any noise level."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def schedule(self) -> Schedule:
        """The noise schedule."""

    def denoise(
        self, x_t: Tensor, t: int | Tensor, y: Tensor | None = None, guidance: float = 1.0
    ) -> Denoised:
        """Predicts x_0 and noise at times t, one for all or (B,), 1 to T; x_t (B, C, H, W).

        Without a condition `y` is None; a guidance of 1 follows it as learnt, less below, more above. The x_0
        may lie outside of [-1, 1].
        """


@runtime_checkable
class Classifies(Protocol):
    """Classifies pictures: one of some classes, or several attributes."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the A logits."""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of them holds: classes, not attributes."""

    def features(self, x: Tensor) -> Tensor:
        """The features that the logits are computed from, (B, F), of pictures (B, C, H, W) in [0, 1]."""

    def logits(self, x: Tensor) -> Tensor:
        """(B, A): the class is that of the largest; an attribute is present where its logit is positive."""


# The protocol of each capability. `CONDITIONAL` also needs at least one condition, see `conditional`, and
# `DECODES_LINEARLY` a config of one linear layer, see `linear`.
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
    Capability.HAS_EIGENPICTURES: HasEigenpictures,
    Capability.DECODES_LINEARLY: DecodesLinearly,
    Capability.HAS_COMPONENTS: HasComponents,
    Capability.TRANSLATES: Translates,
    Capability.JUDGES_PATCHES: JudgesPatches,
    Capability.SCORES: Scores,
    Capability.INVERTS: Inverts,
}


def capabilities_of(model: object) -> frozenset[Capability]:
    """The capabilities of a model, by its methods."""
    found = {capability for capability, protocol in PROTOCOLS.items() if isinstance(model, protocol)}
    if not linear(model):
        found -= {Capability.DECODES_LINEARLY}
    return frozenset(found if conditional(model) else found - {Capability.CONDITIONAL})


def conditional(model: object) -> Conditional | None:
    """The model, if it takes conditions."""
    return model if isinstance(model, Conditional) and model.condition_names else None


def prior_of(model: Encodes | Decodes | HasLikelihood) -> Prior:
    """A model's prior, or N(0, I) in place of one that it does not have.

    An autoencoder has no prior over its codes. Drawing, grids and densities by N(0, I) are then a convention,
    and the views say so.
    """
    return model.latent_prior if isinstance(model, HasPrior) else StandardNormal(model.latents)


@torch.no_grad()
def has_kl(model: object) -> bool:
    """Whether a posterior with a density can be measured against a prior.

    Not for an autoencoder, even with a prior: its codes are points, infinitely far from any density.
    """
    if not (isinstance(model, HasPrior) and isinstance(model, Encodes)):
        return False
    if not (isinstance(model, Decodes) and isinstance(model, torch.nn.Module)):
        return True
    weight = next(model.parameters(), torch.zeros(()))
    blank = torch.zeros(1, *model.picture_shape, device=weight.device)
    return not bool(torch.isneginf(model.encode(blank).log_variance).any())
