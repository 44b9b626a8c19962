"""An encoder and a decoder of one linear layer each. Shapes in, shapes out; no objective.

With the squared error they find the span of the first principal components: the error of any other plane
is larger, and there are no local minima (Baldi & Hornik, Neural Networks and Principal Component Analysis,
1989).
With the ELBO and a learnt sigma they find probabilistic PCA (Lucas et al., Don't Blame the ELBO!, 2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from latentlab.models.nets import PreciseLinear, beside


class LinearEncoder(nn.Module):
    """Pictures (and conditions) to mean and log variance by one layer; -> (B, 2 * latents).

    `widths` and `dropout` are those of other encoders, and of no effect.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        widths: Sequence[int],
        latents: int,
        dropout: float,
        conditions: int = 0,
    ) -> None:
        super().__init__()
        self.layer = PreciseLinear(math.prod(shape) + conditions, 2 * latents)
        with torch.no_grad():
            # Narrow posteriors at first, as those of other encoders.
            self.layer.bias[latents:] = -3.0

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return self.layer(beside(x.flatten(1), y))  # type: ignore[no-any-return]


class LinearDecoder(nn.Module):
    """Points to pictures, z W + b; (B, D) -> (B, C, H, W).

    D counts the `conditions`, which are its last numbers. `widths` and `dropout` are those of other decoders,
    and of no effect.
    """

    def __init__(
        self,
        latents: int,
        widths: Sequence[int],
        shape: tuple[int, int, int],
        dropout: float,
        conditions: int = 0,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.layer = PreciseLinear(latents, math.prod(shape))

    def forward(self, z: Tensor) -> Tensor:
        return self.layer(z).unflatten(-1, self.shape)  # type: ignore[no-any-return]
