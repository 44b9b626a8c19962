"""Probabilistic PCA: a Gaussian latent space with a linear decoder, solved exactly.

    x = mu + W u + e,   u ~ N(0, I_K),   e ~ N(0, s^2 I_D)         so that x ~ N(mu, C), C = W W^T + s^2 I
    W = E_K (Lambda_K - s^2 I)^(1/2)     E, Lambda: eigenvectors and eigenvalues of the sample covariance S
    s^2 = mean of the D - K eigenvalues that are left out
    p(u|x) = N( M^-1 W^T (x - mu), s^2 M^-1 ),   M = W^T W + s^2 I = Lambda_K

The posterior is exact, and so is log p(x), which `latentlab.core.principal` has. With K = D it is the
Gaussian image model x = mu + E Lambda^(1/2) u. s^2 never falls below the variance of rounding to bytes,
1 / (12 255^2), for pixels that are the same in all pictures have none.

Source: Tipping & Bishop, Probabilistic Principal Component Analysis (1999), eqs. 3 to 9.
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.core.likelihoods import Gaussian
from latentlab.models.ppca.spec import PPCAConfig
from latentlab.models.principal import PrincipalModel
from latentlab.models.terms import Posterior


class PPCA(PrincipalModel):
    """A probabilistic PCA. Its weights are found by `fitting`, never by gradients."""

    def __init__(self, config: PPCAConfig) -> None:
        super().__init__(config)

    @property
    def likelihood(self) -> Gaussian:
        """p(x|u) = N(mu + W u, s^2 I)."""
        return Gaussian(self.noise_variance.sqrt())

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

    def linear_rows(self) -> Tensor:
        """W^T: what each latent adds to the picture, (K, D)."""
        return self._scale[:, None] * self.components

    @property
    def _scale(self) -> Tensor:
        """(Lambda_K - s^2 I)^(1/2), (K,)."""
        return (self.eigenvalues - self.noise_variance).clamp(min=0.0).sqrt()
