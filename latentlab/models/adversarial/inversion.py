"""The encoder of a generator that has none: trained when the players have ended, beside a generator at rest.

    loss = v |E(G(z, y)) - z|^2 / D  +  w d(G(E(x), y), x)  -  2 r log p(E(x)) / D    z ~ p(z), x of the data

    d(a, b) = 1/2 sum_s s |P_s (a - b)|^2 a number          P_s means of blocks of s x s, s = 1, 2, 4

The first term makes E the inverse of G where G makes pictures; the second finds the picture nearest to a real
one, which G perhaps cannot make. v is small: a generator makes much the same picture in many places, the mean
of these is near 0, and with equal weights the first term pulls all codes there. The last term, |E(x)|^2 / D
for a normal prior, keeps codes where G was trained: without it all of them wander off together. The coarse
blocks of d tell where a stroke has to move that does not yet touch the one it should cover.

Sources: Zhu et al., In-Domain GAN Inversion (2020), without its discriminator; Donahue et al., Adversarial
Feature Learning (2017), call the first term alone the latent regressor.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.figures import Figures, FiguresSpec
from latentlab.models.adversarial.config import INVERSION
from latentlab.models.adversarial.figures import Tally
from latentlab.models.base import Decodes, Encodes, HasPrior
from latentlab.models.players import Batch, Moment, Player

# v, w and r, and the sides of the blocks, in pixels as they are drawn.
_LATENTS, _PIXELS, _PRIOR = 0.3, 20.0, 0.1
_BLOCKS = (1, 2, 4)


class EncoderObjective:
    """The encoder's objective; figures: RMS of z, a latent, and of pixels, of 1.

    Args:
        spec: of all figures of the kind.
        pixel: the side of a drawn pixel.
    """

    players: tuple[Player, ...] = (Player("encoder", ("encoder",)),)
    most_judged: int | None = 2000
    exact = True

    def __init__(self, spec: FiguresSpec, pixel: int = 1) -> None:
        self.spec, self._pixel = spec, pixel
        self._tally = Tally(spec, tuple(one.name for one in INVERSION))
        self.width = self._tally.width

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`."""
        latent, difference, unlikely = _errors(layers, batch, noise)
        loss = _LATENTS * latent + _PIXELS * in_blocks(difference, self._pixel) + _PRIOR * unlikely
        return loss, self._figures(latent, difference, 1)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """See `Objective.judge`."""
        latent, difference, _ = _errors(model, batch, noise)
        return self._figures(latent, difference, len(batch.x))

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        return self._tally.terms(sums)

    def _figures(self, latent: Tensor, difference: Tensor, count: int) -> Tensor:
        pixels = difference.square().mean()
        return self._tally.of({"latent_error": latent.sqrt(), "pixel_error": pixels.sqrt()}, count)


def in_blocks(difference: Tensor, pixel: int = 1) -> Tensor:
    """d of a difference of pictures (B, C, H, W), whose drawn pixels are squares of a side; -> ()."""
    sides = [side * pixel for side in _BLOCKS if side * pixel <= min(difference.shape[-2:])]
    whole = [side // pixel * functional.avg_pool2d(difference, side).square().mean() for side in sides]
    return 0.5 * torch.stack(whole).sum()


def _errors(model: nn.Module, batch: Batch, noise: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """The mean square of the first term, G(E(x), y) - x, (B, C, H, W), and the mean of -2 log p(E(x)) / D."""
    assert isinstance(model, Encodes)
    assert isinstance(model, Decodes)
    assert isinstance(model, HasPrior)
    z = model.latent_prior.draw(len(batch.x), noise)
    with torch.no_grad():
        made = model.picture_at(z, batch.y)
    found = model.encode(torch.cat([made, batch.x])).mean
    of_made, of_real = found.chunk(2)
    latent = (of_made - z).square().mean()
    unlikely = -2.0 * model.latent_prior.log_density(of_real.float()).mean() / of_real.shape[-1]
    return latent, model.picture_at(of_real, batch.y) - batch.x, unlikely
