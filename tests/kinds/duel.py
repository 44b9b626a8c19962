"""Two players: a generator draws pictures from noise, a critic tells them from real ones (a tiny WGAN).

critic      min  E f(G(z)) - E f(x), its weights clipped after each step; two turns
generator   min  - E f(G(z)); one turn in a round of two
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures, FigureSpec, FiguresSpec
from latentlab.core.gaussian import standard_noise
from latentlab.models.capabilities import Capability
from latentlab.models.players import Batch, Moment, Player
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec

FIGURES = FiguresSpec(
    (FigureSpec("distance", "Distance", better="lower"), FigureSpec("fooled", "Fooled", better="higher"))
)
CLIP = 0.1


@dataclass(frozen=True)
class DuelConfig:
    """Its size."""

    shape: tuple[int, ...] = from_data((1, 8, 8))
    latents: int = setting(4, "numbers that a picture is drawn from", low=1, high=64)
    width: int = setting(12, "hidden units of either network", low=1, high=256)

    def __post_init__(self) -> None:
        check_settings(self)


class Duel(nn.Module):
    """A generator and its critic; it samples, and has neither encoder nor likelihood."""

    def __init__(self, config: DuelConfig) -> None:
        super().__init__()
        self.config = config
        pixels = math.prod(config.shape)
        self.generator = nn.Sequential(
            nn.Linear(config.latents, config.width), nn.SiLU(), nn.Linear(config.width, pixels), nn.Sigmoid()
        )
        self.critic = nn.Sequential(nn.Linear(pixels, config.width), nn.SiLU(), nn.Linear(config.width, 1))

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Pictures (count, C, H, W) in [0, 1]."""
        device = next(self.parameters()).device
        z = standard_noise(torch.empty(count, self.config.latents, device=device), generator)
        return self.generator(z).view(-1, *self.picture_shape)

    def objective(self, settings: object) -> Fought:
        """The two losses."""
        return Fought()


def clip(model: nn.Module) -> None:
    """Keeps the critic's weights small, as its Lipschitz constant."""
    assert isinstance(model, Duel)
    for weight in model.critic.parameters():
        weight.clamp_(-CLIP, CLIP)


class Fought:
    """Figures: distance, whether it is told in this step, and the same of how well the critic is fooled."""

    players: tuple[Player, ...] = (
        Player("critic", ("critic",), turns=2, after=clip, betas=(0.5, 0.9)),
        Player("generator", ("generator",), rate=0.5, turns=1, weight_decay=0.01),
    )
    spec = FIGURES
    width = 4
    most_judged: int | None = None
    exact = True

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """Either player's."""
        assert isinstance(layers, Duel)
        drawn = layers.draw_pictures(len(batch.x), noise)
        told = layers.critic(drawn.flatten(1)).mean()
        if player == "generator":
            return -told, torch.stack(
                [torch.zeros_like(told), torch.zeros_like(told), told, told * 0 + 1]
            ).detach()
        distance = told - layers.critic(batch.x.flatten(1)).mean()
        return distance, torch.stack([distance, told * 0 + 1, told * 0, told * 0]).detach()

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Summed over pictures."""
        assert isinstance(model, Duel)
        told = model.critic(model.draw_pictures(len(batch.x), noise).flatten(1)).sum()
        distance = told - model.critic(batch.x.flatten(1)).sum()
        count = torch.full_like(told, float(len(batch.x)))
        return torch.stack([distance, count, told, count])

    def terms(self, sums: Tensor, count: int) -> Figures:
        """Means over what was told."""
        distance, known, fooled, drawn = sums.tolist()
        nan = float("nan")
        values = {
            "distance": distance / known if known else nan,
            "fooled": fooled / drawn if drawn else nan,
        }
        return Figures(values, {}, FIGURES)


KIND = KindSpec(
    name="duel",
    title="Duel of two networks",
    when="For tests of training with two players.",
    config=DuelConfig,
    model=Duel,
    capabilities=frozenset({Capability.SAMPLES}),
    figures=FIGURES,
)
