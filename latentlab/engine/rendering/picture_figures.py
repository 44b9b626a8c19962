"""Figures of every picture of the open data, piece by piece: ELBO and its terms, densities, training loss.

    reconstruction  E_q[log p(x|z)], by a few draws        kl     KL(q(z|x) || p(z))
    elbo            reconstruction - kl                    loss   what the objective minimises

A picture whose class a conditional model is not told has no figures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core import gaussian
from latentlab.engine.attributes.conditions import encoder_is_conditional
from latentlab.engine.rendering.density import Density
from latentlab.engine.rendering.known_figures import has_figure, objective_of
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.figures import (
    DENSITY,
    EVIDENCE,
    LOSS,
    NOTHING,
    PICTURE_FIGURES,
    TERMS,
    FiguresReply,
    FiguresRequest,
)
from latentlab.errors import LabError
from latentlab.models.base import Encodes, HasLikelihood, TellsDensity, Trains, has_kl, prior_of
from latentlab.models.players import Batch, Moment
from latentlab.models.priors import kl_from

_DRAWS = 4
# Numbers that a decoder puts out in one piece: a few milliseconds.
_MOST_OUTPUTS = 2**18
_TOLD_EVERY_S = 0.3


def picture_figures(
    opened: Opened, density: Density, request: FiguresRequest
) -> Iterator[FiguresReply | None]:
    """The replies: figures of more and more pictures, with None between pieces of work.

    Raises:
        LabError: if the model cannot give these.
    """
    if request.computed == NOTHING:
        return
    ways = {TERMS: _terms, EVIDENCE: _evidence, LOSS: _losses}
    names = [one.name for one in PICTURE_FIGURES if one.computed == request.computed]
    names = [name for name in names if has_figure(opened.loaded.model, name)]
    if not names:
        raise LabError(f"{opened.loaded.name} cannot tell this of a picture")
    pieces = density.of_each() if request.computed == DENSITY else ways[request.computed](opened)
    total, done, told = len(opened.data), 0, time.perf_counter()
    values = {name: np.full(total, np.nan, dtype=np.float32) for name in names}
    for piece in pieces:
        if piece is None:
            yield None
            continue
        count = 0
        for name, part in zip(names, piece, strict=True):
            count = len(part)
            finite = torch.where(part.isfinite(), part, torch.nan)
            values[name][done : done + count] = finite.float().cpu().numpy()
        done += count
        if done == total or time.perf_counter() - told > _TOLD_EVERY_S:
            told = time.perf_counter()
            yield FiguresReply(request.generation, _copies(values, done), done, total)
        else:
            yield None
    if done < total:
        raise LabError("the pictures are not encoded yet")


def _copies(values: dict[str, NDArray[np.float32]], done: int) -> dict[str, NDArray[np.float32]]:
    return {name: array[:done].copy() for name, array in values.items()}


Pieces = Iterator["tuple[Tensor, ...] | None"]


def _batches(opened: Opened, at_once: int) -> Iterator[tuple[Tensor, Tensor | None]]:
    """The pictures x in [0, 1] and their conditions, so many at once."""
    told = opened.conditions()
    for start in range(0, len(opened.data), at_once):
        some = slice(start, start + at_once)
        x = opened.data.images[some].to(opened.device).float() / 255.0
        yield x, None if told is None else told[some].to(opened.device)


def _at_once(opened: Opened, draws: int) -> int:
    model, outputs = opened.loaded.model, 1
    if isinstance(model, HasLikelihood):
        for side in model.likelihood.outputs_shape(model.picture_shape):
            outputs *= side
    return max(1, min(256, _MOST_OUTPUTS // (outputs * draws)))


def _terms(opened: Opened) -> Pieces:
    """ELBO, reconstruction and KL; the reconstruction alone where there is no prior."""
    model = opened.loaded.model
    assert isinstance(model, Encodes)
    assert isinstance(model, HasLikelihood)
    noise, measured = torch.Generator().manual_seed(0), has_kl(model)
    for x, y in _batches(opened, _at_once(opened, 1)):
        posterior = model.encode(x, y if encoder_is_conditional(model) else None)
        mean, log_variance = posterior.mean, posterior.log_variance
        exact = bool(torch.isneginf(log_variance).all())
        total = torch.zeros(len(x), device=x.device)
        for _ in range(1 if exact else _DRAWS):
            drawn = gaussian.steady_noise(torch.empty(mean.shape), noise).to(mean.device, mean.dtype)
            z = mean + torch.exp(0.5 * log_variance) * drawn
            total += model.likelihood.log_prob(model.decode(z, y), x)
            yield None
        reconstruction = total / (1 if exact else _DRAWS)
        if not measured:
            yield (reconstruction,)
            continue
        kl = kl_from(mean, log_variance, prior_of(model), draws=2 * _DRAWS)
        yield reconstruction - kl, reconstruction, kl


def _evidence(opened: Opened) -> Pieces:
    """log p(x), or the model's own bound or estimate of it."""
    model, noise = opened.loaded.model, torch.Generator(opened.device).manual_seed(0)
    assert isinstance(model, TellsDensity)
    draws = 1 if model.density_tag.how == "exact" else 4 * _DRAWS
    for x, y in _batches(opened, _at_once(opened, draws)):
        yield (model.log_density(x, noise, draws=draws, y=y),)


def _losses(opened: Opened) -> Pieces:
    """The loss of each picture as a batch of its own; of the terms of an ELBO, all at once."""
    model = opened.loaded.model
    objective = objective_of(model)
    assert objective is not None
    noise = torch.Generator(opened.device).manual_seed(0)
    for x, y in _batches(opened, _at_once(opened, 1)):
        if isinstance(model, Trains):
            terms = model.elbo_terms(x, noise, y=y)
            penalty = 0.0 if terms.penalty is None else terms.penalty
            yield (terms.kl_per_dimension.sum(-1) - terms.reconstruction + penalty,)
            continue
        losses = []
        for place in range(len(x)):
            some = slice(place, place + 1)
            batch = Batch(x[some], None, None if y is None else y[some])
            losses.append(objective.loss(model, batch, noise, Moment())[0].reshape(()))
            if place % 8 == 7:
                yield None
        yield (torch.stack(losses),)
