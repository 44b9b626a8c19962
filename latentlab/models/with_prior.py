"""Gives a model that encodes and decodes another prior, which is from then on a part of it.

    KL        E_q[ log q(z|x) - log p(z) ], an estimate by draws of q: there is no closed form
    log p(x)  log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x), z_k ~ q, a bound; also where N(0, I) gave it exactly

An autoencoder so becomes a model to draw from. Its codes are points, so that it still has no ELBO.

The model becomes an instance of a class made of its own and of what follows the prior: whoever asks for a
capability finds it by its methods, whatever the kind. The prior's tensors are called "fitted_prior." and
their names.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core import gaussian
from latentlab.core.measures import DensityTag
from latentlab.errors import LabError
from latentlab.models.base import Decodes, Encodes
from latentlab.models.mixture_prior import MixturePrior
from latentlab.models.priors import kl_from
from latentlab.models.terms import ElboTerms, ImportanceTerms

PART = "fitted_prior"
# Draws of q for the KL of a picture in a training or a test: together there are many pictures.
_DRAWS = 8


def with_prior(model: nn.Module, prior: MixturePrior) -> nn.Module:
    """The same model, with this prior in place of its own or of none.

    Raises:
        LabError: if it does not encode and decode, or has latents of another number.
    """
    if not (isinstance(model, Encodes) and isinstance(model, Decodes)):
        raise LabError(f"a {type(model).__name__} has no latent space for a prior: it must encode and decode")
    if model.latents != prior.dimensions:
        raise LabError(f"a prior over {prior.dimensions} latents; the model has {model.latents}")
    assert isinstance(model, nn.Module)
    _become(model, _made(_own_class(model)))
    model.fitted_prior = prior
    return model


def without_prior(model: nn.Module) -> nn.Module:
    """The same model as its kind makes it: one that learns further moves its codes away from a fitted
    prior.
    """
    if isinstance(model, FittedPrior):
        own = _own_class(model)
        del model.fitted_prior
        _become(model, own)
    return model


def fitted_prior_of(model: object) -> MixturePrior | None:
    """The prior that it was given, if any."""
    return model.fitted_prior if isinstance(model, FittedPrior) else None


class FittedPrior(nn.Module):
    """The part of a model that follows a fitted prior."""

    fitted_prior: MixturePrior

    @property
    def latent_prior(self) -> MixturePrior:
        """p(z)."""
        return self.fitted_prior

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Pictures at points drawn from the prior, in [0, 1]; -> (count, C, H, W)."""
        model: Any = self
        z = self.fitted_prior.draw(count, generator)
        pictures: Tensor = model.picture_at(z.to(next(self.parameters()).device), y)
        return pictures


def _own_class(model: nn.Module) -> type[nn.Module]:
    cls = type(model)
    return cls.__bases__[1] if isinstance(model, FittedPrior) else cls


def _become(model: nn.Module, cls: type[nn.Module]) -> None:
    """Makes a model an instance of another class of the same members."""
    model.__class__ = cls


# The classes that were made, by the class of the kind.
_classes: dict[type[nn.Module], type[nn.Module]] = {}


def _made(own: type[nn.Module]) -> type[nn.Module]:
    """The class of models of this one with a fitted prior."""
    if own in _classes:
        return _classes[own]
    # A posterior that was measured against a prior is measured against this one.
    measured = ("elbo_terms", "importance_terms", "log_density", "density_tag")
    names = [name for name in measured if hasattr(own, name)] if hasattr(own, "latent_prior") else []
    members = {name: _MEASURED[name] for name in names if hasattr(own, "likelihood")}
    # Two threads may make one each: the first counts.
    made: type[nn.Module] = type(own.__name__, (FittedPrior, own), {"__module__": own.__module__, **members})
    return _classes.setdefault(own, made)


def _elbo_terms(
    self: Any,
    x: Tensor,
    generator: torch.Generator | None = None,
    *,
    shown: Tensor | None = None,
    y: Tensor | None = None,
) -> ElboTerms:
    """The model's own terms, with an estimate of the KL to the fitted prior, shared equally among the
    dimensions.
    """
    own: Any = _own_class(self)
    terms: ElboTerms = own.elbo_terms(self, x, generator, shown=shown, y=y)
    posterior = self.encode(x if shown is None else shown, y)
    kl = kl_from(posterior.mean, posterior.log_variance, self.fitted_prior, generator, _DRAWS)
    return dataclasses.replace(terms, kl_per_dimension=_shared(kl, self.latents))


def _importance_terms(
    self: Any,
    x: Tensor,
    samples: int,
    generator: torch.Generator | None = None,
    *,
    shown: Tensor | None = None,
    y: Tensor | None = None,
) -> ImportanceTerms:
    """log p(x|z_k) and log p(z_k) - log q(z_k|x), (K, B) each, K = `samples`."""
    posterior = self.encode(x if shown is None else shown, y)
    many = (samples, *posterior.mean.shape)
    mean, log_variance = posterior.mean.expand(many), posterior.log_variance.expand(many)
    z = gaussian.reparameterise(mean, log_variance, generator)
    told = None if y is None else y.expand(*many[:2], y.shape[-1]).flatten(0, 1)
    outputs = self.decode(z.flatten(0, 1), told).unflatten(0, many[:2])
    log_ratio = self.fitted_prior.log_density(z) - gaussian.log_density(z, mean, log_variance)
    return ImportanceTerms(
        reconstruction=self.likelihood.log_prob(outputs, x),
        log_ratio=log_ratio,
        kl_per_dimension=_shared(-log_ratio.mean(0), self.latents),
    )


def _log_density(
    self: Any,
    x: Tensor,
    generator: torch.Generator | None = None,
    *,
    draws: int = 1,
    y: Tensor | None = None,
) -> Tensor:
    """log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x), K = `draws`; (B, C, H, W) in [0, 1] -> (B,)."""
    return _importance_terms(self, x, draws, generator, y=y).bound()


def _density_tag(self: Any) -> DensityTag:
    """A bound, even where that of N(0, I) is exact."""
    return DensityTag("bound", self.likelihood.measure)


def _shared(kl: Tensor, dimensions: int) -> Tensor:
    """(B,) -> (B, D): no dimension has a term of its own."""
    return (kl / dimensions).unsqueeze(-1).expand(-1, dimensions)


_MEASURED: dict[str, Any] = {
    "elbo_terms": _elbo_terms,
    "importance_terms": _importance_terms,
    "log_density": _log_density,
    "density_tag": property(_density_tag),
}
