"""Networks of the adversarial kinds: a generator, a discriminator, an encoder. Shapes in, shapes out.

    generator       z, y  ->  dense  ->  levels of convolutions, each twice as fine  ->  picture in [0, 1]
    discriminator   x     ->  levels of convolutions, each half as fine  ->  features h;   the score is

        s(x, y) = w . h + b + (V y) . h      the projection discriminator

Source: Miyato & Koyama, cGANs with Projection Discriminator (2018). Each level of the generator is scaled and
shifted by z and y (Chen et al., On Self-Modulation for GANs, 2019) after a pixel-wise normalisation (Karras
et al., Progressive Growing of GANs, 2018, section 4.2): nothing depends on the other pictures of a batch.
Like the diffusion model's U-Net the convolutions see patches of pixels as places, which is what makes them
fast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.models.adversarial.config import AdversarialConfig
from latentlab.models.nets import PreciseLinear, from_latents

# Units of the dense layer between z and the coarsest level, which also modulates every level.
_TRUNK = 192
# Units of the features that the score is a product with.
FEATURES = 192
_SLOPE = 0.2


def normalised(x: Tensor) -> Tensor:
    """Each place of (B, C, H, W) divided by the root mean square of its channels."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)


class Modulated(nn.Module):
    """silu((1 + scale(h)) normalised(conv(x)) + shift(h)); (B, C, H, W) and (B, trunk) -> (B, C', H, W)."""

    def __init__(self, fan_in: int, fan_out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(fan_in, fan_out, 3, padding=1)
        self.film = nn.Linear(_TRUNK, 2 * fan_out)
        if not self.film.weight.is_meta:  # drawing there would import torch's compiler
            nn.init.normal_(self.film.weight, std=0.3 / math.sqrt(_TRUNK))
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        scale, shift = self.film(h)[:, :, None, None].chunk(2, dim=1)
        return functional.silu(torch.addcmul(shift, normalised(self.conv(x)), 1.0 + scale))


class ConvGenerator(nn.Module):
    """z (B, D + A) -> logits of a picture (B, C, H, W) at the size that it is drawn at."""

    def __init__(self, config: AdversarialConfig, conditions: int) -> None:
        super().__init__()
        channels, height, width = config.drawn_shape
        widths, self.patch, self.size = config.generator_widths, config.patch, (height, width)
        coarsest = self.patch * 2 ** (len(widths) - 1)
        self.start = (widths[0], -(-height // coarsest), -(-width // coarsest))
        self.trunk = from_latents(config.latents + conditions, [_TRUNK, _TRUNK], 0.0, conditions=conditions)
        self.first = nn.Linear(_TRUNK, math.prod(self.start))
        self.levels = nn.ModuleList()
        for number, (fan_in, fan_out) in enumerate(pairwise([widths[0], *widths])):
            # One convolution on the finest level, which takes as long as all others; two on each of these.
            more = [] if 0 < number == len(widths) - 1 else [Modulated(fan_out, fan_out)]
            self.levels.append(nn.ModuleList([Modulated(fan_in, fan_out), *more]))
        self.last = nn.Conv2d(widths[-1], channels * self.patch**2, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        h = functional.silu(self.trunk(z))
        x = self.first(h).unflatten(-1, self.start).contiguous(memory_format=torch.channels_last)
        for number, level in enumerate(self.levels):
            if number:
                x = functional.interpolate(x, scale_factor=2.0)
            for layer in level:  # type: ignore[attr-defined]
                x = layer(x, h)
        height, width = self.size
        return functional.pixel_shuffle(self.last(x), self.patch)[..., :height, :width]


class DenseGenerator(nn.Module):
    """The same through dense layers."""

    def __init__(self, config: AdversarialConfig, conditions: int) -> None:
        super().__init__()
        self.shape = config.drawn_shape
        widths = [*config.generator_widths, math.prod(self.shape)]
        self.layers = from_latents(config.latents + conditions, widths, 0.0, conditions=conditions)

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z).unflatten(-1, self.shape)  # type: ignore[no-any-return]


class ConvBody(nn.Module):
    """Pictures (B, C, H, W) in [0, 1] -> features (B, FEATURES) through convolutions and a dense layer."""

    def __init__(self, config: AdversarialConfig, widths: Sequence[int]) -> None:
        super().__init__()
        channels, height, width = config.drawn_shape
        self.patch = config.patch
        self.spare = (-width % self.patch, -height % self.patch)
        layers: list[nn.Module] = [
            nn.Conv2d(channels * self.patch**2, widths[0], 3, padding=1),
            nn.LeakyReLU(_SLOPE),
        ]
        height, width = -(-height // self.patch), -(-width // self.patch)
        for fan_in, fan_out in pairwise(widths):
            layers += [*_convolution(fan_in, fan_out, stride=2), *_convolution(fan_out, fan_out)]
            height, width = (height + 1) // 2, (width + 1) // 2
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Linear(widths[-1] * height * width, FEATURES)
        keep_variance(self)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.pad(2.0 * x - 1.0, (0, self.spare[0], 0, self.spare[1]), value=-1.0)
        x = functional.pixel_unshuffle(x, self.patch).contiguous(memory_format=torch.channels_last)
        return functional.leaky_relu(self.dense(self.layers(x).flatten(1)), _SLOPE)


class DenseBody(nn.Module):
    """The same through dense layers."""

    def __init__(self, config: AdversarialConfig, widths: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise([math.prod(config.drawn_shape), *widths, FEATURES]):
            layers += [nn.Linear(fan_in, fan_out), nn.LeakyReLU(_SLOPE)]
        self.layers = nn.Sequential(*layers)
        keep_variance(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(2.0 * x.flatten(1) - 1.0)  # type: ignore[no-any-return]


def keep_variance(body: nn.Module) -> None:
    """Draws weights with which no layer makes its inputs smaller or larger (He et al. 2015, eq. 14).

    Torch's usual ones make them smaller: after seven layers a discriminator sees next to nothing.
    """
    for layer in body.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear) and not layer.weight.is_meta:
            nn.init.kaiming_normal_(layer.weight, a=_SLOPE)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)


def _convolution(fan_in: int, fan_out: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(fan_in, fan_out, 3, stride, padding=1), nn.LeakyReLU(_SLOPE)]


_GENERATORS = {"conv": ConvGenerator, "mlp": DenseGenerator}
_BODIES = {"conv": ConvBody, "mlp": DenseBody}


class Generator(nn.Module):
    """z (B, D) and the network's rows of y (B, A) -> pictures (B, C, H, W) in [0, 1]."""

    def __init__(self, config: AdversarialConfig) -> None:
        super().__init__()
        self.pixel = config.pixel
        self.net: nn.Module = _GENERATORS[config.network](config, len(config.condition_names))

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        z = z if y is None else torch.cat([z, y.to(z.dtype)], dim=-1)
        picture = torch.sigmoid(self.net(z))
        # Under autocast the network returns bfloat16, with too few digits for levels of grey.
        picture = picture.float() if picture.dtype == torch.bfloat16 else picture
        if self.pixel == 1:
            return picture
        return picture.repeat_interleave(self.pixel, -1).repeat_interleave(self.pixel, -2)


class Discriminator(nn.Module):
    """Pictures (B, C, H, W) in [0, 1] and the network's rows of y -> scores (B,), any number."""

    def __init__(self, config: AdversarialConfig) -> None:
        super().__init__()
        self.pixel = config.pixel
        self.body: nn.Module = _BODIES[config.network](config, config.discriminator_widths)
        self.score = PreciseLinear(FEATURES, 1)
        conditions = len(config.condition_names)
        self.project = PreciseLinear(conditions, FEATURES, bias=False) if conditions else None

    def forward(self, x: Tensor, y: Tensor | None) -> Tensor:
        return self.score_of(self.features(x), y)

    def score_of(self, h: Tensor, y: Tensor | None) -> Tensor:
        """The score of features (B, FEATURES); -> (B,)."""
        score: Tensor = self.score(h).squeeze(-1)
        if self.project is None or y is None:
            return score
        projected: Tensor = (self.project(y) * h).sum(-1)
        return score + projected

    def condition_logits(self, h: Tensor) -> Tensor:
        """V h, the logits of the conditions that the features show; (B, FEATURES) -> (B, A)."""
        assert self.project is not None
        return functional.linear(h, self.project.weight.T)

    def features(self, x: Tensor) -> Tensor:
        """h, (B, FEATURES)."""
        h: Tensor = self.body(as_drawn(x, self.pixel))
        return h.float() if h.dtype == torch.bfloat16 else h


class Encoder(nn.Module):
    """Pictures (B, C, H, W) in [0, 1] -> the z that makes them, (B, D); bounded for a uniform prior."""

    def __init__(self, config: AdversarialConfig) -> None:
        super().__init__()
        self.pixel, self.bounded = config.pixel, config.prior == "uniform"
        # Half as wide as the discriminator: it learns from an unlimited number of made pictures.
        widths = [max(8, width // 2) for width in config.discriminator_widths]
        self.body: nn.Module = _BODIES[config.network](config, widths)
        self.last = PreciseLinear(FEATURES, config.latents)

    def forward(self, x: Tensor) -> Tensor:
        z: Tensor = self.last(self.body(as_drawn(x, self.pixel)))
        return torch.tanh(z) if self.bounded else z


def as_drawn(x: Tensor, pixel: int) -> Tensor:
    """Pictures at the size that they are drawn at: the mean of each drawn pixel."""
    return x if pixel == 1 else functional.avg_pool2d(x, pixel)
