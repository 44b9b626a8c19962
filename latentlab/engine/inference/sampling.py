"""Pictures drawn from a model: z from the prior, then the expected picture or a draw from p(x|z)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from latentlab.core.gaussian import steady_noise
from latentlab.errors import LabError
from latentlab.models.base import Decodes

_CHUNK = 250
_ROWS = 32


def prior_points(count: int, latents: int, seed: int) -> Tensor:
    """`count` draws from N(0, I); -> (count, latents) float32 on the CPU, so alike for every device.

    The first of many are those of few.
    """
    return steady_noise(torch.empty(count, latents), torch.Generator().manual_seed(seed))


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
    # On the CPU, wherever the model is: a GPU draws otherwise if it draws more.
    generator = torch.Generator().manual_seed(seed)
    for first in range(0, len(z), chunk):
        some = z[first : first + chunk].to(device, torch.float32)
        told = y if y is None or y.ndim == 1 else _filled_up(y[first : first + chunk])
        outputs = model.decode(_filled_up(some), None if told is None else told.to(device))
        if draw:
            pictures = model.likelihood.sample(outputs[: len(some)].cpu(), generator)
        else:
            pictures = model.likelihood.picture(outputs)[: len(some)]
        yield pictures.float().cpu()


def _filled_up(rows: Tensor) -> Tensor:
    """Rows in a whole number of 32, the last one repeated: products and functions round what is left over
    in another way."""
    missing = -len(rows) % _ROWS
    return torch.cat([rows, rows[-1:].expand(missing, *rows.shape[1:])]) if missing else rows
