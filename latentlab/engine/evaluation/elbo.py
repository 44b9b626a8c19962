"""Evaluates a model by its ELBO and log-likelihood, in nats per picture.

    ELBO             mean over pictures of  E_q[log p(x|z)] - KL(q(z|x) || p(z)), the expectation by S draws
    log likelihood   mean over pictures of  log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x),   z_k ~ q(z|x)

The second is the bound of Burda et al. (2016), which rises to log p(x) with K; K = 5000 is what the
literature reports. Its cost is K decodes a picture, so it is taken over fewer pictures, spread evenly
over the split. A latent dimension counts as active where the posterior's mean varies from picture to
picture: Var_x( E_q[z_j] ) > 0.01 (the same paper, section 5.1). A conditional model is told what each
picture is of: its figures are of p(x|y).

A model that tells log p(x) exactly is asked for it, of all pictures; one that does not encode has no other
figure here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core import gaussian
from latentlab.core.elbo_surgery import ACTIVE
from latentlab.core.measures import DensityTag
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of, require_known
from latentlab.engine.inference.encodings import require_shape
from latentlab.errors import LabError
from latentlab.models.base import (
    ElboTerms,
    Encodes,
    HasLikelihood,
    HasPrior,
    TellsDensity,
    Trains,
    has_kl,
    prior_of,
)
from latentlab.models.priors import is_standard, kl_from

Progress = Callable[[float], None]
_MAX_OUTPUTS = 2**25  # 128 MiB of float32


@dataclass(frozen=True)
class Evaluation:
    """Means over a split, in nats per picture.

    Attributes:
        elbo, reconstruction, kl: over all `images` of the split; elbo = reconstruction - kl.
        log_likelihood: the importance-weighted bound with `samples` draws, over `likelihood_images`, or log
            p(x) itself where the model has it exactly; None without a prior over codes.
        likelihood_elbo: the ELBO of just those pictures, for comparison; None with it.
        active_units: how many latent dimensions are used.
        kl_per_dimension: each dimension's share of `kl`.
        density: whether `log_likelihood` is exact, a bound or an estimate; None with it.
    """

    elbo: float
    reconstruction: float
    kl: float
    log_likelihood: float | None
    likelihood_elbo: float | None
    active_units: int
    kl_per_dimension: tuple[float, ...]
    images: int
    samples: int
    likelihood_images: int
    density: DensityTag | None = None

    def as_dict(self) -> dict[str, Any]:
        """The figures by name, ready for JSON."""
        return dataclasses.asdict(self)


def has_elbo(model: object) -> bool:
    """Whether a model can be evaluated by its ELBO."""
    judged = isinstance(model, HasPrior | Trains)
    return judged and isinstance(model, Encodes) and isinstance(model, HasLikelihood)


@torch.no_grad()
def evaluate(
    model: nn.Module,
    data: ImageSet,
    *,
    samples: int = 5000,
    likelihood_images: int = 1000,
    elbo_draws: int = 16,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> Evaluation:
    """Evaluates a model that encodes and decodes, on the device it is on.

    `progress` is called with the share of the work done, 0 to 1. Same seed, same figures.

    Raises:
        LabError: if the model has no ELBO, or the pictures are of another shape.
    """
    if not (has_elbo(model) and isinstance(model, Encodes) and isinstance(model, HasLikelihood)):
        raise LabError(f"a {type(model).__name__} has no ELBO to evaluate")
    # A conditional model is evaluated on the pictures whose condition is known.
    data = require_known(model, data)
    if min(samples, likelihood_images, elbo_draws, len(data)) < 1:
        raise LabError("pictures, samples and draws must each be at least 1")
    require_shape(data, model.picture_shape)
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    chunk = decode_chunk(model)
    images, y = data.images.to(device), conditions_of(model, data)
    y = None if y is None else y.to(device)
    tag = model.density_tag if isinstance(model, TellsDensity) else None
    exact = tag is not None and tag.how == "exact"
    # Without a prior there is no likelihood of pictures. An exact one need not be sampled.
    drawn = has_kl(model) and not exact
    likelihood_images = min(likelihood_images, len(images)) if drawn else 0
    # The likelihood's share of the decodes, and so of the time.
    bulk = likelihood_images * samples / (likelihood_images * samples + len(images) * elbo_draws)

    sums = torch.zeros(1 + model.latents, dtype=torch.float64)
    means = []
    for draw in range(elbo_draws):
        for start in range(0, len(images), chunk):
            x = images[start : start + chunk].float() / 255.0
            told = None if y is None else y[start : start + chunk]
            terms = _terms(model, x, generator, told)
            sums[0] += terms.reconstruction.sum().double().cpu()
            sums[1:] += terms.kl_per_dimension.sum(0).double().cpu()
            if draw == 0:
                means.append(model.encode(x, told).mean)
        progress((1.0 - bulk) * (draw + 1) / elbo_draws)
    reconstruction, *kl_per_dimension = (sums / (elbo_draws * len(images))).tolist()
    kl = sum(kl_per_dimension)

    spread = torch.linspace(0, len(images) - 1, likelihood_images).round().long().to(device)
    told = None if y is None else y[spread]
    total = total_elbo = 0.0
    values = log_likelihoods(model, images[spread], told, samples, generator, chunk)
    for done, (value, elbo) in enumerate(values, 1):
        total, total_elbo = total + value, total_elbo + elbo
        progress(1.0 - bulk + bulk * done / likelihood_images)
    log_likelihood = total / likelihood_images if likelihood_images else None
    likelihood_elbo = total_elbo / likelihood_images if likelihood_images else None
    if exact:
        log_likelihood, likelihood_elbo = _exact(model, images, y, chunk), reconstruction - kl
        samples, likelihood_images = 0, len(images)
    return Evaluation(
        elbo=reconstruction - kl,
        reconstruction=reconstruction,
        kl=kl,
        log_likelihood=log_likelihood,
        likelihood_elbo=likelihood_elbo,
        active_units=int((torch.cat(means).var(0, correction=0) > ACTIVE).sum()),
        kl_per_dimension=tuple(kl_per_dimension),
        images=len(images),
        samples=samples,
        likelihood_images=likelihood_images,
        density=tag or (DensityTag("bound", model.likelihood.measure) if drawn else None),
    )


def _terms(model: nn.Module, x: Tensor, generator: torch.Generator, y: Tensor | None) -> ElboTerms:
    """The terms of the ELBO from the model's objective, or from its posterior and prior."""
    if isinstance(model, Trains):
        return model.elbo_terms(x, generator, y=y)
    assert isinstance(model, Encodes)
    assert isinstance(model, HasLikelihood)
    posterior, prior = model.encode(x, y), prior_of(model)
    z = gaussian.reparameterise(posterior.mean, posterior.log_variance, generator)
    if is_standard(prior):
        kl = gaussian.kl_per_dimension(posterior.mean, posterior.log_variance)
    else:  # no terms per dimension: shared equally among all dimensions
        whole = kl_from(posterior.mean, posterior.log_variance, prior, generator)
        kl = (whole / model.latents).unsqueeze(-1).expand(-1, model.latents)
    return ElboTerms(model.likelihood.log_prob(model.decode(z, y), x), kl)


def _exact(model: nn.Module, images: Tensor, y: Tensor | None, chunk: int) -> float:
    """The mean of log p(x) over pictures, uint8 (N, C, H, W)."""
    assert isinstance(model, TellsDensity)
    total = 0.0
    for start in range(0, len(images), chunk):
        told = None if y is None else y[start : start + chunk]
        total += float(
            model.log_density(images[start : start + chunk].float() / 255.0, y=told).double().sum()
        )
    return total / len(images)


def decode_chunk(model: HasLikelihood) -> int:
    """How many pictures to decode at once: 1,000, or fewer where a decoder has large outputs."""
    outputs = math.prod(model.likelihood.outputs_shape(model.picture_shape))
    return max(1, min(1000, _MAX_OUTPUTS // outputs))


def log_likelihoods(
    model: nn.Module,
    images: Tensor,
    y: Tensor | None,
    samples: int,
    generator: torch.Generator,
    chunk: int,
) -> Iterator[tuple[float, float]]:
    """log p(x) and the ELBO from the same `samples` draws, for one picture after another."""
    assert isinstance(model, Encodes)
    assert isinstance(model, HasLikelihood)
    prior = prior_of(model)
    for number, image in enumerate(images):
        x = image.float().unsqueeze(0) / 255.0
        told = None if y is None else y[number]
        posterior = model.encode(x, told)
        weights = []
        for first in range(0, samples, chunk):
            count = min(chunk, samples - first)
            mean = posterior.mean.expand(count, -1)
            log_variance = posterior.log_variance.expand(count, -1)
            z = gaussian.reparameterise(mean, log_variance, generator)
            weights.append(
                model.likelihood.log_prob(model.decode(z, told), x)
                + prior.log_density(z)
                - gaussian.log_density(z, mean, log_variance)
            )
        log_weights = torch.cat(weights)
        yield float(gaussian.importance_log_likelihood(log_weights)), float(log_weights.mean())
