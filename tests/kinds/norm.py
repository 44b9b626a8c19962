"""Buffers: an autoencoder with batch norm, whose statistics are averaged, and a codebook, which is copied.

    loss(x) = |decode(code) - x|^2 ,    code = BatchNorm(W x)

The codebook follows the codes by itself: each entry moves towards the mean of the codes it is nearest to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures, FigureSpec, FiguresSpec
from latentlab.models.capabilities import Capability
from latentlab.models.players import Batch, Moment, Player
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec
from latentlab.models.terms import Posterior

FIGURES = FiguresSpec((FigureSpec("error", "Error", better="lower"),), line="error {error:.5f}")


@dataclass(frozen=True)
class NormConfig:
    """Its size."""

    shape: tuple[int, ...] = from_data((1, 8, 8))
    latents: int = setting(3, "numbers of a code", low=1, high=64)

    def __post_init__(self) -> None:
        check_settings(self)


class Norm(nn.Module):
    """It encodes to a point and decodes, without a likelihood."""

    def __init__(self, config: NormConfig) -> None:
        super().__init__()
        self.config = config
        pixels = math.prod(config.shape)
        self.into = nn.Linear(pixels, config.latents)
        self.norm = nn.BatchNorm1d(config.latents)
        self.out = nn.Sequential(nn.Linear(config.latents, pixels), nn.Sigmoid())
        self.register_buffer("codebook", torch.randn(4, config.latents))
        self.codebook: Tensor

    @property
    def copied_buffers(self) -> tuple[str, ...]:
        """The codebook is an average already."""
        return ("codebook",)

    @property
    def latents(self) -> int:
        """D."""
        return self.config.latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """A point mass at the code."""
        code = self.norm(self.into(x.flatten(1)))
        return Posterior(code, torch.full_like(code, -torch.inf))

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The picture of a code."""
        return self.out(z).view(-1, *self.picture_shape)

    def objective(self, settings: object) -> Rebuilding:
        """The squared error."""
        return Rebuilding()


class Rebuilding:
    """Figures: the squared error."""

    players: tuple[Player, ...] = (Player(),)
    spec = FIGURES
    width = 1
    most_judged: int | None = None
    exact = True

    def loss(
        self, layers: nn.Module, batch: Batch, noise: torch.Generator, moment: Moment, player: str = ""
    ) -> tuple[Tensor, Tensor]:
        """The mean over pictures."""
        assert isinstance(layers, Norm)
        code = layers.encode(batch.x).mean
        with torch.no_grad():
            nearest = torch.cdist(code.float(), layers.codebook).argmin(1)
            for entry in nearest.unique():
                layers.codebook[entry].lerp_(code[nearest == entry].float().mean(0), 0.1)
        loss = (layers.picture_at(code) - batch.x).square().mean()
        return loss, loss.detach().view(1)

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Summed over pictures."""
        assert isinstance(model, Norm)
        error = (model.picture_at(model.encode(batch.x).mean) - batch.x).square().flatten(1).mean(1)
        return error.sum().view(1)

    def terms(self, sums: Tensor, count: int) -> Figures:
        """The mean."""
        return Figures({"error": float(sums[0]) / max(1, count)}, {}, FIGURES)


KIND = KindSpec(
    name="norm",
    title="Autoencoder with batch norm",
    when="For tests of buffers.",
    config=NormConfig,
    model=Norm,
    capabilities=frozenset({Capability.ENCODES, Capability.DECODES}),
    figures=FIGURES,
)
