"""The U-Net of the diffusion model, over patches, with time and condition as inputs.

It looks at the picture in patches of p x p pixels, each a vector of p^2 C numbers (pixel-unshuffle, Shi et
al. 2016), and so at a quarter of the places for p = 2: that, not a smaller network, is what makes it fast on
a CPU. Residual blocks (Ho et al. 2020) with the scale and shift of time and condition after the second norm
(Dhariwal & Nichol, Diffusion Models Beat GANs, 2021, section 3), self-attention on the coarsest level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

_GROUPS = 8
_HEAD = 32
# The channels in a group that torch's group norm vectorises for bfloat16 in channels-last layout.
_AT_ONCE = 16
# Up to this many positions, attention is computed as one matrix.
_FEW_PLACES = 256
# The longest wavelength of the time embedding, for times up to 1000.
_LONGEST_WAVE = 10_000.0


def time_waves(t: Tensor, width: int) -> Tensor:
    """Sines and cosines of t (B,), 0 .. 1000, at `width` / 2 wavelengths; -> (B, width) float32.

    Vaswani et al., Attention Is All You Need (2017), section 3.5.
    """
    half = width // 2
    rates = torch.exp(torch.arange(half, device=t.device) * (-math.log(_LONGEST_WAVE) / half))
    angles = t.float().unsqueeze(-1) * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class Norm(nn.GroupNorm):
    """Group normalisation (Wu & He, 2018) of (B, C, H, W), which keeps the channels-last layout.

    On a CPU torch processes bfloat16 channels group by group; a group that does not fill its vectors is
    partly processed element by element, up to five times as slowly as in planar layout.
    """

    def forward(self, x: Tensor) -> Tensor:
        rest = self.num_channels // self.num_groups % _AT_ONCE
        if not rest or x.device.type != "cpu" or x.dtype != torch.bfloat16:
            return super().forward(x)
        return super().forward(x.contiguous()).contiguous(memory_format=torch.channels_last)


class Residual(nn.Module):
    """x + conv(silu(film(norm(conv(silu(norm(x))))))), initially the identity; (B, C, H, W) -> (B, C', H, W).

    film scales and shifts each channel by the embedding of time and condition.
    """

    def __init__(self, fan_in: int, fan_out: int, told: int, dropout: float) -> None:
        super().__init__()
        self.norm_1 = Norm(_GROUPS, fan_in)
        self.conv_1 = nn.Conv2d(fan_in, fan_out, 3, padding=1)
        self.norm_2 = Norm(_GROUPS, fan_out)
        self.film = nn.Linear(told, 2 * fan_out)
        self.dropout = nn.Dropout(dropout)
        self.conv_2 = _silent(nn.Conv2d(fan_out, fan_out, 3, padding=1))
        self.skip = nn.Identity() if fan_in == fan_out else nn.Conv2d(fan_in, fan_out, 1)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        h = self.conv_1(functional.silu(self.norm_1(x)))
        scale, shift = self.film(told)[:, :, None, None].chunk(2, dim=1)
        h = torch.addcmul(shift, self.norm_2(h), 1.0 + scale)
        h = functional.silu(h)
        if self.training:
            h = self.dropout(h)
        return self.skip(x) + self.conv_2(h)  # type: ignore[no-any-return]


class Attention(nn.Module):
    """x + self-attention over all positions; (B, C, H, W) -> the same.

    Scaled dot-product attention in heads of 32. With few positions plain matrix products beat torch's
    memory-saving kernel on a CPU, five times when training in bfloat16. Where 32 does not divide the width
    the heads are as wide as needed.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = max(heads for heads in range(1, max(1, width // _HEAD) + 1) if width % heads == 0)
        self.norm = Norm(_GROUPS, width)
        self.ask = nn.Linear(width, 3 * width)
        self.give = _silent(nn.Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        count, width, height, across = x.shape
        places = self.norm(x).flatten(2).transpose(1, 2)
        q, k, v = self.ask(places).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        if x.device.type == "cpu" and height * across <= _FEW_PLACES:
            taken = (q * q.shape[-1] ** -0.5 @ k.transpose(-2, -1)).softmax(-1) @ v
        else:
            taken = functional.scaled_dot_product_attention(q, k, v)
        given = self.give(taken.transpose(1, 2).flatten(2))
        return x + given.transpose(1, 2).view(count, width, height, across)  # type: ignore[no-any-return]


class Finer(nn.Module):
    """Upsamples: each position becomes 2 x 2, by a linear map for each of the four; (B, C, H, W) -> (B, C', 2
    H, 2 W).

    A twentieth of the work of a convolution after upsampling; the following blocks smooth the seams.
    """

    def __init__(self, fan_in: int, fan_out: int) -> None:
        super().__init__()
        self.four = nn.Conv2d(fan_in, 4 * fan_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.pixel_shuffle(self.four(x), 2)


class UNet(nn.Module):
    """Noisy pictures, times and conditions to an output of the picture's shape; -> (B, C, H, W).

    Args:
        shape: (C, H, W); sides that cannot be halved so often are padded.
        patch: pixels of a patch's side.
        widths: channels of each level, the finest first.
        blocks: residual blocks of each level on the way down; one more on the way up.
        conditions: the length of the condition y.
        dropout: the share of hidden units silenced in training.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        patch: int,
        widths: Sequence[int],
        blocks: int,
        conditions: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.patch, self.width = patch, widths[0]
        least = patch * 2 ** (len(widths) - 1)
        self.spare = (-shape[2] % least, -shape[1] % least)
        told = 4 * widths[0]
        self.of_time = nn.Sequential(nn.Linear(widths[0], told), nn.SiLU(), nn.Linear(told, told))
        # No bias: a missing condition is a row of zeros, and adds nothing.
        self.of_condition = nn.Linear(conditions, told, bias=False) if conditions else None
        channels = shape[0] * patch**2
        self.first = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        passed, width = [widths[0]], widths[0]
        for level, wide in enumerate(widths):
            if level:
                self.down.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
                passed.append(width)
            for _ in range(blocks):
                self.down.append(Residual(width, wide, told, dropout))
                width = wide
                passed.append(width)
        self.middle = nn.ModuleList(
            [Residual(width, width, told, dropout), Attention(width), Residual(width, width, told, dropout)]
        )
        for level, wide in reversed(list(enumerate(widths))):
            for _ in range(blocks + 1):
                self.up.append(Residual(width + passed.pop(), wide, told, dropout))
                width = wide
            if level:
                self.up.append(Finer(width, widths[level - 1]))
                width = widths[level - 1]
        self.last_norm = Norm(_GROUPS, width)
        self.last = _silent(nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, x: Tensor, t: Tensor, y: Tensor | None = None) -> Tensor:
        """x (B, C, H, W), t (B,) from 0 to 1000, y (B, conditions) or None."""
        told = self.of_time(time_waves(t, self.width))
        if self.of_condition is not None and y is not None:
            told = told + self.of_condition(y.to(x.dtype))
        told = functional.silu(told)
        across, down = self.spare
        if across or down:
            x = functional.pad(x, (0, across, 0, down))
        patches = functional.pixel_unshuffle(x, self.patch).to(memory_format=torch.channels_last)
        h = self.first(patches)
        passed = [h]
        for layer in self.down:
            h = layer(h, told) if isinstance(layer, Residual) else layer(h)
            passed.append(h)
        first, attention, second = self.middle
        h = second(attention(first(h, told)), told)
        for layer in self.up:
            wide = isinstance(layer, Residual)
            h = layer(torch.cat([h, passed.pop()], dim=1), told) if wide else layer(h)
        out = self.last(functional.silu(self.last_norm(h)))
        pictures = functional.pixel_shuffle(out, self.patch)
        if across or down:
            pictures = pictures[..., : pictures.shape[-2] - down, : pictures.shape[-1] - across]
        return pictures


def _silent(layer: nn.Conv2d | nn.Linear) -> nn.Conv2d | nn.Linear:
    """A layer initialised to zero, so that a residual sum starts as the identity."""
    nn.init.zeros_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer
