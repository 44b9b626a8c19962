"""Small networks of points, with weights from a generator of their own: the same seed, the same network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

# How far the noise reaches from 0 each way where its grid is drawn: 98 % of a normal.
_QUANTILE = 0.01
# Lines each way, and nodes of each.
LINES, NODES = 13, 49


def layers(
    sizes: Sequence[int], bend: Callable[[], nn.Module], draw: torch.Generator, last: float = 1.0
) -> nn.Sequential:
    """Linear layers of these sizes with a bend between them; the last begins `last` times as large."""
    parts: list[nn.Module] = []
    widths = list(pairwise(sizes))
    for number, (into, out) in enumerate(widths):
        layer = nn.Linear(into, out)
        end = number == len(widths) - 1
        spread = last * math.sqrt(1.0 / into) if end else math.sqrt(2.0 / into)
        with torch.no_grad():
            layer.weight.normal_(0.0, spread, generator=draw)
            # Where the bends lie: spread over the stage, not all at its middle.
            layer.bias.uniform_(-0.5, 0.5, generator=draw) if not end else layer.bias.zero_()
        parts.append(layer)
        if not end:
            parts.append(bend())
    return nn.Sequential(*parts)


def leaky() -> nn.Module:
    """A bend with a slope on both sides."""
    return nn.LeakyReLU(0.2)


def noise(prior: str, count: int, latents: int, draw: torch.Generator) -> Tensor:
    """(count, latents): normal, or uniform from -1 to 1."""
    if prior == "uniform":
        return 2.0 * torch.rand(count, latents, generator=draw) - 1.0
    return torch.randn(count, latents, generator=draw)


def grid(prior: str, latents: int) -> Tensor:
    """The lines of a grid of noise with equally much noise in each cell, (L, `NODES`, latents): those across,
    then those up. Of one latent it is one line.
    """
    fine, coarse = (_quantiles(prior, count) for count in (NODES, LINES))
    if latents == 1:
        return fine.view(1, -1, 1)
    along, beside = torch.meshgrid(fine, coarse, indexing="xy")
    across = torch.stack((along, beside), 2)
    return torch.cat((across, across.flip(2)))


def _quantiles(prior: str, count: int) -> Tensor:
    share = torch.linspace(_QUANTILE, 1.0 - _QUANTILE, count)
    places = 2.0 * share - 1.0
    return places if prior == "uniform" else math.sqrt(2.0) * torch.erfinv(places)
