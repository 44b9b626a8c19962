"""The two networks of pix2pix: a U-Net that makes pictures, and a critic that judges them patch by patch.

Both see a picture in patches of q x q squares of p x p pixels. Of pixel art stored enlarged a square is what
was drawn: the networks work on squares, and the pictures are enlarged by repetition, sharp whatever the
network says.

Sources: Ronneberger et al., U-Net (2015), figure 1; Isola et al., Image-to-Image Translation with Conditional
Adversarial Networks (2017), sections 3.2.1 and 3.2.2; pixel-unshuffle, Shi et al. (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.sources import enlarged
from latentlab.models.pix2pix.spec import GROUPS

_SLOPE = 0.2


@dataclass(frozen=True)
class Patching:
    """How a network sees pictures: channels, the side of a square in pixels, that of a patch in squares."""

    channels: int
    pixel: int
    patch: int

    @property
    def width(self) -> int:
        """Channels of the patches."""
        return self.channels * self.patch**2

    def patches(self, x: Tensor) -> Tensor:
        """From [0, 1] to [-1, 1], the mean of each square, and patches of them as channels.

        (B, C, H, W) -> (B, C q^2, h, w); sides that are no multiple are filled up.
        """
        x = 2.0 * x - 1.0
        if self.pixel > 1:
            x = functional.avg_pool2d(x, self.pixel)
        down, across = -x.shape[-2] % self.patch, -x.shape[-1] % self.patch
        if down or across:
            x = functional.pad(x, (0, across, 0, down), mode="replicate")
        return functional.pixel_unshuffle(x, self.patch)


class ResidualBlock(nn.Module):
    """skip(x) + conv(silu(norm(conv(silu(norm(x)))))), initially the skip; (B, C, h, w) -> (B, C', h, w)."""

    def __init__(self, fan_in: int, fan_out: int) -> None:
        super().__init__()
        last = nn.Conv2d(fan_out, fan_out, 3, padding=1)
        nn.init.zeros_(last.weight)
        self.layers = nn.Sequential(
            nn.GroupNorm(GROUPS, fan_in),
            nn.SiLU(),
            nn.Conv2d(fan_in, fan_out, 3, padding=1),
            nn.GroupNorm(GROUPS, fan_out),
            nn.SiLU(),
            last,
        )
        self.skip = nn.Identity() if fan_in == fan_out else nn.Conv2d(fan_in, fan_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.skip(x) + self.layers(x)  # type: ignore[no-any-return]


class GlobalContext(nn.Module):
    """x plus a function of its mean over all places, so that far parts of a picture agree on its colours."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x.mean((2, 3)))[:, :, None, None]  # type: ignore[no-any-return]


class Upsample(nn.Module):
    """Upsamples: each position becomes 2 x 2, by a linear map for each of the four."""

    def __init__(self, fan_in: int, fan_out: int) -> None:
        super().__init__()
        self.four = nn.Conv2d(fan_in, 4 * fan_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.pixel_shuffle(self.four(x), 2)


class Generator(nn.Module):
    """Source pictures to pictures; (B, C', H, W) -> (B, C, H, W), both in [0, 1].

    Args:
        source, picture: how it sees them.
        widths: channels of each level, the finest first.
    """

    def __init__(self, source: Patching, picture: Patching, widths: Sequence[int]) -> None:
        super().__init__()
        self.source, self.picture, self.least = source, picture, 2 ** (len(widths) - 1)
        self.first = nn.Conv2d(source.width, widths[0], 3, padding=1)
        self.down, self.coarser = nn.ModuleList(), nn.ModuleList()
        self.finer, self.up = nn.ModuleList(), nn.ModuleList()
        for level, width in enumerate(widths):
            before = widths[max(0, level - 1)]
            self.down.append(ResidualBlock(before, width))
            if level:
                self.coarser.append(nn.Conv2d(before, before, 3, stride=2, padding=1))
                self.finer.insert(0, Upsample(width, before))
                self.up.insert(0, ResidualBlock(2 * before, before))
        self.middle = nn.Sequential(GlobalContext(widths[-1]), ResidualBlock(widths[-1], widths[-1]))
        self.last_norm = nn.GroupNorm(GROUPS, widths[0])
        self.last = nn.Conv2d(widths[0], picture.width, 3, padding=1)

    def forward(self, source: Tensor) -> Tensor:
        places = self.source.patches(source)
        down, across = places.shape[-2:]
        spare = (-across % self.least, -down % self.least)
        if any(spare):
            places = functional.pad(places, (0, spare[0], 0, spare[1]))
        h = self.down[0](self.first(places))
        passed = [h]
        for coarser, block in zip(self.coarser, list(self.down)[1:], strict=True):
            h = block(coarser(h))
            passed.append(h)
        h = self.middle(passed.pop())
        for finer, block in zip(self.finer, self.up, strict=True):
            h = block(torch.cat([finer(h), passed.pop()], 1))
        out = torch.sigmoid(self.last(functional.silu(self.last_norm(h))).float())
        out = functional.pixel_shuffle(out[..., :down, :across], self.picture.patch)
        return enlarged(out, self.picture.pixel, source.shape[-2:])


class Critic(nn.Module):
    """Logits that each patch of a picture is true, given its source; -> (B, h, w).

    A logit sees 14 x 14 places around its own; of the rest of the picture only what the norms divide by.

    Args:
        source, picture: how it sees them.
        width: channels of the first level.
    """

    def __init__(self, source: Patching, picture: Patching, width: int) -> None:
        super().__init__()
        self.source, self.picture = source, picture
        self.layers = nn.Sequential(
            nn.Conv2d(source.width + picture.width, width, 3, padding=1),
            nn.LeakyReLU(_SLOPE),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.GroupNorm(GROUPS, 2 * width),
            nn.LeakyReLU(_SLOPE),
            nn.Conv2d(2 * width, 2 * width, 3, padding=1),
            nn.GroupNorm(GROUPS, 2 * width),
            nn.LeakyReLU(_SLOPE),
            nn.Conv2d(2 * width, 1, 3, padding=1),
        )

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        return self.seen(x, source)[-1].squeeze(1)

    def seen(self, x: Tensor, source: Tensor) -> list[Tensor]:
        """What each level makes of a picture, (B, C, h, w); the last are the logits, of one channel."""
        h = torch.cat([self.source.patches(source.to(x.dtype)), self.picture.patches(x)], 1)
        found = []
        for layer in self.layers:
            h = layer(h)
            if isinstance(layer, nn.LeakyReLU):
                found.append(h)
        return [*found, h]
