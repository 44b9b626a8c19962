"""q(z|x) refined for one picture: what the encoder's guess costs, and what a Gaussian costs.

    max over mu, sigma of  E_q[ log p(x|z) ] - KL(q || p),   by gradient, from the encoder's mu and sigma

    amortisation gap    ELBO(q refined) - ELBO(q)     one network guesses q for every picture
    approximation gap   log p(x) - ELBO(q refined)    the true posterior is no diagonal Gaussian

Source: Cremer, Li & Duvenaud, Inference Suboptimality in Variational Autoencoders (2018).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import torch
from torch import Tensor

from latentlab.models.priors import kl_from
from latentlab.models.terms import Posterior

STEPS, _DRAWS, _RATE = 200, 64, 0.05


def refine(
    model: Any, x: Tensor, y: Tensor | None, start: Posterior, seed: int = 0
) -> Generator[None, None, Posterior]:
    """The refined q(z|x) of a picture x (1, C, H, W); a piece of work is a step of Adam.

    mu moves by shares of the encoder's sigma. The draws are the same at every step, of mean 0 and covariance
    I: the objective is then smooth, has a maximum, and is exact for a posterior that is a Gaussian.
    """
    device = start.mean.device
    noise = _whitened(torch.randn(_DRAWS // 2, start.mean.shape[1], generator=_seeded(seed)))
    with torch.inference_mode(False):
        # What inference mode has made cannot be used in a gradient.
        mean, log_variance, x = start.mean.clone(), start.log_variance.clone(), x.clone()
        y = None if y is None else y.clone()
        noise = torch.cat([noise, -noise]).to(device)
        moved = torch.zeros_like(mean, requires_grad=True)
        grown = torch.zeros_like(mean, requires_grad=True)
        adam = torch.optim.Adam([moved, grown], lr=_RATE)
    for step in range(STEPS):
        with torch.inference_mode(False), torch.enable_grad():
            for group in adam.param_groups:
                # To rest at the end.
                group["lr"] = _RATE * (1.0 - step / STEPS)
            m, v = mean + torch.exp(0.5 * log_variance) * moved, log_variance + grown
            z = m + torch.exp(0.5 * v) * noise
            likely = model.likelihood.log_prob(model.decode(z, y), x).mean()
            loss = kl_from(m, v, model.latent_prior, torch.Generator(device).manual_seed(seed))[0] - likely
            moved.grad, grown.grad = torch.autograd.grad(loss, [moved, grown])
            adam.step()
        yield None
    with torch.inference_mode(False):
        found = mean + torch.exp(0.5 * log_variance) * moved.detach(), log_variance + grown.detach()
    return Posterior(*found)


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _whitened(noise: Tensor) -> Tensor:
    """With second moments that are I; with fewer draws than dimensions, of each dimension alone."""
    count, dimensions = noise.shape
    if count <= 2 * dimensions:
        return noise / noise.square().mean(0).sqrt()
    root = torch.linalg.cholesky(noise.T @ noise / count)
    white: Tensor = torch.linalg.solve_triangular(root, noise.T, upper=False).T
    return white


def can_refine(model: Any) -> bool:
    """Whether the model's weights have gradients; those of one that is being trained may have none."""
    return not any(weight.is_inference() for weight in model.parameters())
