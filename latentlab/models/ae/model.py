"""The autoencoder: a code z = mu(x) for each picture, without a prior over codes.

    loss(x) = - log p(x|z),   z = mu(x)

It is the VAE with a point mass for a posterior and without the KL, which is what makes it worth comparing:
nothing keeps its codes near 0 or its plane free of holes. Source: Hinton & Salakhutdinov, Reducing the
Dimensionality of Data with Neural Networks (2006).
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.models.ae.spec import AEConfig
from latentlab.models.base import ElboTerms, Posterior
from latentlab.models.objectives.elbo import ByReconstruction
from latentlab.models.players import Objective, Settings
from latentlab.models.vae.model import EncoderDecoder

__all__ = ["AE", "AEConfig"]


class AE(EncoderDecoder):
    """An autoencoder. Its posteriors are points and it has no prior: neither an ELBO nor a density."""

    def objective(self, settings: Settings) -> Objective:
        """The reconstruction, without a prior's KL."""
        return ByReconstruction(self.latents)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """The code of each picture, a point mass; (B, C, H, W) in [0, 1] -> (B, D)."""
        mean = super().encode(x, y).mean
        return Posterior(mean, torch.full_like(mean, -torch.inf))

    def elbo_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ElboTerms:
        """log p(x|z) at the picture's own code, and a KL of 0; (B, C, H, W) in [0, 1] -> (B,) each."""
        mean = super().encode(x if shown is None else shown, y).mean
        reconstruction = self.likelihood.log_prob(self.decode(mean, y), x)
        return ElboTerms(reconstruction, torch.zeros_like(mean))
