"""How good a model is, in nats per picture.

    ELBO             mean over pictures of  E_q[log p(x|z)] - KL(q(z|x) || p(z)), the expectation by S draws
    log likelihood   mean over pictures of  log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x),   z_k ~ q(z|x)

The second is the bound of Burda et al. (2016), which rises to log p(x) with K; K = 5000 is what the
literature reports. Its cost is K decodes a picture, so it is taken over fewer pictures, spread evenly
over the split.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.core import gaussian
from latentlab.data.image_set import ImageSet
from latentlab.errors import LabError
from latentlab.models.base import Decodes, Encodes, Trains

Progress = Callable[[float], None]
_MAX_OUTPUTS = 2**25  # 128 MiB of float32


@dataclass(frozen=True)
class Evaluation:
    """Means over a split, in nats per picture.

    Attributes:
        elbo, reconstruction, kl: over all `images` of the split; elbo = reconstruction - kl.
        log_likelihood: the importance-weighted bound with `samples` draws, over `likelihood_images`.
    """

    elbo: float
    reconstruction: float
    kl: float
    log_likelihood: float
    images: int
    samples: int
    likelihood_images: int

    def as_dict(self) -> dict[str, float | int]:
        """The figures by name, ready for JSON."""
        return dataclasses.asdict(self)


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
    """Judges a model that encodes and decodes, on the device it is on.

    `progress` is called with the share of the work done, 0 to 1. Same seed, same figures.

    Raises:
        LabError: if the model has no ELBO, or the pictures are of another shape.
    """
    if not (isinstance(model, Encodes) and isinstance(model, Decodes) and isinstance(model, Trains)):
        raise LabError(f"a {type(model).__name__} has no ELBO to evaluate")
    if min(samples, likelihood_images, elbo_draws, len(data)) < 1:
        raise LabError("pictures, samples and draws must each be at least 1")
    if data.shape != model.picture_shape:
        raise LabError(f"{data.name} has pictures of {data.shape}, the model of {model.picture_shape}")
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    chunk = _chunk(model)
    images = data.images.to(device)
    likelihood_images = min(likelihood_images, len(images))
    # The likelihood's share of the decodes, and so of the time.
    bulk = likelihood_images * samples / (likelihood_images * samples + len(images) * elbo_draws)

    sums = torch.zeros(2, dtype=torch.float64)
    for draw in range(elbo_draws):
        for x in images.split(chunk):
            terms = model.elbo_terms(x.float() / 255.0, generator)
            sums += torch.stack([terms.reconstruction.sum(), terms.kl.sum()]).double().cpu()
        progress((1.0 - bulk) * (draw + 1) / elbo_draws)
    reconstruction, kl = (sums / (elbo_draws * len(images))).tolist()

    spread = torch.linspace(0, len(images) - 1, likelihood_images).round().long().to(device)
    total = 0.0
    for done, value in enumerate(_log_likelihoods(model, images[spread], samples, generator, chunk), 1):
        total += value
        progress(1.0 - bulk + bulk * done / likelihood_images)
    return Evaluation(
        elbo=reconstruction - kl,
        reconstruction=reconstruction,
        kl=kl,
        log_likelihood=total / likelihood_images,
        images=len(images),
        samples=samples,
        likelihood_images=likelihood_images,
    )


def _chunk(model: Decodes) -> int:
    """How many pictures to decode at once: 1,000, or fewer where a decoder puts out many numbers for each."""
    outputs = math.prod(model.picture_shape) * model.likelihood.outputs_per_channel
    return max(1, min(1000, _MAX_OUTPUTS // outputs))


def _log_likelihoods(
    model: nn.Module, images: Tensor, samples: int, generator: torch.Generator, chunk: int
) -> Iterator[float]:
    """log p(x), estimated with `samples` draws, for one picture after another."""
    assert isinstance(model, Encodes)
    assert isinstance(model, Decodes)
    for image in images:
        x = image.float().unsqueeze(0) / 255.0
        posterior = model.encode(x)
        weights = []
        for first in range(0, samples, chunk):
            count = min(chunk, samples - first)
            mean = posterior.mean.expand(count, -1)
            log_variance = posterior.log_variance.expand(count, -1)
            z = gaussian.reparameterise(mean, log_variance, generator)
            weights.append(
                model.likelihood.log_prob(model.decode(z), x)
                + gaussian.standard_log_density(z)
                - gaussian.log_density(z, mean, log_variance)
            )
        yield float(gaussian.importance_log_likelihood(torch.cat(weights)))
