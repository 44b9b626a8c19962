"""A kind that knows everything exactly: a plane of Gaussians in the space of pictures.

    x = W u + mu + s e,  u, e ~ N(0, I),  W^T W = diag(w_j^2)
    p(u|x) = N(M^-1 W^T (x - mu), s^2 M^-1),  M = W^T W + s^2 I, which is diagonal
    log p(x) = log N(x; mu, W W^T + s^2 I)

Its ELBO is log p(x), for its posterior is the true one. Source: Tipping & Bishop, Probabilistic Principal
Component Analysis (1999), eqs. 5 to 7.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from latentlab.core.figures import FiguresSpec
from latentlab.core.gaussian import LOG_2PI
from latentlab.core.likelihoods import Gaussian
from latentlab.core.measures import DensityTag
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_shape
from latentlab.models.priors import StandardNormal
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec
from latentlab.models.terms import Posterior


@dataclass(frozen=True)
class LinearConfig:
    """K, s and the shape of the pictures."""

    shape: tuple[int, ...] = from_data((1, 28, 28))
    latents: int = setting(2, "components", low=1, high=64)
    sigma: float = setting(0.25, "noise of each pixel", low=0.01, high=10.0)

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)


class Linear(nn.Module):
    """Columns of W are orthogonal; they and mu come of a seed."""

    def __init__(self, config: LinearConfig) -> None:
        super().__init__()
        self.config = config
        pixels = math.prod(config.shape)
        stream = torch.Generator().manual_seed(0)
        basis = torch.linalg.qr(torch.randn(pixels, config.latents, generator=stream, device="cpu")).Q
        lengths = torch.linspace(4.0, 2.0, config.latents, device="cpu")
        self.mean = nn.Parameter(torch.rand(pixels, generator=stream, device="cpu") * 0.3)
        self.weight = nn.Parameter(basis * lengths)

    @property
    def latents(self) -> int:
        return self.config.latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def likelihood(self) -> Gaussian:
        return Gaussian(self.config.sigma)

    @property
    def latent_prior(self) -> StandardNormal:
        return StandardNormal(self.latents)

    @property
    def density_tag(self) -> DensityTag:
        return DensityTag("exact", "continuous")

    @property
    def _precision(self) -> Tensor:
        """M, its diagonal (K,)."""
        return self.weight.square().sum(0) + self.config.sigma**2

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        mean = (x.flatten(1) - self.mean) @ self.weight / self._precision
        return Posterior(mean, (self.config.sigma**2 / self._precision).log().expand_as(mean))

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return (z @ self.weight.T + self.mean).view(-1, *self.picture_shape)

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.likelihood.picture(self.decode(z, y))

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        error, variance = (x.flatten(1) - self.mean).double(), self.config.sigma**2
        along = error @ self.weight.double()
        # By the matrix inversion lemma.
        distance = (error.square().sum(1) - (along.square() / self._precision.double()).sum(1)) / variance
        rest = error.shape[1] - self.latents
        log_det = self._precision.double().log().sum() + rest * math.log(variance)
        return -0.5 * (distance + log_det + error.shape[1] * LOG_2PI)

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        return self.picture_at(self.latent_prior.draw(count, generator).to(self.mean.device))


KIND = KindSpec(
    name="linear",
    title="Linear Gaussian model",
    when="In tests: all that can be known of it is known exactly.",
    config=LinearConfig,
    model=Linear,
    capabilities=frozenset(
        {
            Capability.ENCODES,
            Capability.DECODES,
            Capability.HAS_LIKELIHOOD,
            Capability.HAS_PRIOR,
            Capability.TELLS_DENSITY,
            Capability.SAMPLES,
        }
    ),
    figures=FiguresSpec(),
)


def save_linear(path: Path, config: LinearConfig | None = None, data: str = "mnist") -> Path:
    """Such a model in a file."""
    config = config or LinearConfig()
    card = ModelCard("linear", dataclasses.asdict(config), {"name": data})
    return save_model(path, Linear(config), card)
