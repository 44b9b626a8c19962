"""Encoder and decoder networks of the models. Shapes in, shapes out; no objective.

Two families, each an encoder and a decoder: dense with residual blocks ("mlp") and convolutional ("conv");
`latentlab.models.linear_nets` has a third, of one layer.
All take their sizes, and the dropout rate of hidden units in training (Srivastava et al. 2014).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from latentlab.core.likelihoods import Palette

# Units of the dense layer between the convolutions and the latent space.
_DENSE = 256


class PreciseLinear(nn.Linear):
    """A dense layer that computes in its weights' own precision even under autocast.

    It is used at both ends of the latent space: bfloat16 keeps eight bits of a coordinate, too few to
    distinguish points that a posterior of width 1/50 distinguishes.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not torch.is_autocast_enabled(x.device.type):
            return super().forward(x.to(self.weight.dtype))
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.to(self.weight.dtype))


class Dropout(nn.Dropout):
    """Dropout that is skipped entirely outside training: a single point is decoded in so few calls that those
    which do nothing would take a tenth of the time.
    """

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if self.training else x


class ResidualBlock(nn.Module):
    """x + W2 silu(W1 norm(x)), initially the identity; (..., width) -> (..., width).

    Pre-norm residual blocks: He et al., Identity Mappings in Deep Residual Networks (2016); layer
    normalisation: Ba et al. (2016).
    """

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        last = nn.Linear(width, width)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, width), nn.SiLU(), Dropout(dropout), last
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)  # type: ignore[no-any-return]


def mlp(widths: Sequence[int], dropout: float, *, last_dropout: float = 0.0) -> nn.Sequential:
    """Dense layers widths[0] -> ... -> widths[-1] with SiLU between; (..., first) -> (..., last).

    A hidden width equal to the one before it makes a residual block, any other a plain layer: so 784, 256,
    256, 256, 4 has two residual blocks of 256 units. `dropout` acts inside the blocks, `last_dropout` on the
    input of the last layer.
    """
    layers: list[nn.Module] = []
    blocks = False
    for fan_in, fan_out in pairwise(widths[:-1]):
        if fan_in == fan_out and layers:
            layers.append(ResidualBlock(fan_out, dropout))
            blocks = True
        else:
            layers += [nn.Linear(fan_in, fan_out), nn.SiLU()]
    if blocks:
        layers.append(nn.LayerNorm(widths[-2]))
    return nn.Sequential(*layers, Dropout(last_dropout), nn.Linear(widths[-2], widths[-1]))


def from_latents(
    latents: int, widths: Sequence[int], dropout: float, *, last_dropout: float = 0.0, conditions: int = 0
) -> nn.Sequential:
    """Dense layers from the latent space through `widths`; (B, latents) -> (B, widths[-1]).

    The units of the first layer initially bend all over the bulk of the prior, not just at 0: with the usual
    small weights a decoder of a few latents is almost constant, and learns slowly.

    The last `conditions` inputs are not coordinates but classes or attributes, of which few are 1.
    """
    first = PreciseLinear(latents, widths[0])
    # Variance 1 for two latents and less for more: a larger sum would saturate the layer everywhere, and
    # decoding between two codes would give noise.
    bound = math.sqrt(3.0 * min(1.0, 2.0 / max(1, latents - conditions)))
    nn.init.uniform_(first.weight, -bound, bound)
    nn.init.uniform_(first.bias, -2.0, 2.0)
    layers = mlp([latents, *widths], dropout, last_dropout=last_dropout)
    layers[0] = first
    return layers


def to_posterior(widths: Sequence[int], latents: int, dropout: float) -> nn.Sequential:
    """Dense layers from widths[0] features to (mean, log variance); (B, widths[0]) -> (B, 2 * latents).

    Posteriors are narrow initially: with wide ones, z carries no information at first, and the decoder learns
    to ignore it.
    """
    layers = mlp([*widths, 2 * latents], dropout, last_dropout=dropout)
    last = PreciseLinear(widths[-1], 2 * latents)
    with torch.no_grad():
        last.bias[latents:] = -3.0
    layers[-1] = last
    return layers


def beside(features: Tensor, y: Tensor | None) -> Tensor:
    """Features (B, F) followed by the conditions (B, A), if any."""
    return features if y is None else torch.cat([features, y.to(features.dtype)], dim=-1)


class MLPEncoder(nn.Module):
    """Pictures (and conditions) to mean and log variance through dense layers; -> (B, 2 * latents)."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        widths: Sequence[int],
        latents: int,
        dropout: float,
        conditions: int = 0,
    ) -> None:
        super().__init__()
        self.input_dropout = Dropout(dropout)
        self.layers = to_posterior([math.prod(shape) + conditions, *widths], latents, dropout)

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        # Doubled, black and white drawings have a variance of about 1, as the usual initial weights expect.
        features = self.input_dropout(2.0 * x.flatten(1))
        return self.layers(beside(features, y))  # type: ignore[no-any-return]


class MLPDecoder(nn.Module):
    """Points to pictures through dense layers; (B, D) -> (B, C, H, W)."""

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
        self.layers = from_latents(latents, [*widths, math.prod(shape)], dropout, conditions=conditions)

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z).unflatten(-1, self.shape)  # type: ignore[no-any-return]


def _halved(size: int, times: int) -> int:
    """The side of a picture after `times` convolutions of stride 2, kernel 3, padding 1."""
    for _ in range(times):
        size = (size + 1) // 2
    return size


class ConvEncoder(nn.Module):
    """Pictures to mean and log variance; each level halves the sides, then a dense layer."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        widths: Sequence[int],
        latents: int,
        dropout: float,
        conditions: int = 0,
    ) -> None:
        super().__init__()
        channels, height, width = shape
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise([channels, *widths]):
            layers += [nn.Conv2d(fan_in, fan_out, 3, stride=2, padding=1), nn.SiLU()]
        times = len(widths)
        features = widths[-1] * _halved(height, times) * _halved(width, times)
        self.layers = nn.Sequential(*layers, nn.Flatten())
        self.head = to_posterior([features + conditions, _DENSE], latents, dropout)

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return self.head(beside(self.layers(x), y))  # type: ignore[no-any-return]


class ConvDecoder(nn.Module):
    """Points to pictures: a dense layer, then upsampling convolutions; (B, D) -> (B, C, H, W).

    `widths` are ordered from the coarsest map to the finest.
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
        channels, height, width = shape
        times = len(widths)
        self.start = (widths[0], _halved(height, times), _halved(width, times))
        widths_first = [_DENSE, math.prod(self.start)]
        self.first = from_latents(latents, widths_first, dropout, last_dropout=dropout, conditions=conditions)
        layers: list[nn.Module] = []
        for level, (fan_in, fan_out) in enumerate(pairwise([*widths, channels])):
            left = times - level - 1
            # A transposed convolution of stride 2 doubles a side; for an odd one a row is cropped.
            spare = (1 - _halved(height, left) % 2, 1 - _halved(width, left) % 2)
            up = nn.ConvTranspose2d(fan_in, fan_out, 3, 2, padding=1, output_padding=spare)
            layers += [nn.SiLU(), up]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(self.first(z).unflatten(-1, self.start))  # type: ignore[no-any-return]


def embedding(count: int, width: int, *, std: float | None = None) -> nn.Embedding:
    """A learnable embedding (count, width), drawn from N(0, std^2); torch's default without it.

    On torch's meta device, where the weights of a model are counted, nothing is drawn: that would import
    torch's compiler, which takes longer than everything else in opening a model.
    """
    nothing = torch.empty(count, width)
    if nothing.is_meta:
        undrawn: nn.Embedding = nn.Embedding.from_pretrained(nothing, freeze=False)
        return undrawn
    made = nn.Embedding(count, width)
    if std is not None:
        nn.init.normal_(made.weight, std=std)
    return made


class ByColour(nn.Module):
    """An encoder whose input is the colour of each pixel, as a learnt embedding; -> (B, 2 * latents).

    Two browns a few grey levels apart may be a mouth and a cheek: as channels they almost coincide, as
    embedded colours of a palette they are as different as the encoder needs.

    Args:
        encoder: takes `features` channels.
        palette: of the K colours.
        features: the length of the embedding of a colour.
    """

    def __init__(self, encoder: nn.Module, palette: Palette, features: int) -> None:
        super().__init__()
        self.encoder, self.palette = encoder, palette
        # Relative to the variance of 2 x for black and white drawings: see MLPEncoder.
        self.features = embedding(len(palette.colours), features, std=0.5)

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return self.encoder(self.features(self.palette.numbers(x)).movedim(-1, -3), y)  # type: ignore[no-any-return]


class Coloured(nn.Module):
    """A decoder of a few features a pixel, from which the logits of many colours follow; -> (B, K, H, W).

    The logit of a colour is the product of the pixel's features and the colour's embedding, as for words in
    language models. A decoder with K logits for each pixel would be K / features times as large.
    """

    def __init__(self, decoder: nn.Module, features: int, colours: int) -> None:
        super().__init__()
        self.decoder = decoder
        self.colours = nn.Conv2d(features, colours, 1)

    def forward(self, z: Tensor) -> Tensor:
        return self.colours(self.decoder(z))  # type: ignore[no-any-return]
