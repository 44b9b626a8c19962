"""Probabilistic PCA: a Gaussian latent space with a linear decoder, solved exactly.

    x = mu + W u + e,   u ~ N(0, I_K),   e ~ N(0, s^2 I_D)         so that x ~ N(mu, C), C = W W^T + s^2 I
    W = E_K (Lambda_K - s^2 I)^(1/2)     E, Lambda: eigenvectors and eigenvalues of the sample covariance S
    s^2 = mean of the D - K eigenvalues that are left out
    p(u|x) = N( M^-1 W^T (x - mu), s^2 M^-1 ),   M = W^T W + s^2 I = Lambda_K
    log p(x) = -1/2 ( D log 2 pi + sum_k log lambda_k + (D - K) log s^2
                      + sum_k y_k^2 / lambda_k + (|x - mu|^2 - |y|^2) / s^2 ),   y = E_K^T (x - mu)

The posterior is exact, and so is log p(x). With K = D it is the Gaussian image model
x = mu + E Lambda^(1/2) u. S divides by N - 1, as is usual for sample covariances; the likelihood is highest
with N. s^2 never falls below the variance of rounding to bytes, 1 / (12 255^2), for pixels that are the same
in all pictures have none.

Source: Tipping & Bishop, Probabilistic Principal Component Analysis (1999), eqs. 3 to 9.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.core.gaussian import LOG_2PI
from latentlab.core.likelihoods import Gaussian
from latentlab.core.measures import DensityTag
from latentlab.models.players import Batch, Settings
from latentlab.models.ppca.spec import FIGURES, PPCAConfig
from latentlab.models.priors import StandardNormal
from latentlab.models.terms import Posterior

_LEAST_VARIANCE = 1.0 / (12.0 * 255.0**2)


class PPCA(nn.Module):
    """A probabilistic PCA. Its weights are found by `fitting`, never by gradients."""

    def __init__(self, config: PPCAConfig) -> None:
        super().__init__()
        self.config = config
        numbers, components = math.prod(config.shape), config.latents
        self.mean = _held(torch.full((numbers,), 0.5))
        # E_K^T. No identity matrix until it is fitted: on the meta device that brings in torch's compiler.
        self.components = _held(torch.full((components, numbers), numbers**-0.5))
        self.eigenvalues = _held(torch.full((components,), 0.1))
        self.noise_variance = _held(torch.tensor(0.01))

    @property
    def latents(self) -> int:
        """K."""
        return self.config.latents

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def latent_prior(self) -> StandardNormal:
        """p(u) = N(0, I)."""
        return StandardNormal(self.latents)

    @property
    def likelihood(self) -> Gaussian:
        """p(x|u) = N(mu + W u, s^2 I)."""
        return Gaussian(self.noise_variance.sqrt())

    @property
    def density_tag(self) -> DensityTag:
        """Exact, of pictures as continuous numbers."""
        return DensityTag("exact", self.likelihood.measure)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """p(u|x), exact; (B, C, H, W) in [0, 1] -> mean and log variance (B, K)."""
        projected = (x.flatten(1) - self.mean) @ self.components.T
        mean = projected * (self._scale / self.eigenvalues)
        variance = (self.noise_variance / self.eigenvalues).clamp(max=1.0)
        return Posterior(mean, variance.log().expand_as(mean))

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """mu + W u, the mean picture at u; z (B, K) -> (B, C, H, W)."""
        return ((z * self._scale) @ self.components + self.mean).view(-1, *self.picture_shape)

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The same, clipped to [0, 1]."""
        return self.likelihood.picture(self.decode(z))

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Mean pictures at points drawn from the prior, in [0, 1]; -> (count, C, H, W)."""
        return self.picture_at(self.latent_prior.draw(count, generator).to(self.mean.device))

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        """log p(x) in nats, exact, for any `draws`; (B, C, H, W) in [0, 1] -> (B,)."""
        along, whole = self._squares(x)
        return self._log_density(along, whole).to(x.dtype)

    def fitting(self, settings: Settings) -> MomentsPass:
        """One pass over the pictures."""
        return MomentsPass(self.config)

    @property
    def _scale(self) -> Tensor:
        """(Lambda_K - s^2 I)^(1/2), (K,)."""
        return (self.eigenvalues - self.noise_variance).clamp(min=0.0).sqrt()

    def _squares(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """y_k^2 (B, K) and |x - mu|^2 (B,), in the device's highest precision."""
        exact = torch.float32 if x.device.type == "mps" else torch.float64
        centred = x.flatten(1).to(exact) - self.mean.to(exact)
        return (centred @ self.components.to(exact).T).square(), centred.square().sum(-1)

    def _log_density(self, along: Tensor, whole: Tensor) -> Tensor:
        """log p of pictures (or its mean) from these squares; (..., K), (...) -> (...)."""
        left_out = math.prod(self.config.shape) - self.latents
        variances, noise = self.eigenvalues.to(along.dtype), self.noise_variance.to(along.dtype)
        log_determinant = variances.log().sum() + left_out * noise.log()
        outside = (whole - along.sum(-1)).clamp(min=0.0) / noise if left_out else torch.zeros_like(whole)
        distance = (along / variances).sum(-1) + outside
        return -0.5 * ((left_out + self.latents) * LOG_2PI + log_determinant + distance)


class MomentsPass:
    """Sums of x and x x^T over the pictures, from which the model is computed.

    They are sums of bytes, whole numbers below 2^53: in float64 they are exact, in any order.

    Figures: the sum of log p(x), that of |x - mu|^2, and that of y_k^2 for each component.
    """

    passes = 1
    # One product of many pictures takes a third of the time of many products of few.
    at_once = 4096
    spec = FIGURES
    most_judged: int | None = None
    exact = True

    def __init__(self, config: PPCAConfig) -> None:
        self._numbers = math.prod(config.shape)
        self.width = 2 + config.latents

    def begin(self, model: nn.Module, passed: int) -> dict[str, Tensor]:
        """Zero statistics: count, sum (D,), products (D, D)."""
        assert isinstance(model, PPCA)
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
        assert isinstance(model, PPCA)
        count = float(statistics["count"])
        mean = statistics["sum"] / count / 255.0
        covariance = (statistics["products"] / count / 255.0**2 - torch.outer(mean, mean)) * _unbiased(count)
        eigenvalues, vectors = torch.linalg.eigh(covariance)
        kept = eigenvalues[-model.latents :].flip(0)
        components = _signed(vectors[:, -model.latents :].flip(1).T)
        total, left_out = float(eigenvalues.sum()), self._numbers - model.latents
        noise = float(eigenvalues[:left_out].mean()) if left_out else 0.0
        noise = max(noise, _LEAST_VARIANCE)
        for held, found in (
            (model.mean, mean),
            (model.components, components),
            (model.eigenvalues, kept.clamp(min=noise)),
            (model.noise_variance, torch.tensor(noise)),
        ):
            held.copy_(found)
        # The means of the squares over the pictures are the eigenvalues, so no second pass is needed.
        along = kept / _unbiased(count)
        whole = torch.tensor(total / _unbiased(count), dtype=along.dtype, device=along.device)
        log_density = float(model._log_density(along, whole))
        return self._figures(log_density, float(whole), along), True

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Sums over pictures x (B, C, H, W) in [0, 1]."""
        assert isinstance(model, PPCA)
        along, whole = model._squares(batch.x)
        log_density = model._log_density(along, whole).sum()
        return torch.cat([torch.stack([log_density, whole.sum()]), along.sum(0)]).float()

    def terms(self, sums: Tensor, count: int) -> Figures:
        """The means of such sums."""
        means = sums.double() / max(1, count)
        return self._figures(float(means[0]), float(means[1]), means[2:])

    def _figures(self, log_density: float, whole: float, along: Tensor) -> Figures:
        shares = (along / max(whole, _LEAST_VARIANCE)).tolist()
        values = {"log_density": log_density, "explained": sum(shares)}
        return Figures(values, {"explained_by_component": tuple(shares)}, FIGURES)


def _held(values: Tensor) -> nn.Parameter:
    """A parameter without a gradient."""
    return nn.Parameter(values, requires_grad=False)


def _unbiased(count: float) -> float:
    """The factor from a mean of squares to a sample covariance."""
    return count / max(1.0, count - 1.0)


def _signed(rows: Tensor) -> Tensor:
    """Eigenvectors (K, D) with a fixed sign: the largest entry is positive."""
    largest = rows.gather(1, rows.abs().argmax(1, keepdim=True))
    return rows * torch.where(largest < 0, -1.0, 1.0)
