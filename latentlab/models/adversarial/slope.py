"""The slope of a discriminator, |grad_x s(x)|, for penalties: computed in float32, differentiable."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call

from latentlab.models.adversarial.model import Adversarial

# Under the root: the slope of a norm at 0 is not a number.
_LEAST = 1e-12


def squared_slope(model: Adversarial, x: Tensor, y: Tensor | None) -> Tensor:
    """|grad_x s(x, y)|^2 of each picture, (B,), to be differentiated by the discriminator's weights.

    bfloat16 has too few digits for a difference of slopes: whatever the training computes in, this is
    computed in float32, from the weights as they are.
    """
    with torch.autocast(x.device.type, enabled=False):
        weights = {name: weight.float() for name, weight in _discriminator(model).named_parameters()}
        at = x.detach().float().requires_grad_()
        score = functional_call(_discriminator(model), weights, (at, model.rows(y, len(x), x.device)))
        (slope,) = torch.autograd.grad(score.sum(), at, create_graph=True)
    return slope.flatten(1).square().sum(1)


def slope(model: Adversarial, x: Tensor, y: Tensor | None) -> Tensor:
    """|grad_x s(x, y)| of each picture, (B,), as `squared_slope`."""
    return (squared_slope(model, x, y) + _LEAST).sqrt()


def _discriminator(model: Adversarial) -> nn.Module:
    return model.discriminator
