"""A kind without latents: each pixel is on with a probability of its own, whatever the others are.

log p(x) = sum_i x_i log p_i + (1 - x_i) log(1 - p_i)         exact
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.measures import DensityTag
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_shape
from latentlab.models.objectives.figures import LABELS
from latentlab.models.settings import from_data
from latentlab.models.spec import KindSpec


@dataclass(frozen=True)
class SpecksConfig:
    """The shape of the pictures."""

    shape: tuple[int, ...] = from_data((1, 28, 28))

    def __post_init__(self) -> None:
        require_shape(self.shape)


class Specks(nn.Module):
    """Pixels that know nothing of each other."""

    def __init__(self, config: SpecksConfig) -> None:
        super().__init__()
        self.config = config
        self.on = nn.Parameter(torch.linspace(-3.0, 3.0, torch.Size(config.shape).numel()).view(config.shape))

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def density_tag(self) -> DensityTag:
        return DensityTag("exact", "binary")

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        return (x * self.on - functional.softplus(self.on)).flatten(1).sum(1)

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        p = torch.sigmoid(self.on.detach().cpu()).expand(count, *self.picture_shape)
        return torch.bernoulli(p, generator=generator).to(self.on.device)


KIND = KindSpec(
    name="specks",
    title="Specks",
    when="In tests: it has no latent space.",
    config=SpecksConfig,
    model=Specks,
    capabilities=frozenset({Capability.SAMPLES, Capability.TELLS_DENSITY}),
    figures=LABELS,
)


def save_specks(path: Path, config: SpecksConfig = SpecksConfig(), data: str = "mnist") -> Path:
    """Such a model in a file."""
    return save_model(path, Specks(config), ModelCard("specks", dataclasses.asdict(config), {"name": data}))
