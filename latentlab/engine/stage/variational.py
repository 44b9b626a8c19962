"""A variational autoencoder of points, with one or two latents.

    p(x) = integral N(x; g(z), s^2 I) p(z) dz,     p(z) = N(0, I)
    ELBO = E_q[ log N(x; g(z), s^2 I) ] - KL( q(z|x) || p(z) )

s is learnt, too. The integral is a sum over nodes with equally much of the prior each, and so p(x) a
mixture of round Gaussians at g(z): with one latent a curve, with two a net.

Source: Kingma & Welling, Auto-Encoding Variational Bayes (2014).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from latentlab.core.points import Points
from latentlab.engine.stage.nets import grid, layers
from latentlab.engine.stage.recipe import Recipe, Tuning

ELBO = "encoder and decoder"
_WIDTH = 64
# The least noise of the decoder, and the first.
_LEAST, _FIRST = 0.02, 0.4
_NODES = {1: 600, 2: 40}


class VariationalPoints:
    """See `latentlab.engine.stage.learner.Learner`."""

    players: tuple[str, ...] = (ELBO,)

    def __init__(self, data: Points, recipe: Recipe) -> None:
        draw = torch.Generator().manual_seed(recipe.seed)
        self._data, self._latents = data, recipe.latents
        self._encoder = layers((2, _WIDTH, _WIDTH, 2 * recipe.latents), nn.SiLU, draw, 0.1)
        self._decoder = layers((recipe.latents, _WIDTH, _WIDTH, 2), nn.SiLU, draw, 0.5)
        self._log_s = nn.Parameter(torch.tensor(math.log(_FIRST)))
        weights = [*self._encoder.parameters(), *self._decoder.parameters(), self._log_s]
        self._steps = torch.optim.Adam(weights)
        self._draw = torch.Generator().manual_seed(recipe.seed + 1)
        self._seed = recipe.seed + 2
        self._last: dict[str, float] = {}

    @property
    def _s(self) -> Tensor:
        return self._log_s.exp().clamp(min=_LEAST)

    def turns(self, player: str, tuning: Tuning) -> int:
        """See `Learner`."""
        return 1

    def turn(self, player: str, tuning: Tuning) -> None:
        """See `Learner`."""
        x = self._data.draw(tuning.batch, self._draw).float()
        mean, log_var = self._encoder(x).chunk(2, 1)
        eps = torch.randn(mean.shape, generator=self._draw)
        z = mean + (0.5 * log_var).exp() * eps
        squares = (x - self._decoder(z)).square().sum(1)
        log_p = -squares / (2.0 * self._s**2) - (2.0 * math.pi * self._s**2).log()
        kl = 0.5 * (mean.square() + log_var.exp() - 1.0 - log_var).sum(1)
        for group in self._steps.param_groups:
            group["lr"] = tuning.rate
        self._steps.zero_grad()
        (kl - log_p).mean().backward()
        self._steps.step()
        self._last = {
            "ELBO": float((log_p - kl).detach().mean()),
            "KL": float(kl.detach().mean()),
            "σ of the decoder": float(self._s.detach()),
        }

    @torch.no_grad()
    def made(self, count: int) -> Tensor:
        """See `Learner`."""
        draw = torch.Generator().manual_seed(self._seed)
        z = torch.randn(count, self._latents, generator=draw)
        noise = torch.randn(count, 2, generator=draw)
        found: Tensor = (self._decoder(z) + self._s * noise).double()
        return found

    @torch.no_grad()
    def mesh(self) -> Tensor | None:
        """See `Learner`."""
        nodes = grid("normal", self._latents)
        found: Tensor = self._decoder(nodes.flatten(0, 1)).view(*nodes.shape[:2], 2)
        return found

    def ellipses(self) -> Tensor | None:
        """See `Learner`."""
        return None

    def log_density(self, x: Tensor) -> Tensor | None:
        """See `Learner`."""
        return self.points.log_density(x)

    def figures(self) -> dict[str, float]:
        """See `Learner`."""
        return self._last

    @property
    def points(self) -> Points:
        """See `Learner`: the mixture over the nodes."""
        count = _NODES[self._latents]
        share = (torch.arange(count) + 0.5) / count
        line = math.sqrt(2.0) * torch.erfinv(2.0 * share - 1.0)
        z = line.unsqueeze(1) if self._latents == 1 else torch.cartesian_prod(line, line)
        with torch.no_grad():
            centres: Tensor = self._decoder(z)
        return Points(centres.double(), float(self._s.detach()))
