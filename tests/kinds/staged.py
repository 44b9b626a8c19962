"""Phases: an autoencoder, then a Gaussian over its codes, of which the first phase knows nothing.

first   min |decode(W x) - x|^2              then   min - log N(W x; m, s^2)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures, FigureSpec, FiguresSpec
from latentlab.models.capabilities import Capability
from latentlab.models.players import Batch, Moment, Phase, Player
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec

FIGURES = FiguresSpec(
    (FigureSpec("error", "Error", better="lower"), FigureSpec("misfit", "Misfit", better="lower"))
)


@dataclass(frozen=True)
class StagedConfig:
    """Its size."""

    shape: tuple[int, ...] = from_data((1, 8, 8))
    latents: int = setting(3, "numbers of a code", low=1, high=64)

    def __post_init__(self) -> None:
        check_settings(self)


class Staged(nn.Module):
    """It draws pictures from its own Gaussian of codes."""

    def __init__(self, config: StagedConfig) -> None:
        super().__init__()
        self.config = config
        pixels = math.prod(config.shape)
        self.coder = nn.ModuleDict(
            {"into": nn.Linear(pixels, config.latents), "out": nn.Linear(config.latents, pixels)}
        )
        self.prior = nn.ParameterDict(
            {"mean": torch.zeros(config.latents), "log_sigma": torch.zeros(config.latents)}
        )

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Pictures (count, C, H, W) in [0, 1]."""
        mean, sigma = self.prior["mean"], self.prior["log_sigma"].exp()
        noise = torch.randn(count, len(mean), generator=generator, device=mean.device)
        return self.coder["out"](mean + sigma * noise).clamp(0.0, 1.0).view(-1, *self.picture_shape)

    def losses(self, x: Tensor, part: str) -> Tensor:
        """Of each picture, (B,)."""
        flat = x.flatten(1)
        code = self.coder["into"](flat)
        if part == "coder":
            return (self.coder["out"](code) - flat).square().mean(1)
        log_sigma = self.prior["log_sigma"]
        error = (code.detach() - self.prior["mean"]) / log_sigma.exp()
        return (0.5 * error.square() + log_sigma).sum(1)

    def phases(self, settings: object) -> tuple[Phase, ...]:
        """The coder in two thirds of the epochs, then the prior."""
        return Phase("coder", OfPart("coder", "error"), 2.0), Phase("prior", OfPart("prior", "misfit"), 1.0)


class OfPart:
    """What one part minimises."""

    spec = FIGURES
    width = 1
    most_judged: int | None = None
    exact = True

    def __init__(self, part: str, figure: str) -> None:
        self.players: tuple[Player, ...] = (Player(part, (part,)),)
        self._part, self._figure = part, figure

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """The mean over pictures."""
        assert isinstance(layers, Staged)
        loss = layers.losses(batch.x, self._part).mean()
        return loss, loss.detach().view(1)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Summed over pictures."""
        assert isinstance(model, Staged)
        return model.losses(batch.x, self._part).sum().view(1)

    def terms(self, sums: Tensor, count: int) -> Figures:
        """The mean."""
        return Figures({self._figure: float(sums[0]) / max(1, count)}, {}, FIGURES)


KIND = KindSpec(
    name="staged",
    title="Autoencoder, then a Gaussian",
    when="For tests of phases.",
    config=StagedConfig,
    model=Staged,
    capabilities=frozenset({Capability.SAMPLES}),
    figures=FIGURES,
)
