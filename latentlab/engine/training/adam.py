"""The AdamW optimiser for one player's part of theta."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim.adamw import adamw

from latentlab.engine.training.weights import Hand, Weights


class AdamW:
    """Adam with decoupled weight decay on matrices only; Loshchilov & Hutter (2019), algorithm 2.

    Biases and norms do not decay: a pull towards 0 would only hurt them.

    Attributes:
        mean, mean_square: the moments, (P,) each, of which a player's own part is touched.
        steps: the steps of each group of weights, as a tensor for torch's fused step.

    Args:
        weights: theta and its gradient.
        hand: the player's weights; the first player's by default.
        moments: mean and mean_square, where several players share the vectors.
    """

    def __init__(
        self,
        weights: Weights,
        *,
        betas: tuple[float, float],
        weight_decay: float,
        epsilon: float = 1e-8,
        hand: Hand | None = None,
        moments: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        hand = hand or weights.hands[0]
        self.betas, self.epsilon = betas, epsilon
        theta = weights.theta
        self.mean, self.mean_square = moments or (torch.zeros_like(theta), torch.zeros_like(theta))
        self.fused = theta.device.type in ("cpu", "cuda")
        # With and without weight decay.
        first, last = hand.place.start, hand.place.stop
        matrices = first + (hand.matrices if weight_decay else 0)
        bounds = [(first, matrices, weight_decay), (matrices, last, 0.0)]
        self._parts = [(slice(begin, end), decay) for begin, end, decay in bounds if begin < end]
        self.steps = [torch.zeros((), device=theta.device) for _ in self._parts]
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
