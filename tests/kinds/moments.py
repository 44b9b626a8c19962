"""Fits: a Gaussian whose pixels know nothing of each other, in two passes without gradients.

    mu = mean of x          sigma^2 = mean of (x - mu)^2          log p(x) = sum_i log N(x_i; mu_i, sigma_i^2)

Both are found in float64, from bytes: the mean in the first pass, the variance in the second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures, FigureSpec, FiguresSpec
from latentlab.models.capabilities import Capability
from latentlab.models.players import Batch
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec

FIGURES = FiguresSpec(
    (FigureSpec("log_likelihood", "log p(x)", "nats", "higher"),),
    result="test log p(x) {log_likelihood:.3f} nats",
)


@dataclass(frozen=True)
class MomentsConfig:
    """Its size."""

    shape: tuple[int, ...] = from_data((1, 8, 8))
    floor: float = setting(0.01, "the least sigma", low=1e-4, high=1.0)

    def __post_init__(self) -> None:
        check_settings(self)


class Moments(nn.Module):
    """It draws pictures, and tells log p(x)."""

    def __init__(self, config: MomentsConfig) -> None:
        super().__init__()
        self.config = config
        pixels = math.prod(config.shape)
        self.mean = nn.Parameter(torch.zeros(pixels), requires_grad=False)
        self.register_buffer("variance", torch.ones(pixels, dtype=torch.float64))
        self.variance: Tensor

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Pictures (count, C, H, W) in [0, 1]."""
        noise = torch.randn(count, len(self.mean), generator=generator, device=self.mean.device)
        x = self.mean + self.variance.sqrt().float() * noise
        return x.clamp(0.0, 1.0).view(-1, *self.picture_shape)

    def log_p(self, x: Tensor) -> Tensor:
        """log p(x) of pictures (B, C, H, W), (B,)."""
        error = x.flatten(1).double() - self.mean.double()
        return -0.5 * (error.square() / self.variance + torch.log(2.0 * math.pi * self.variance)).sum(1)

    def fitting(self, settings: object) -> Passing:
        """Two passes."""
        return Passing()


class Passing:
    """Sums of pixels, then of squared differences."""

    spec = FIGURES
    width = 1
    most_judged: int | None = None
    exact = True
    passes = 2
    at_once = 16

    def begin(self, model: nn.Module, passed: int) -> dict[str, Tensor]:
        """Nothing seen."""
        assert isinstance(model, Moments)
        return {"count": torch.zeros((), dtype=torch.int64), "sum": torch.zeros_like(model.variance)}

    def add(
        self, model: nn.Module, statistics: dict[str, Tensor], x: Tensor, y: Tensor | None, passed: int
    ) -> None:
        """Some bytes more."""
        assert isinstance(model, Moments)
        pixels = x.flatten(1).double() / 255.0
        statistics["count"] += len(x)
        statistics["sum"] += ((pixels - model.mean.double()).square() if passed else pixels).sum(0)

    def end(self, model: nn.Module, statistics: Mapping[str, Tensor], passed: int) -> tuple[Figures, bool]:
        """The mean, or the variance."""
        assert isinstance(model, Moments)
        found = statistics["sum"] / statistics["count"].clamp(min=1)
        if passed == 0:
            model.mean.copy_(found)
            return Figures(spec=FIGURES), False
        model.variance.copy_(found.clamp(min=model.config.floor**2))
        value = -0.5 * (found / model.variance + torch.log(2.0 * math.pi * model.variance)).sum()
        return Figures({"log_likelihood": float(value)}, {}, FIGURES), True

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Summed over pictures."""
        assert isinstance(model, Moments)
        return model.log_p(batch.x).sum().float().view(1)

    def terms(self, sums: Tensor, count: int) -> Figures:
        """The mean."""
        return Figures({"log_likelihood": float(sums[0]) / max(1, count)}, {}, FIGURES)


KIND = KindSpec(
    name="moments",
    title="Gaussian of single pixels",
    when="For tests of fitting without gradients.",
    config=MomentsConfig,
    model=Moments,
    capabilities=frozenset({Capability.SAMPLES, Capability.FITS}),
    figures=FIGURES,
)
