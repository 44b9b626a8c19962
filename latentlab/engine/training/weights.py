"""A model's weights as one vector, theta, so that what happens to all of them is one call each.

With bfloat16 the layers compute with a copy of theta in that format, made anew for each step, while theta
and all that is summed up over steps stay in float32: the master weights of Micikevicius et al., Mixed
Precision Training (2018), section 3.1. The numbers are those of torch's autocast, which casts each layer's
weights when it meets them; casting all at once, and back, takes half the time.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

from latentlab.engine.training.distributed import ALONE, Team
from latentlab.errors import LabError
from latentlab.models.nets import PreciseLinear

# What autocast would give bfloat16 weights.
_LOW_PRECISION = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def as_one_vector(parameters: Sequence[nn.Parameter]) -> Tensor:
    """One vector (P,) of which the parameters are views from now on, in their order."""
    theta = torch.cat([parameter.detach().flatten() for parameter in parameters])
    for parameter, part in zip(parameters, _parts(theta, parameters), strict=True):
        parameter.data = part
    return theta


class Weights:
    """theta of a model and the gradient of its loss; matrices first, then biases and norms.

    Attributes:
        theta: (P,); the model's parameters are views of it.
        gradient: (P,), of the last `differentiate`.
        matrices: how many of the numbers at the start of theta belong to matrices.
        layers: what to compute the loss with: the model, or its twin with bfloat16 weights.

    Args:
        model: on its device already.
        precision: "fp32" or "bf16".
    """

    def __init__(self, model: nn.Module, precision: str = "fp32") -> None:
        order = in_order(model)
        self.theta = as_one_vector(order)
        self.gradient = torch.zeros_like(self.theta)
        self.matrices = sum(parameter.numel() for parameter in order if parameter.ndim > 1)
        self.layers = model
        self._low: list[Tensor] = []
        self._masters: list[Tensor] = []
        if precision == "bf16":
            # Buffers are shared with the model; only weights have two formats.
            self.layers = copy.deepcopy(model, {id(buffer): buffer for buffer in model.buffers()})
            self._lower(order)
        self._parameters = in_order(self.layers)
        self._gradients = _parts(self.gradient, self._parameters)

    def refresh(self) -> None:
        """Brings the layers' weights up to date with theta."""
        if self._low:
            torch._foreach_copy_(self._low, self._masters)

    def differentiate(self, loss: Tensor, team: Team = ALONE) -> float:
        """Puts d loss / d theta, the team's mean, into `gradient`.

        Its Euclidean length, which is not finite if anything in it is not.
        """
        gradients = torch.autograd.grad(loss, self._parameters, allow_unused=True, materialize_grads=True)
        torch._foreach_copy_(self._gradients, gradients)
        team.average_(self.gradient)
        return math.sqrt(float(torch.dot(self.gradient, self.gradient)))

    def _lower(self, masters: Sequence[nn.Parameter]) -> None:
        low = {
            id(parameter)
            for module in self.layers.modules()
            if isinstance(module, _LOW_PRECISION) and not isinstance(module, PreciseLinear)
            for parameter in module.parameters(recurse=False)
        }
        for twin, master in zip(in_order(self.layers), masters, strict=True):
            if id(twin) in low:
                twin.data = twin.data.to(torch.bfloat16)
                self._low.append(twin.data)
                self._masters.append(master.data)
            else:
                twin.data = master.data


class AdamW:
    """Adam with decoupled weight decay on matrices only; Loshchilov & Hutter (2019), algorithm 2.

    Biases and norms do not decay: a pull towards 0 would only hurt them.

    Attributes:
        mean, mean_square: the moments, (P,) each.
        steps: how many steps each group of weights has taken, as torch wants it.
    """

    def __init__(
        self, weights: Weights, *, betas: tuple[float, float], weight_decay: float, epsilon: float = 1e-8
    ) -> None:
        self.betas, self.epsilon = betas, epsilon
        self.mean = torch.zeros_like(weights.theta)
        self.mean_square = torch.zeros_like(weights.theta)
        self.fused = weights.theta.device.type in ("cpu", "cuda")
        # What decays, and what does not.
        matrices = weights.matrices if weight_decay else 0
        bounds = [(0, matrices, weight_decay), (matrices, len(weights.theta), 0.0)]
        self._parts = [(slice(first, end), decay) for first, end, decay in bounds if first < end]
        self.steps = [torch.zeros((), device=weights.theta.device) for _ in self._parts]
        self._weights = weights

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """theta <- theta - rate * ( m^ / (sqrt(v^) + epsilon) + decay * theta )."""
        vectors = (self._weights.theta, self._weights.gradient, self.mean, self.mean_square)
        for (part, decay), steps in zip(self._parts, self.steps, strict=True):
            theta, gradient, mean, mean_square = ([vector[part]] for vector in vectors)
            adamw(
                theta, gradient, mean, mean_square, [], [steps],
                lr=rate, beta1=self.betas[0], beta2=self.betas[1], eps=self.epsilon, weight_decay=decay,
                fused=self.fused, amsgrad=False, maximize=False,
            )  # fmt: skip


def in_order(model: nn.Module) -> list[nn.Parameter]:
    """A model's parameters as theta has them: matrices, then the rest."""
    parameters = list(model.parameters())
    return [p for p in parameters if p.ndim > 1] + [p for p in parameters if p.ndim <= 1]


def give_weights(model: nn.Module, theta: Tensor) -> None:
    """Copies theta (P,), in the order of `in_order`, into a model's weights.

    Raises:
        LabError: if they are not as many as the model has.
    """
    parameters = in_order(model)
    count = sum(parameter.numel() for parameter in parameters)
    if theta.shape != (count,):
        raise LabError(f"a snapshot of {tuple(theta.shape)} weights; the model has {count:,}")
    with torch.no_grad():
        for parameter, part in zip(parameters, _parts(theta, parameters), strict=True):
            parameter.copy_(part)


def _parts(vector: Tensor, parameters: Sequence[nn.Parameter]) -> list[Tensor]:
    """Views of a vector in the shapes of the parameters."""
    sizes = [parameter.numel() for parameter in parameters]
    return [
        part.view(parameter.shape) for part, parameter in zip(vector.split(sizes), parameters, strict=True)
    ]
