"""Draws pictures from a model: z from the prior, then the expected picture or a draw from p(x|z).

A model without a latent space draws its pictures directly.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from latentlab.core.gaussian import steady_noise
from latentlab.errors import LabError
from latentlab.models.base import Decodes, HasLikelihood, Samples, Translates, prior_of
from latentlab.models.priors import FromNormal

_CHUNK = 250
_ROWS = 32
# Pictures that a model draws directly at once: it may take seconds, and someone may wait for the first.
_DRAWN = 8
# Between the seeds of two chunks, so that streams of neighbouring seeds do not overlap.
_STRIDE = 0x9E3779B1


def prior_points(count: int, latents: int, seed: int) -> Tensor:
    """`count` draws from N(0, I); -> (count, latents) float32 on the CPU, so equal for every device.

    A smaller count gives the first of the same draws.
    """
    return steady_noise(torch.empty(count, latents), torch.Generator().manual_seed(seed))


def points_of(model: Decodes, count: int, seed: int) -> Tensor:
    """`count` draws from a model's prior, or N(0, I) if it has none; as `prior_points`."""
    return prior_of(model).draw(count, torch.Generator().manual_seed(seed))


def require_decoder(model: object, name: str) -> Decodes:
    """The model, called `name`, if it decodes points.

    Raises:
        LabError: naming what it does instead.
    """
    if isinstance(model, Decodes):
        return model
    if isinstance(model, Samples):
        raise LabError(
            f"{name} does not generate pictures from points: it has no latent space",
            hint="It draws them by itself: latentlab sample",
        )
    raise LabError(f"{name} does not generate pictures")


def at_quantiles(model: Decodes, u: Tensor) -> Tensor:
    """Maps points (N, D) laid out for N(0, I) to a model's own prior, preserving equal mass.

    Raises:
        LabError: for a prior without a known map from N(0, I).
    """
    prior = prior_of(model)
    if not isinstance(prior, FromNormal):
        raise LabError(
            f"the prior {prior.formula} has no places of equal mass to lay out",
            hint="Ask for a range, such as --range=-2,2",
        )
    return prior.from_normal(u)


@torch.no_grad()
def decode_in_chunks(
    model: nn.Module,
    z: Tensor,
    *,
    y: Tensor | None = None,
    draw: bool = False,
    seed: int = 0,
    chunk: int = _CHUNK,
) -> Iterator[Tensor]:
    """Pictures at z, `chunk` at a time; (N, D) -> float32 (n, C, H, W) in [0, 1] on the CPU.

    The picture at a point is the same whatever others are asked for, to the bit on most CPUs.

    Args:
        model: a model that `Decodes`.
        z: points (N, D).
        y: the condition of all of them, (A,), or of each, (N, A).
        draw: a picture drawn from p(x|z) instead of the one that is shown.
        seed: of those draws.

    Raises:
        LabError: if the model does not decode, has another number of latents, or no likelihood to draw from.
    """
    if not isinstance(model, Decodes):
        raise LabError(f"a {type(model).__name__} does not generate pictures")
    if z.ndim != 2 or z.shape[1] != model.latents:
        raise LabError(f"points of shape {tuple(z.shape)}; the model takes (N, {model.latents})")
    if draw and not isinstance(model, HasLikelihood):
        raise LabError("the model has no likelihood p(x|z), so from a point there is nothing to draw")
    device = next(model.parameters()).device
    # On the CPU, wherever the model is: a GPU's draws depend on how many are drawn.
    generator = torch.Generator().manual_seed(seed)
    for first in range(0, len(z), chunk):
        some = z[first : first + chunk].to(device, torch.float32)
        told = y if y is None or y.ndim == 1 else _filled_up(y[first : first + chunk])
        told = None if told is None else told.to(device)
        if draw:
            assert isinstance(model, HasLikelihood)
            outputs = model.decode(_filled_up(some), told)[: len(some)]
            pictures = model.likelihood.sample(outputs.cpu(), generator)
        else:
            pictures = model.picture_at(_filled_up(some), told)[: len(some)]
        yield pictures.float().cpu()


@torch.no_grad()
def draw_in_chunks(
    model: nn.Module,
    count: int,
    seed: int = 0,
    *,
    y: Tensor | None = None,
    chunk: int = _DRAWN,
    first: int = 0,
) -> Iterator[Tensor]:
    """Pictures drawn directly by a model without a latent space; float32 (n, C, H, W) in [0, 1] on the CPU.

    Each chunk has a stream of its own and is always drawn whole: a picture does not depend on how many are
    requested. `first` is the number of the first picture; `y` as for `decode_in_chunks`, of the pictures
    requested.

    Raises:
        LabError: if the model cannot draw pictures.
    """
    if isinstance(model, Translates) and not isinstance(model, Samples):
        raise LabError(
            "the model draws no pictures of its own", hint="It makes them of others: latentlab translate"
        )
    if not isinstance(model, Samples):
        raise LabError(f"a {type(model).__name__} does not generate pictures")
    device = next(model.parameters()).device
    if y is not None and y.ndim > 1 and first % chunk:
        y = torch.cat([y[:1].expand(first % chunk, -1), y])
    for begin in range(first - first % chunk, first + count, chunk):
        told = y
        if y is not None and y.ndim > 1:
            place = begin - first + first % chunk
            told = y[place : place + chunk]
            told = torch.cat([told, told[-1:].expand(chunk - len(told), -1)])
        generator = torch.Generator().manual_seed(seed + _STRIDE * (begin // chunk))
        pictures = model.draw_pictures(chunk, generator, None if told is None else told.to(device))
        yield pictures[max(0, first - begin) : first + count - begin].float().cpu()


def _filled_up(rows: Tensor) -> Tensor:
    """Rows padded to a multiple of 32 by repeating the last one: kernels round the remainder differently."""
    missing = -len(rows) % _ROWS
    return torch.cat([rows, rows[-1:].expand(missing, *rows.shape[1:])]) if missing else rows
