"""The generative adversarial network.

    D  minimises  - E log sigma(s(x)) - E log(1 - sigma(s(G(z))))   +   gamma/2 E |grad_x s(x)|^2
    G  minimises  - E log sigma(s(G(z)))      non-saturating,   or   E log(1 - sigma(s(G(z))))   minimax

s is the discriminator's logit, D(x) = sigma(s(x)). With a condition y both players also minimise

    kappa CE(V h(x), y)      D of real pictures, G of its own

for the vectors V by which the discriminator asks for y: what is made then shows what was asked for.

Sources: Goodfellow et al., Generative Adversarial Nets (2014), section 3; smoothing of the real target:
Salimans et al., Improved Techniques for Training GANs (2016); the penalty R1 on real pictures: Mescheder et
al., Which Training Methods for GANs Do Actually Converge? (2018), eq. 9, in each 16th turn and 16 times as
heavy: Karras et al., StyleGAN2 (2020), section 3.1; the condition classified from the features: Odena et al.,
Conditional Image Synthesis with Auxiliary Classifier GANs (2017), here with the projection's own vectors.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.figures import Figures
from latentlab.models.adversarial.figures import Tally
from latentlab.models.adversarial.model import Adversarial, WithEncoder
from latentlab.models.adversarial.slope import squared_slope
from latentlab.models.critics import ScoreSpec
from latentlab.models.gan.spec import FIGURES, GANConfig
from latentlab.models.players import Batch, Moment, Objective, Player, Settings

__all__ = ["GAN", "GANConfig", "make_gan"]

_NAMES = ("discriminator", "generator", "real", "made")


class GAN(Adversarial):
    """A GAN, conditional if its config has conditions."""

    config: GANConfig
    score_spec = ScoreSpec(
        "D(x)",
        "Discriminator",
        "The probability that the discriminator gives a picture of being real.",
        probability=True,
    )

    def players(self, settings: Settings) -> Objective:
        """The two losses."""
        return GANObjective(self.config)


class GANWithEncoder(WithEncoder, GAN):
    """A GAN with an encoder."""


def make_gan(config: GANConfig) -> GAN:
    """A GAN of this config with random weights."""
    return GANWithEncoder(config) if config.encoder else GAN(config)


class GANObjective:
    """The players' losses, in nats; figures: both, and D of real and made pictures."""

    players: tuple[Player, ...] = (
        # No momentum: each player's gradient turns with the other's step.
        Player("discriminator", ("discriminator",), betas=(0.0, 0.99)),
        Player("generator", ("generator",), betas=(0.0, 0.99)),
    )
    spec = FIGURES
    most_judged: int | None = 2000
    exact = True

    def __init__(self, config: GANConfig) -> None:
        self._config = config
        self._tally = Tally(FIGURES, _NAMES)
        self.width = self._tally.width

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`."""
        assert isinstance(layers, GAN)
        y, critic = batch.y, layers.discriminator
        rows = layers.rows(y, len(batch.x), batch.x.device)
        if player == "generator":
            h = critic.features(layers.draw_pictures(len(batch.x), noise, batch.y))
            made = critic.score_of(h, rows)
            loss = self._of_generator(made)
            figures = self._tally.of({"generator": loss, "made": torch.sigmoid(made).mean()})
            return loss + self._of_condition(layers, h, y), figures
        with torch.no_grad():
            pictures = layers.draw_pictures(len(batch.x), noise, batch.y)
        # Both in one batch: two of half the size take longer.
        h = critic.features(torch.cat([batch.x, pictures]))
        real, made = critic.score_of(h, None if rows is None else torch.cat([rows, rows])).chunk(2)
        loss = self._of_discriminator(real, made)
        figures = self._tally.of({"discriminator": loss, "real": torch.sigmoid(real).mean()})
        loss = loss + self._of_condition(layers, h[: len(batch.x)], y)
        every = self._config.r1_every
        if self._config.r1 and moment.turn % every == 0:
            loss = loss + 0.5 * self._config.r1 * every * squared_slope(layers, batch.x, y).mean()
        return loss, figures

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """See `Objective.judge`."""
        assert isinstance(model, GAN)
        real = model.scores(batch.x, batch.y)
        made = model.scores(model.draw_pictures(len(batch.x), noise, batch.y), batch.y)
        figures = {
            "discriminator": self._of_discriminator(real, made),
            "generator": self._of_generator(made),
            "real": torch.sigmoid(real).mean(),
            "made": torch.sigmoid(made).mean(),
        }
        return self._tally.of(figures, len(batch.x))

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        return self._tally.terms(sums)

    def _of_discriminator(self, real: Tensor, made: Tensor) -> Tensor:
        smooth = self._config.smoothing
        # -log sigma(s) = softplus(-s);  -log(1 - sigma(s)) = softplus(s)
        of_real = (1.0 - smooth) * functional.softplus(-real) + smooth * functional.softplus(real)
        return of_real.mean() + functional.softplus(made).mean()

    def _of_generator(self, made: Tensor) -> Tensor:
        if self._config.loss == "minimax":
            return -functional.softplus(made).mean()
        return functional.softplus(-made).mean()

    def _of_condition(self, model: GAN, h: Tensor, y: Tensor | None) -> Tensor | float:
        """kappa times the cross-entropy of the condition, classified from features (B, F), in nats."""
        if not self._config.auxiliary or y is None or not model.condition_names:
            return 0.0
        logits = model.discriminator.condition_logits(h)
        if model.exclusive:
            error = functional.cross_entropy(logits, y.argmax(-1))
        else:
            error = functional.binary_cross_entropy_with_logits(logits, y.float())
        return self._config.auxiliary * error
