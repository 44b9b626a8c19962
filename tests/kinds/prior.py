"""A kind without encoder and likelihood, and with another prior: blots at places in a square.

z ~ U[-1, 1]^D,     picture(z) = a bright blot at ((z_1 + 1) W / 2, (z_2 + 1) H / 2), as wide as z_3 says
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_shape
from latentlab.models.objectives.figures import LABELS
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec


class Uniform:
    """U[-1, 1]^D."""

    formula = "U[−1, 1]"

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        # In float64 each number is drawn alone, so that the first of many are those of few.
        return (
            2.0 * torch.rand(count, self.dimensions, dtype=torch.float64, generator=generator) - 1.0
        ).float()

    def log_density(self, z: Tensor) -> Tensor:
        inside = (z.abs() <= 1.0).all(-1)
        height = torch.full_like(inside, 0.0, dtype=torch.float32) - self.dimensions * 0.6931471805599453
        return torch.where(inside, height, -torch.inf)

    def from_normal(self, u: Tensor) -> Tensor:
        return 2.0 * torch.special.ndtr(u) - 1.0

    def to_normal(self, z: Tensor) -> Tensor:
        return torch.special.ndtri(0.5 * (z + 1.0))


@dataclass(frozen=True)
class BlotConfig:
    """D and the shape of the pictures."""

    shape: tuple[int, ...] = from_data((1, 28, 28))
    latents: int = setting(2, "dimensions of the latent space", low=2, high=16)

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)


class Blot(nn.Module):
    """Decodes places to blots; all that it can learn is how wide they are."""

    def __init__(self, config: BlotConfig) -> None:
        super().__init__()
        self.config = config
        self.width = nn.Parameter(torch.tensor(0.2))

    @property
    def latents(self) -> int:
        return self.config.latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def latent_prior(self) -> Uniform:
        return Uniform(self.latents)

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        channels, height, width = self.picture_shape
        down = torch.linspace(-1.0, 1.0, height, device=z.device).view(1, height, 1)
        across = torch.linspace(-1.0, 1.0, width, device=z.device).view(1, 1, width)
        gap = (across - z[:, 0].view(-1, 1, 1)).square() + (down - z[:, 1].view(-1, 1, 1)).square()
        wide = self.width * (1.0 if z.shape[1] < 3 else (1.5 + z[:, 2]).clamp(min=0.1).view(-1, 1, 1))
        return torch.exp(-0.5 * gap / wide**2).unsqueeze(1).expand(-1, channels, -1, -1)

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        return self.picture_at(self.latent_prior.draw(count, generator).to(self.width.device))


KIND = KindSpec(
    name="blot",
    title="Blot",
    when="In tests: it draws without having looked at a picture.",
    config=BlotConfig,
    model=Blot,
    capabilities=frozenset({Capability.DECODES, Capability.HAS_PRIOR, Capability.SAMPLES}),
    figures=LABELS,
)


def save_blot(path: Path, config: BlotConfig = BlotConfig(), data: str = "mnist") -> Path:
    """Such a model in a file."""
    card = ModelCard("blot", dataclasses.asdict(config), {"name": data})
    return save_model(path, Blot(config), card)
