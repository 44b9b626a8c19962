"""The encoder of a generator that has none: trained when the players have ended, beside a generator at rest.

    loss = |E(G(z, y)) - z|^2 / D   +   w |G(E(x), y) - x|^2 a number          z ~ p(z), x of the data

The first term makes E the inverse of G where G makes pictures; the second finds the picture nearest to a real
one, which G perhaps cannot make. Sources: Zhu et al., In-Domain GAN Inversion (2020), without its
discriminator; Donahue et al., Adversarial Feature Learning (2017), call the first term alone the latent
regressor.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures, FiguresSpec
from latentlab.models.adversarial.config import INVERSION
from latentlab.models.adversarial.figures import Tally
from latentlab.models.base import Decodes, Encodes, HasPrior
from latentlab.models.players import Batch, Moment, Player

# The weight of the pixels: a mean square of 0.05 then counts as much as z itself.
_PIXELS = 20.0


class EncoderObjective:
    """The encoder's objective; figures: RMS of z, a latent, and of pixels, of 1.

    Args:
        spec: of all figures of the kind.
    """

    players: tuple[Player, ...] = (Player("encoder", ("encoder",)),)
    most_judged: int | None = 2000
    exact = True

    def __init__(self, spec: FiguresSpec) -> None:
        self.spec = spec
        self._tally = Tally(spec, tuple(one.name for one in INVERSION))
        self.width = self._tally.width

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`."""
        latent, pixels = _errors(layers, batch, noise)
        return latent + _PIXELS * pixels, self._figures(latent, pixels, 1)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """See `Objective.judge`."""
        return self._figures(*_errors(model, batch, noise), len(batch.x))

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        return self._tally.terms(sums)

    def _figures(self, latent: Tensor, pixels: Tensor, count: int) -> Tensor:
        return self._tally.of({"latent_error": latent.sqrt(), "pixel_error": pixels.sqrt()}, count)


def _errors(model: nn.Module, batch: Batch, noise: torch.Generator) -> tuple[Tensor, Tensor]:
    """The mean squares of the two terms."""
    assert isinstance(model, Encodes)
    assert isinstance(model, Decodes)
    assert isinstance(model, HasPrior)
    z = model.latent_prior.draw(len(batch.x), noise)
    with torch.no_grad():
        made = model.picture_at(z, batch.y)
    found = model.encode(torch.cat([made, batch.x])).mean
    of_made, of_real = found.chunk(2)
    latent = (of_made - z).square().mean()
    return latent, (model.picture_at(of_real, batch.y) - batch.x).square().mean()
