"""The Gaussian image model: one Gaussian with a full covariance for all pictures.

    x = mu + E Lambda^(1/2) z,   z ~ N(0, I)          so that x ~ N(mu, E Lambda E^T)
    z = Lambda^(-1/2) E^T (x - mu)
    log p(x) = -1/2 ( D log 2 pi + sum_j log lambda_j + sum_j y_j^2 / lambda_j ),   y = E^T (x - mu)

E, Lambda: eigenvectors (the *eigenpictures*) and eigenvalues of the sample covariance. No eigenvalue is less
than a floor, by default the variance of rounding to bytes, 1 / (12 255^2): pixels that are the same in all
pictures have none, and the density would be infinite. Where only K are kept, a decoded picture has the others
at their mean, which is 0; in log p(x) each of them has the mean of the variances that are left out.

The map from z to x has no noise: a picture has one z, and log p(x) is the density of z over the stretch of
the map. That is a normalising flow of one linear layer. Source: Turk & Pentland, Eigenfaces for Recognition
(1991); the density is that of Tipping & Bishop (1999), eq. 4.
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.models.gaussian.spec import GaussianConfig
from latentlab.models.principal import PrincipalModel
from latentlab.models.terms import Posterior


class GaussianImages(PrincipalModel):
    """One Gaussian. Its weights are found by `fitting`, never by gradients."""

    def __init__(self, config: GaussianConfig) -> None:
        super().__init__(config, config.floor)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """z of each picture, a point mass; (B, C, H, W) in [0, 1] -> (B, K)."""
        z = ((x.flatten(1).to(self.mean.dtype) - self.mean) @ self.components.T) / self.eigenvalues.sqrt()
        return Posterior(z, torch.full_like(z, -torch.inf))

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """mu + E Lambda^(1/2) z, clipped to [0, 1]; (B, K) -> (B, C, H, W)."""
        pictures = self.mean + (z * self.eigenvalues.sqrt()) @ self.components
        return pictures.clamp(0.0, 1.0).view(-1, *self.picture_shape)

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """x = mu + E Lambda^(1/2) z, z ~ N(0, I), clipped to [0, 1]; -> (count, C, H, W)."""
        return self.picture_at(self.latent_prior.draw(count, generator).to(self.mean.device))

    def linear_rows(self) -> Tensor:
        """(E Lambda^(1/2))^T: what each number of z adds to the picture, (K, D)."""
        return self.eigenvalues.sqrt()[:, None] * self.components
