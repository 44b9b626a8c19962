"""The networks that models are made of. Shapes in, shapes out; no objective, no randomness.

Two families, each an encoder and a decoder: fully connected with residual blocks ("mlp") and
convolutional ("conv"). All take the numbers that decide their size, and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

NETWORKS = ("mlp", "conv")


def mlp(widths: Sequence[int]) -> nn.Sequential:
    """Linear layers widths[0] -> ... -> widths[-1] with SiLU between; (..., first) -> (..., last)."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out), nn.SiLU()]
    return nn.Sequential(*layers[:-1])


class MLPEncoder(nn.Module):
    """Pictures to `outputs` numbers through fully connected layers; (B, C, H, W) -> (B, outputs)."""

    def __init__(self, shape: tuple[int, int, int], widths: Sequence[int], outputs: int) -> None:
        super().__init__()
        self.layers = mlp([math.prod(shape), *widths, outputs])

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x.flatten(1))  # type: ignore[no-any-return]


class MLPDecoder(nn.Module):
    """Places to pictures through fully connected layers; (B, D) -> (B, C, H, W)."""

    def __init__(self, latents: int, widths: Sequence[int], shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.shape = shape
        self.layers = mlp([latents, *widths, math.prod(shape)])

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z).unflatten(-1, self.shape)  # type: ignore[no-any-return]


def _halved(size: int, times: int) -> int:
    """The side of a picture after `times` convolutions of stride 2, kernel 3, padding 1."""
    for _ in range(times):
        size = (size + 1) // 2
    return size


class ConvEncoder(nn.Module):
    """Pictures to `outputs` numbers; each channel width halves the sides; -> (B, outputs)."""

    def __init__(self, shape: tuple[int, int, int], widths: Sequence[int], outputs: int) -> None:
        super().__init__()
        channels, height, width = shape
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise([channels, *widths]):
            layers += [nn.Conv2d(fan_in, fan_out, 3, stride=2, padding=1), nn.SiLU()]
        times = len(widths)
        features = widths[-1] * _halved(height, times) * _halved(width, times)
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(features, outputs))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)  # type: ignore[no-any-return]


class ConvDecoder(nn.Module):
    """Places to pictures: a linear layer, then upsampling convolutions; (B, D) -> (B, C, H, W).

    `widths` reads from the coarsest map to the finest, as the picture is made.
    """

    def __init__(self, latents: int, widths: Sequence[int], shape: tuple[int, int, int]) -> None:
        super().__init__()
        channels, height, width = shape
        times = len(widths)
        self.start = (widths[0], _halved(height, times), _halved(width, times))
        self.first = nn.Linear(latents, math.prod(self.start))
        layers: list[nn.Module] = []
        for level, (fan_in, fan_out) in enumerate(pairwise([*widths, channels])):
            left = times - level - 1
            # A transposed convolution of stride 2 doubles a side; one that was odd gives up a row.
            spare = (1 - _halved(height, left) % 2, 1 - _halved(width, left) % 2)
            up = nn.ConvTranspose2d(fan_in, fan_out, 3, 2, padding=1, output_padding=spare)
            layers += [nn.SiLU(), up]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(self.first(z).unflatten(-1, self.start))  # type: ignore[no-any-return]
