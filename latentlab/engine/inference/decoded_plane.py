"""The latent plane of a model, decoded once, and p(x|z) of any picture at all its cells by one product.

Where the log likelihood is linear in the picture, what depends on z alone is computed once for a model:

    log p(x|z) = w(z) . x + c(z) + h(x)

    Bernoulli   w = l,        c = -sum log(1 + e^l)          h = 0,   l = logits
    Gaussian    w = m / s^2,  c = -1/2 |m|^2 / s^2           h = -1/2 ( d log(2 pi s^2) + |x|^2 / s^2 )
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from latentlab.core.gaussian import LOG_2PI
from latentlab.core.likelihoods import Bernoulli, Gaussian, Likelihood
from latentlab.core.quadrature import Cells, grid
from latentlab.models.priors import Prior, is_standard

# Cells along each axis of the plane at first, and how far it reaches, in standard deviations of N(0, I).
COUNT, _REACH = 96, 5.0
# Outputs that are decoded, and multiplied by a picture, in one piece.
_DECODED, _MULTIPLIED = 100, 2400


class Planar(Protocol):
    """A model with one or two latents, a likelihood and a prior."""

    latents: int
    likelihood: Likelihood
    latent_prior: Prior

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor: ...


class DecodedPlane:
    """Equal cells of a box, and what is decoded at their middles.

    Args:
        model: what decodes.
        low, high: the corners of the box, (D,) float64.
        y: the condition (A,), or None.
        device: where the model is.
    """

    def __init__(
        self, model: Planar, low: Tensor, high: Tensor, y: Tensor | None, device: torch.device
    ) -> None:
        self._model, self._y, self._device = model, y, device
        self.low, self.high = low, high
        self.middle, self.side = grid(low, high, COUNT)
        self._parts: list[tuple[Tensor, ...]] = []
        # When all is decoded: the parts joined, and log p(z) at the middles.
        self._whole: tuple[tuple[Tensor, ...], Tensor] | None = None

    def _prepared(self) -> Generator[None, None, tuple[tuple[Tensor, ...], Tensor]]:
        """What is known of all cells; decodes what is not decoded yet, in pieces.

        Several requests may do so in turns: each piece is the next that nobody has decoded.
        """
        z = self.middle.float().to(self._device)
        while self._whole is None:
            first = len(self._parts) * _DECODED
            if first < len(z):
                outputs = self._model.decode(z[first : first + _DECODED], self._y)
                self._parts.append(_factors(self._model.likelihood, outputs) or (outputs,))
                yield None
            else:
                joined = tuple(map(torch.cat, zip(*self._parts, strict=True)))
                self._whole = joined, self._model.latent_prior.log_density(z).double().cpu()
                self._parts.clear()
        return self._whole

    def cells(self, x: Tensor) -> Generator[None, None, Cells]:
        """The cells with log p(x, z) at their middles, in pieces; x (1, C, H, W)."""
        known, log_prior = yield from self._prepared()
        found = []
        for part in zip(*(one.split(_MULTIPLIED) for one in known), strict=True):
            found.append(log_likelihood(self._model.likelihood, part, x).double().cpu())
            yield None
        return Cells(self.middle, self.side, torch.cat(found) + log_prior)


def box_of(prior: Prior, mean: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor, bool]:
    """The box where a prior is, made wider if a posterior (D,) reaches out of it; whether it was."""
    if is_standard(prior):
        high = torch.full((prior.dimensions,), _REACH, dtype=torch.float64)
        low = -high
    else:
        drawn = prior.draw(20_000, torch.Generator().manual_seed(0)).double()
        low, high = drawn.min(0).values, drawn.max(0).values
        margin = 0.1 * (high - low)
        low, high = low - margin, high + margin
    # A picture may lie outside of nearly all the prior.
    if not bool((mean - 6 * sigma < low).any() or (mean + 6 * sigma > high).any()):
        return low, high, False
    return torch.minimum(low, mean - 8 * sigma), torch.maximum(high, mean + 8 * sigma), True


def _factors(likelihood: Likelihood, outputs: Tensor) -> tuple[Tensor, Tensor] | None:
    """w (N, d) and c (N,) of outputs (N, ...); None where log p is not linear in the picture."""
    if isinstance(likelihood, Bernoulli):
        w = outputs.flatten(1)
        return w, -functional.softplus(w).sum(1)
    if isinstance(likelihood, Gaussian):
        w = outputs.flatten(1) / likelihood.sigma**2
        return w, -0.5 * (w * outputs.flatten(1)).sum(1)
    return None


def log_likelihood(likelihood: Likelihood, known: tuple[Tensor, ...], x: Tensor) -> Tensor:
    """log p(x|z) of one picture x (1, C, H, W), from `_factors` or the outputs themselves; (N,)."""
    if len(known) == 1:
        return likelihood.log_prob(known[0], x)
    w, c = known
    seen = x.flatten()
    found = w @ seen + c
    if isinstance(likelihood, Gaussian):
        variance = torch.as_tensor(likelihood.sigma, dtype=torch.float64) ** 2
        constant = len(seen) * (LOG_2PI + variance.log()) + seen.double().square().sum() / variance
        return found.double() - 0.5 * constant
    return found


def raster(cells: Cells, most: int = 243, least: float = math.log(1e-4)) -> tuple[Tensor, Tensor, Tensor]:
    """The cells that have a share of the mass, as pixels: the box (low, high) and log of the density.

    Args:
        cells: of one or two dimensions, with sides that are a box's divided by powers of 3.
        most: the most pixels along an axis.
        least: log of the share, of the densest cell's density, below which a cell is left out.

    Returns:
        low (D,), high (D,), and (rows, columns): the second dimension runs down the rows, upwards; with a
        single dimension there is one row.
    """
    value = cells.value - cells.log_integral
    chosen = value > value.max() + least
    middle, side, value = cells.middle[chosen], cells.side[chosen], value[chosen]
    low, high = (middle - 0.5 * side).min(0).values, (middle + 0.5 * side).max(0).values
    pixel = side.min(0).values
    while bool(((high - low) / pixel > most).any()):
        pixel = pixel * 3.0
    count = ((high - low) / pixel).ceil().long().clamp(min=1)
    first = ((middle - 0.5 * side - low) / pixel).round().long()
    wide = (side / pixel).round().long().clamp(min=1)
    page = torch.full((int(count[1]) if len(count) > 1 else 1, int(count[0])), -torch.inf)
    for size in wide[:, 0].unique().tolist():
        some = wide[:, 0] == size
        steps = torch.arange(size)
        across = (first[some, 0, None] + steps).clamp(max=page.shape[1] - 1)
        if len(count) == 1:
            page[0, across] = value[some, None].float().expand(-1, size)
            continue
        up = (first[some, 1, None] + steps).clamp(max=page.shape[0] - 1)
        known = value[some].float().view(-1, 1, 1).expand(-1, size, size)
        page[up[:, :, None], across[:, None, :]] = known
    return low, low + pixel * count, page
