"""The Wasserstein GAN.

    W1(p, q) = sup over 1-Lipschitz f of  E_p f(x) - E_q f(x)
    critic      minimises  E f(G(z)) - E f(x)  +  lambda E (|grad f(x~)| - 1)^2  +  epsilon E f(x)^2
    generator   minimises  - E f(G(z))

x~ lies on segments between real and made pictures. Sources: Arjovsky et al., Wasserstein GAN (2017), whose
critic's weights are clipped; the penalty: Gulrajani et al., Improved Training of Wasserstein GANs (2017), eq.
3; spectral: every matrix of the critic is scaled back to a largest singular value of 1 after each step (Gouk
et al., Regularisation of Neural Networks by Enforcing Lipschitz Continuity, 2021), found by power iteration
as in Miyato et al., Spectral Normalization for GANs (2018); epsilon keeps the zero of f from drifting (Karras
et al. 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.figures import Figures
from latentlab.models.adversarial.figures import Tally
from latentlab.models.adversarial.model import Adversarial, WithEncoder
from latentlab.models.adversarial.slope import slope
from latentlab.models.critics import ScoreSpec
from latentlab.models.players import Batch, Moment, Objective, Player, Settings
from latentlab.models.wgan.spec import FIGURES, WGANConfig

__all__ = ["WGAN", "WGANConfig", "make_wgan"]

_NAMES = ("distance", "generator", "slope")
# Of the pictures of a batch whose slope is penalised: it takes three times as long as all the rest.
_PENALISED = 0.5
_DRIFT = 1e-3


class WGAN(Adversarial):
    """A WGAN, conditional if its config has conditions."""

    config: WGANConfig
    score_spec = ScoreSpec(
        "f(x)",
        "Critic",
        "The critic's number: higher for what looks real. Only differences count; its mean over real "
        "pictures less that over made ones is the distance.",
        probability=False,
    )

    def __init__(self, config: WGANConfig) -> None:
        super().__init__(config)
        if config.constraint == "spectral":
            for number, weight in enumerate(_matrices(self)):
                self.register_buffer(f"direction_{number}", torch.ones(len(weight)) / len(weight) ** 0.5)

    @property
    def copied_buffers(self) -> tuple[str, ...]:
        """The directions of the power iteration."""
        return ("direction_*",)

    def players(self, settings: Settings) -> Objective:
        """The two losses."""
        return WGANObjective(self.config)


class WGANWithEncoder(WithEncoder, WGAN):
    """A WGAN with an encoder."""


def make_wgan(config: WGANConfig) -> WGAN:
    """A WGAN of this config with random weights."""
    return WGANWithEncoder(config) if config.encoder else WGAN(config)


def clip_to(most: float) -> Callable[[nn.Module], None]:
    """Cuts the critic's weights to [-most, most], in place."""

    def clip(model: nn.Module) -> None:
        assert isinstance(model, WGAN)
        for weight in model.discriminator.parameters():
            weight.clamp_(-most, most)

    return clip


def flatten_out(model: nn.Module) -> None:
    """Scales each matrix of the critic back to a largest singular value of 1, in place, by one iteration."""
    assert isinstance(model, WGAN)
    for number, weight in enumerate(_matrices(model)):
        u = getattr(model, f"direction_{number}")
        matrix = weight.flatten(1)
        v = functional.normalize(u @ matrix, dim=0)
        stretched = matrix @ v
        u.copy_(functional.normalize(stretched, dim=0))
        weight.div_(torch.clamp(u @ stretched, min=1.0))


_AFTER: dict[str, Callable[[WGANConfig], Callable[[nn.Module], None] | None]] = {
    "penalty": lambda config: None,
    "clip": lambda config: clip_to(config.clip),
    "spectral": lambda config: flatten_out,
}


class WGANObjective:
    """The players' losses; figures: the distance, the generator's loss, and the critic's slope."""

    spec = FIGURES
    most_judged: int | None = 2000
    exact = True

    def __init__(self, config: WGANConfig) -> None:
        self._config = config
        self._tally = Tally(FIGURES, _NAMES)
        self.width = self._tally.width
        after = _AFTER[config.constraint](config)
        self.players: tuple[Player, ...] = (
            Player("critic", ("discriminator",), betas=(0.0, 0.99), turns=config.turns, after=after),
            Player("generator", ("generator",), betas=(0.0, 0.99)),
        )

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """See `Objective.loss`."""
        assert isinstance(layers, WGAN)
        if player == "generator":
            loss = -layers.scores(layers.draw_pictures(len(batch.x), noise, batch.y), batch.y).mean()
            return loss, self._tally.of({"generator": loss})
        with torch.no_grad():
            pictures = layers.draw_pictures(len(batch.x), noise, batch.y)
        # Both in one batch: two of half the size take longer.
        y = None if batch.y is None else torch.cat([batch.y, batch.y])
        real, made = layers.scores(torch.cat([batch.x, pictures]), y).chunk(2)
        distance = real.mean() - made.mean()
        loss = _DRIFT * real.square().mean() - distance
        figures = {"distance": distance}
        if self._config.constraint == "penalty" and self._config.penalty:
            steep = slope(layers, *_between(batch, pictures, noise))
            loss = loss + self._config.penalty * (steep - 1.0).square().mean()
            figures["slope"] = steep.mean()
        return loss, self._tally.of(figures)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """See `Objective.judge`."""
        assert isinstance(model, WGAN)
        pictures = model.draw_pictures(len(batch.x), noise, batch.y)
        made = model.scores(pictures, batch.y).mean()
        with torch.enable_grad():
            steep = slope(model, *_between(batch, pictures, noise))
        figures = {
            "distance": model.scores(batch.x, batch.y).mean() - made,
            "generator": -made,
            "slope": steep.mean().detach(),
        }
        return self._tally.of(figures, len(batch.x))

    def terms(self, sums: Tensor, count: int) -> Figures:
        """See `Objective.terms`."""
        return self._tally.terms(sums)


def _between(batch: Batch, made: Tensor, noise: torch.Generator) -> tuple[Tensor, Tensor | None]:
    """Places on segments between real and made pictures, and their conditions."""
    count = max(1, round(_PENALISED * len(made)))
    share = torch.rand(count, 1, 1, 1, generator=noise, device=made.device)
    places = torch.lerp(made[:count].float(), batch.x[:count].float(), share)
    return places, None if batch.y is None else batch.y[:count]


def _matrices(model: WGAN) -> Iterator[Tensor]:
    return (weight for weight in model.discriminator.parameters() if weight.ndim > 1)
