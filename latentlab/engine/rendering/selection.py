"""Encodes one picture of the open data (posterior, ELBO, draws), and pictures from elsewhere."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.data.image_set import size_in_words
from latentlab.engine.attributes.conditions import encoder_is_conditional
from latentlab.engine.rendering.drawing import to_pictures, to_point
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.pictures import (
    SelectionReply,
    SelectionRequest,
    TrajectoryReply,
    TrajectoryRequest,
)
from latentlab.errors import LabError
from latentlab.models.base import Encodes, HasLikelihood, Posterior, TellsDensity
from latentlab.models.priors import kl_from

_ELBO_DRAWS = 64


def selection(opened: Opened, request: SelectionRequest) -> SelectionReply:
    """The reply for one picture of the open data.

    Raises:
        LabError: if the data have no such picture.
    """
    drawing, data = opened.drawing, opened.data
    model = drawing.model
    assert isinstance(model, Encodes)
    if not 0 <= request.index < len(data):
        raise LabError(f"{data.name} has no picture {request.index}")
    x = data.images[request.index : request.index + 1].to(opened.device).float() / 255.0
    told = opened.conditions()
    y = None if told is None else told[request.index].to(opened.device)
    posterior = model.encode(x, y)
    reconstruction = kl = math.nan
    if isinstance(model, HasLikelihood):
        # The terms do not change when new draws of the posterior are requested.
        z = _draws(posterior, _ELBO_DRAWS, seed=0)
        reconstruction = float(model.likelihood.log_prob(model.decode(z, y), x).mean())
        if drawing.has_prior:
            kl = float(kl_from(posterior.mean, posterior.log_variance, drawing.prior)[0])
    mean, log_variance = posterior.mean, posterior.log_variance
    return SelectionReply(
        generation=request.generation,
        index=request.index,
        original=to_pictures(x)[0],
        reconstruction=drawing.decode(mean, y)[0],
        mean=to_point(mean[0]),
        sigma=to_point(torch.exp(0.5 * log_variance[0])),
        elbo=reconstruction - kl,
        reconstruction_nats=reconstruction,
        kl=kl,
        draws=tuple(drawing.decode(_draws(posterior, request.draws, request.seed), y)),
        condition=() if y is None else to_point(y),
        log_density=_exactly(model, x, y),
    )


def _exactly(model: object, x: Tensor, y: Tensor | None) -> float | None:
    """log p(x) of a picture (1, C, H, W); None where it is not known exactly."""
    if not isinstance(model, TellsDensity) or model.density_tag.how != "exact":
        return None
    return float(model.log_density(x, y=y)[0])


def trajectory(opened: Opened, request: TrajectoryRequest) -> TrajectoryReply:
    """Encodes pictures from elsewhere.

    Raises:
        LabError: if they are of another shape than the model's.
    """
    model, device = opened.drawing.model, opened.device
    assert isinstance(model, Encodes)
    shape = request.pictures.shape[1:]
    if shape != model.picture_shape:
        what, mine = size_in_words(shape), size_in_words(model.picture_shape)
        raise LabError(f"pictures {what} cannot be shown in the plane of a model for pictures {mine}")
    x = torch.from_numpy(request.pictures).to(device).clamp(-1.0, 1.0) * 0.5 + 0.5
    y = torch.tensor(request.condition, device=device) if encoder_is_conditional(model) else None
    mean = model.encode(x, y if y is None or len(y) else None).mean
    return TrajectoryReply(request.generation, tuple(map(to_point, mean)))


def _draws(posterior: Posterior, count: int, seed: int) -> Tensor:
    """z ~ q(z|x) for one picture, (count, D); a smaller count gives the first of them, on every device."""
    mean, log_variance = posterior.mean, posterior.log_variance
    noise = gaussian.steady_noise(torch.empty(count, mean.shape[-1]), torch.Generator().manual_seed(seed))
    return mean + torch.exp(0.5 * log_variance) * noise.to(mean.device, mean.dtype)
