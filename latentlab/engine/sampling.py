"""Pictures drawn from a model: z from the prior, then the expected picture or a draw from p(x|z)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from latentlab.errors import LabError
from latentlab.models.base import Decodes

_CHUNK = 250


def prior_points(count: int, latents: int, seed: int) -> Tensor:
    """`count` draws from N(0, I); -> (count, latents) float32 on the CPU, so alike for every device."""
    return torch.randn(count, latents, generator=torch.Generator().manual_seed(seed))


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

    Args:
        model: a model that `Decodes`.
        z: points (N, D).
        y: what a conditional model is told of all of them, (A,), or of each, (N, A).
        draw: a picture drawn from p(x|z) instead of the expected one.
        seed: of those draws.

    Raises:
        LabError: if the model does not decode, or has another number of latents.
    """
    if not isinstance(model, Decodes):
        raise LabError(f"a {type(model).__name__} does not make pictures")
    if z.ndim != 2 or z.shape[1] != model.latents:
        raise LabError(f"points of shape {tuple(z.shape)}; the model takes (N, {model.latents})")
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    for first in range(0, len(z), chunk):
        some = z[first : first + chunk].to(device, torch.float32)
        told = y if y is None or y.ndim == 1 else y[first : first + chunk]
        outputs = model.decode(some, None if told is None else told.to(device))
        likelihood = model.likelihood
        pictures = likelihood.sample(outputs, generator) if draw else likelihood.picture(outputs)
        yield pictures.float().cpu()
