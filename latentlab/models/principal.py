"""Gaussian models of pictures by their principal components: what they share, and how they are fitted.

    x ~ N(mu, C),   C = E_K Lambda_K E_K^T + s^2 (I - E_K E_K^T)       see `latentlab.core.principal`

S divides by N - 1, as is usual for sample covariances; the likelihood is highest with N.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.core.measures import DensityTag
from latentlab.core.principal import ROUNDING_VARIANCE, Principal, principal
from latentlab.models.players import Batch, Settings
from latentlab.models.principal_spec import FIGURES
from latentlab.models.priors import StandardNormal


class PrincipalModel(nn.Module):
    """N(mu, C). Its weights are found by `fitting`, never by gradients.

    Args:
        config: has `latents` and `shape`.
        floor: no variance is less.
    """

    def __init__(self, config: Any, floor: float = ROUNDING_VARIANCE) -> None:
        super().__init__()
        self.config, self._floor = config, floor
        numbers, components = math.prod(config.shape), config.latents
        self.mean = _held(torch.full((numbers,), 0.5))
        # E_K^T. No identity matrix until it is fitted: on the meta device that brings in torch's compiler.
        self.components = _held(torch.full((components, numbers), numbers**-0.5))
        self.eigenvalues = _held(torch.full((components,), 0.1))
        self.noise_variance = _held(torch.tensor(0.01))

    @property
    def latents(self) -> int:
        """K."""
        latents: int = self.config.latents
        return latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def latent_prior(self) -> StandardNormal:
        """N(0, I)."""
        return StandardNormal(self.latents)

    @property
    def density_tag(self) -> DensityTag:
        """Exact, of pictures as continuous numbers."""
        return DensityTag("exact", "continuous")

    def eigenpictures(self) -> Principal:
        """mu, E_K, Lambda_K and s^2 in the device's highest precision."""
        exact = torch.float32 if self.mean.device.type == "mps" else torch.float64
        rows, variances = self.components.to(exact), self.eigenvalues.to(exact)
        return Principal(self.mean.to(exact), rows, variances, float(self.noise_variance))

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        """log p(x) in nats, exact, for any `draws`; (B, C, H, W) in [0, 1] -> (B,)."""
        known = self.eigenpictures()
        return known.log_density(x.flatten(1).to(known.mean.dtype)).to(x.dtype)

    def fitting(self, settings: Settings) -> MomentsPass:
        """One pass over the pictures."""
        return MomentsPass(math.prod(self.config.shape), self.latents, self._floor)

    def adopt(self, known: Principal) -> None:
        """Takes the numbers of a Gaussian of the same size."""
        self.mean.copy_(known.mean)
        self.components.copy_(known.rows)
        self.eigenvalues.copy_(known.variances)
        self.noise_variance.fill_(known.rest)


class MomentsPass:
    """Sums of x and x x^T over the pictures, from which the model is computed.

    They are sums of bytes, whole numbers below 2^53: in float64 they are exact, in any order.

    Figures: the sum of log p(x), that of |x - mu|^2, and that of y_k^2 for each component.

    Args:
        numbers: D.
        components: K.
        floor: no variance is less.
    """

    passes = 1
    spec = FIGURES
    # One product of many pictures takes a third of the time of many products of few.
    at_once = 4096
    most_judged: int | None = None
    exact = True

    def __init__(self, numbers: int, components: int, floor: float) -> None:
        self._numbers, self._floor = numbers, floor
        self.width = 2 + components

    def begin(self, model: nn.Module, passed: int) -> dict[str, Tensor]:
        """Zero statistics: count, sum (D,), products (D, D)."""
        assert isinstance(model, PrincipalModel)
        device = model.mean.device
        exact = torch.float32 if device.type == "mps" else torch.float64
        empty = {"count": (), "sum": (self._numbers,), "products": (self._numbers, self._numbers)}
        return {name: torch.zeros(shape, dtype=exact, device=device) for name, shape in empty.items()}

    def add(
        self, model: nn.Module, statistics: dict[str, Tensor], x: Tensor, y: Tensor | None, passed: int
    ) -> None:
        """Adds uint8 pictures (B, C, H, W)."""
        statistics["count"] += len(x)
        rows = x.flatten(1).to(statistics["sum"].dtype)
        statistics["sum"] += rows.sum(0)
        statistics["products"].addmm_(rows.T, rows)

    def end(self, model: nn.Module, statistics: Mapping[str, Tensor], passed: int) -> tuple[Figures, bool]:
        """Sets the model from the mean and the eigenvectors of the covariance."""
        assert isinstance(model, PrincipalModel)
        count = float(statistics["count"])
        found, eigenvalues = principal(
            count, statistics["sum"], statistics["products"], model.latents, self._floor
        )
        model.adopt(found)
        # The means of the squares over the pictures are the eigenvalues, so no second pass is needed.
        biased = max(1.0, count - 1.0) / count
        along, whole = biased * eigenvalues[: model.latents], biased * eigenvalues.sum()
        return self._figures(float(found.log_density_of(along, whole)), float(whole), along), True

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Sums over pictures x (B, C, H, W) in [0, 1]."""
        assert isinstance(model, PrincipalModel)
        known = model.eigenpictures()
        x = batch.x.flatten(1).to(known.mean.dtype)
        along, whole = known.coordinates(x).square(), (x - known.mean).square().sum(-1)
        log_density = known.log_density_of(along, whole).sum()
        return torch.cat([torch.stack([log_density, whole.sum()]), along.sum(0)]).float()

    def terms(self, sums: Tensor, count: int) -> Figures:
        """The means of such sums."""
        means = sums.double() / max(1, count)
        return self._figures(float(means[0]), float(means[1]), means[2:])

    def _figures(self, log_density: float, whole: float, along: Tensor) -> Figures:
        shares = (along / max(whole, ROUNDING_VARIANCE)).tolist()
        values = {"log_density": log_density, "explained": sum(shares)}
        return Figures(values, {"explained_by_component": tuple(shares)}, self.spec)


def _held(values: Tensor) -> nn.Parameter:
    """A parameter without a gradient."""
    return nn.Parameter(values, requires_grad=False)
