"""What the adversarial models share: a generator, a discriminator and an encoder.

    x = G(z, y),  z ~ p(z)          D(x, y) a score          E(x) the z that makes x

The players are trained first, then the encoder beside a generator at rest; see
`latentlab.models.adversarial.inversion`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from latentlab.models.adversarial.config import AdversarialConfig
from latentlab.models.adversarial.inversion import EncoderObjective
from latentlab.models.adversarial.nets import Discriminator, Encoder, Generator
from latentlab.models.base import Posterior
from latentlab.models.conditioned import network_rows
from latentlab.models.players import Objective, Phase, Settings
from latentlab.models.priors import Prior, StandardNormal, Uniform

# The encoder's share of the epochs, of those of the players.
_ENCODER_SHARE = 0.2
# The weight of log p(z) in the error of an inversion, per latent: it keeps z where the generator was trained.
_PRIOR_WEIGHT = 1e-3


class Adversarial(nn.Module):
    """A generator with its discriminator; y as for `latentlab.models.base.Conditional`."""

    def __init__(self, config: AdversarialConfig) -> None:
        super().__init__()
        self.config = config
        self.generator = Generator(config)
        self.discriminator = Discriminator(config)
        if config.encoder:
            self.encoder = Encoder(config)

    @property
    def latents(self) -> int:
        """D."""
        return self.config.latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def latent_prior(self) -> Prior:
        """N(0, I) or U[-1, 1]^D."""
        return (Uniform if self.config.prior == "uniform" else StandardNormal)(self.latents)

    @property
    def condition_names(self) -> tuple[str, ...]:
        """The names of the entries of y."""
        return self.config.condition_names

    @property
    def exclusive(self) -> bool:
        """Whether y is one-hot."""
        return self.config.exclusive

    def players(self, settings: Settings) -> Objective:
        """The objective of the players."""
        raise NotImplementedError

    def phases(self, settings: Settings) -> tuple[Phase, ...]:
        """The players, then the encoder."""
        game = self.players(settings)
        if not self.config.encoder:
            return (Phase("players", game),)
        encoder = Phase(
            "encoder", EncoderObjective(game.spec, self.config.pixel), _ENCODER_SHARE, {"encoder": False}
        )
        return Phase("players", game), encoder

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """G(z, y); (B, D) -> (B, C, H, W) in [0, 1]."""
        picture: Tensor = self.generator(z, self.rows(y, len(z), z.device))
        return picture

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """G(z, y), z ~ p(z); -> (count, C, H, W)."""
        z = self.latent_prior.draw(count, generator)
        return self.picture_at(z.to(next(self.parameters()).device), y)

    def scores(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """D(x, y), any number, higher for pictures that look real; (B, C, H, W) in [0, 1] -> (B,)."""
        score: Tensor = self.discriminator(x, self.rows(y, len(x), x.device))
        return score

    def inversion_error(self, z: Tensor, x: Tensor, y: Tensor | None = None) -> Tensor:
        """|G(z, y) - x|^2 a number, less the weighed log p(z) where that has a slope; -> (B,)."""
        error = (self.picture_at(z, y) - x).square().flatten(1).mean(1)
        pull = 0.0 if self.config.prior == "uniform" else _PRIOR_WEIGHT * 0.5 * z.square().mean(1)
        return error + pull

    def rows(self, y: Tensor | None, count: int, device: torch.device) -> Tensor | None:
        """y as the networks are shown it, (count, A); None without conditions."""
        names = self.condition_names
        return network_rows(y, count, len(names), self.exclusive, device) if names else None


class WithEncoder(Adversarial):
    """One that also has its encoder."""

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """E(x), a point mass; (B, C, H, W) in [0, 1] -> (B, D)."""
        mean = self.encoder(x)
        return Posterior(mean, torch.full_like(mean, -torch.inf))
