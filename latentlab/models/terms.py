"""Outputs of models on pictures: posteriors, predictions, and the terms of objectives.

    ELBO        E_q[log p(x|z)] - beta KL(q(z|x) || p(z))
    importance  log 1/K sum_k p(x|z_k) (p(z_k) / q(z_k|x))^beta,   z_k ~ q(z|x)

Sources: Kingma & Welling (2014), eq. 3; Burda et al. (2016), eq. 8. All in nats a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from latentlab.core import gaussian


@dataclass(frozen=True)
class Posterior:
    """q(z|x), a diagonal Gaussian: mean and log sigma^2, (B, D) each.

    A log variance of -inf is a point mass: an autoencoder's code.
    """

    mean: Tensor
    log_variance: Tensor


@dataclass(frozen=True)
class ElboTerms:
    """The ELBO per picture, split: E_q[log p(x|z)] and KL(q(z|x) || p(z)), (B,) each, in nats.

    `kl_per_dimension` (B, D) sums to `kl`. `penalty` (B,) is added to the loss in training.
    """

    reconstruction: Tensor
    kl_per_dimension: Tensor
    penalty: Tensor | None = None

    @property
    def kl(self) -> Tensor:
        """KL(q(z|x) || p(z)), (B,)."""
        return self.kl_per_dimension.sum(-1)

    def elbo(self, beta: float = 1.0) -> Tensor:
        """reconstruction - beta * KL; beta = 1 bounds log p(x), 0 is an autoencoder's objective."""
        return self.reconstruction - beta * self.kl


@dataclass(frozen=True)
class ImportanceTerms:
    """K draws of z for each picture: log p(x|z_k) and log p(z_k) - log q(z_k|x), (K, B) each, in nats.

    `kl_per_dimension` (B, D) as in `ElboTerms`.
    """

    reconstruction: Tensor
    log_ratio: Tensor
    kl_per_dimension: Tensor

    def bound(self, beta: float = 1.0) -> Tensor:
        """log 1/K sum_k p(x|z_k) (p(z_k) / q(z_k|x))^beta, (B,): for beta = 1 it rises to log p(x) with K.

        Source: Burda et al., Importance Weighted Autoencoders (2016), eq. 8.
        """
        return gaussian.importance_log_likelihood(self.reconstruction + beta * self.log_ratio)


@dataclass(frozen=True)
class Denoised:
    """The predictions of a denoiser from x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise; (B, C, H, W) each.

    Pictures are in [-1, 1] here.
    """

    x_0: Tensor
    noise: Tensor


@dataclass(frozen=True)
class NoiseTerms:
    """The objective of a denoiser per picture, (B,), and the times (B,) at which it was taken."""

    loss: Tensor
    t: Tensor


@dataclass(frozen=True)
class LabelTerms:
    """The objective of a classifier per picture, (B,): cross-entropy in nats, and the share of correct
    answers.

    For classes the share is 0 or 1, for attributes that of all attributes; the cross-entropy is their sum.
    """

    loss: Tensor
    right: Tensor
