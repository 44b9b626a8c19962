"""The likelihoods p(x|z), given a decoder's outputs, for pictures x in [0, 1] of shape (B, C, H, W).

    Bernoulli     log p = sum_i  x_i log p_i + (1 - x_i) log(1 - p_i),          p = sigmoid(output)
    Gaussian      log p = sum_i -1/2 ( log(2 pi s^2) + (x_i - m_i)^2 / s^2 ),    m = output
    Categorical   log p = sum_i  log softmax(output)_{level(x_i)}               L grey levels a channel
    Palette       log p = sum_j  log softmax(output)_{colour(x_j)}              K colours a drawn pixel j

Bernoulli takes grey levels as probabilities (Kingma & Welling 2014): then log p is the expectation over
the binary images that those probabilities describe. A likelihood has no weights; it only reads outputs
of shape (B, *outputs_shape). Sums run over all pixels; results are in nats per picture.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from latentlab.core.gaussian import LOG_2PI, steady_noise
from latentlab.core.measures import Measure

Shape = tuple[int, int, int]


class Likelihood(Protocol):
    """p(x|z), given the decoder's outputs for z."""

    @property
    def measure(self) -> Measure:
        """The measure of its density."""

    def outputs_shape(self, shape: Shape) -> Shape:
        """The shape of the decoder's outputs for pictures of (C, H, W)."""

    def seen(self, x: Tensor) -> Tensor:
        """The informative part of pictures (B, C, H, W): what an encoder needs to see."""

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        """log p(x|outputs) in nats; (B, *outputs_shape), (B, C, H, W) -> (B,). Broadcasts over B."""

    def picture(self, outputs: Tensor) -> Tensor:
        """The picture to show, in [0, 1]; (B, *outputs_shape) -> (B, C, H, W).

        The expected one; for a palette the most probable one, because an average of colours is not in it.
        """

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """One picture drawn from p(x|outputs); (B, *outputs_shape) -> (B, C, H, W)."""


class _AllPixels:
    """Shared by likelihoods with independent pixels, with as many outputs as channels."""

    def outputs_shape(self, shape: Shape) -> Shape:
        return shape

    def seen(self, x: Tensor) -> Tensor:
        return x


@dataclass(frozen=True)
class Bernoulli(_AllPixels):
    """Each pixel on or off; grey levels are read as the probability of being on."""

    measure: ClassVar[Measure] = "binary"

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        # In logits l, because no probability may round to 0 or 1: x l - log(1 + e^l).
        return (x * outputs - functional.softplus(outputs)).sum((-3, -2, -1))

    def picture(self, outputs: Tensor) -> Tensor:
        return torch.sigmoid(outputs)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return torch.bernoulli(torch.sigmoid(outputs), generator=generator)


@dataclass(frozen=True)
class Gaussian(_AllPixels):
    """Each pixel normal around the output, with one standard deviation `sigma` in [0, 1] units.

    `sigma` may be a tensor of no dimensions, to be learnt.
    """

    measure: ClassVar[Measure] = "continuous"
    sigma: float | Tensor = 0.1

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        log_sigma = self.sigma.log() if isinstance(self.sigma, Tensor) else math.log(self.sigma)
        terms = LOG_2PI + 2.0 * log_sigma + (x - outputs).square() / self.sigma**2
        return -0.5 * terms.sum((-3, -2, -1))

    def picture(self, outputs: Tensor) -> Tensor:
        return outputs.clamp(0.0, 1.0)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return (outputs + self.sigma * steady_noise(outputs, generator)).clamp(0.0, 1.0)


def _one_of_each(p: Tensor, generator: torch.Generator | None) -> Tensor:
    """A draw from each of many distributions over K; (..., K) -> int64 (...)."""
    # The rows of a single picture have another memory layout, and draws follow the memory.
    rows = p.reshape(-1, p.shape[-1]).contiguous()
    return torch.multinomial(rows, 1, generator=generator).view(p.shape[:-1])


@dataclass(frozen=True)
class Categorical(_AllPixels):
    """Each channel of each pixel one of `levels` evenly spaced grey levels, 0 and 1 included."""

    measure: ClassVar[Measure] = "bytes"
    levels: int = 256

    def outputs_shape(self, shape: Shape) -> Shape:
        channels, height, width = shape
        return channels * self.levels, height, width

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        level = (x * (self.levels - 1)).round().long()
        log_p = torch.log_softmax(self._by_level(outputs), dim=-4)
        batch = torch.broadcast_shapes(log_p.shape[:-4], level.shape[:-3])
        level = level.expand(*batch, *level.shape[-3:]).unsqueeze(-4)
        picked = log_p.expand(*batch, *log_p.shape[-4:]).gather(-4, level)
        return picked.sum((-4, -3, -2, -1))

    def picture(self, outputs: Tensor) -> Tensor:
        p = torch.softmax(self._by_level(outputs), dim=-4)
        grey = torch.linspace(0.0, 1.0, self.levels, dtype=p.dtype, device=p.device)
        return (p * grey.view(-1, 1, 1, 1)).sum(-4)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        p = torch.softmax(self._by_level(outputs), dim=-4).movedim(-4, -1)
        level = _one_of_each(p, generator)
        return level.to(outputs.dtype) / (self.levels - 1)

    def _by_level(self, outputs: Tensor) -> Tensor:
        """(..., levels * C, H, W) -> (..., levels, C, H, W)."""
        levels: Tensor = outputs.unflatten(-3, (self.levels, -1))
        return levels


@dataclass(frozen=True)
class Palette:
    """Each drawn pixel one of a few colours: for pixel art, which a blend of colours would spoil.

    Attributes:
        colours: the K colours, a byte for each channel: such as "ffcc00" of coloured pictures, "7f" of grey.
        pixel: the side of a drawn pixel in pixels of the picture; all of them have its colour.
    """

    measure: ClassVar[Measure] = "palette"
    colours: tuple[str, ...]
    pixel: int = 1

    def outputs_shape(self, shape: Shape) -> Shape:
        return len(self.colours), shape[1] // self.pixel, shape[2] // self.pixel

    def seen(self, x: Tensor) -> Tensor:
        return x[..., :: self.pixel, :: self.pixel]

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        number = self.numbers(self.seen(x))
        batch = torch.broadcast_shapes(outputs.shape[:-3], number.shape[:-2])
        outputs = outputs.expand(*batch, *outputs.shape[-3:]).flatten(0, -4)
        number = number.expand(*batch, *number.shape[-2:]).flatten(0, -3)
        # Takes half the time of a log softmax and a gather.
        log_p = -functional.cross_entropy(outputs, number, reduction="none").sum((-2, -1))
        return log_p.view(batch)

    def picture(self, outputs: Tensor) -> Tensor:
        # Takes half the time of argmax.
        return self._drawn(outputs.max(-3).indices, outputs.dtype)

    def pixels(self, outputs: Tensor) -> NDArray[np.uint8]:
        """255 times `picture`, (..., H, W, C): the colours as bytes, without floats in between."""
        drawn: NDArray[np.uint8] = _bytes_of(self.colours)[outputs.max(-3).indices.cpu().numpy()]
        return drawn.repeat(self.pixel, -2).repeat(self.pixel, -3)

    def blended(self, outputs: Tensor) -> Tensor:
        """The mean colour of each pixel, (..., C, H, W): not what is shown, but it has a gradient."""
        colours = self._colours(outputs.device, outputs.dtype)
        x = torch.einsum("...khw,kc->...chw", torch.softmax(outputs, dim=-3), colours)
        return self._enlarged(x)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        p = torch.softmax(outputs, dim=-3).movedim(-3, -1)
        return self._drawn(_one_of_each(p, generator), outputs.dtype)

    def numbers(self, x: Tensor) -> Tensor:
        """The number of the colour nearest to each drawn pixel, of `seen`; (..., C, h, w) -> (..., h, w)."""
        colours = self._colours(x.device, x.dtype)
        # Not in bfloat16, whose eight bits make neighbouring colours equal.
        with torch.autocast(x.device.type, enabled=False):
            # |x - c|^2 without the term that does not depend on c.
            far = colours.square().sum(-1) - 2.0 * x.movedim(-3, -1) @ colours.T
        return far.argmin(-1)

    def _drawn(self, number: Tensor, dtype: torch.dtype) -> Tensor:
        """Numbers of colours (..., h, w) as a picture (..., C, h * pixel, w * pixel)."""
        return self._enlarged(self._colours(number.device, dtype)[number].movedim(-1, -3))

    def _enlarged(self, x: Tensor) -> Tensor:
        return x.repeat_interleave(self.pixel, -1).repeat_interleave(self.pixel, -2)

    def _colours(self, device: torch.device, dtype: torch.dtype) -> Tensor:
        return _parsed(self.colours, device, dtype)


@functools.cache
def _parsed(colours: tuple[str, ...], device: torch.device, dtype: torch.dtype) -> Tensor:
    """Colours (K, C) in [0, 1] from their names."""
    # Not in inference mode, whose tensors cannot be used in training later.
    with torch.inference_mode(False):
        return (torch.from_numpy(_bytes_of(colours).astype(np.float64)) / 255.0).to(device, dtype)


@functools.cache
def _bytes_of(colours: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.array([list(bytes.fromhex(colour)) for colour in colours], np.uint8)


LIKELIHOODS: tuple[str, ...] = ("bernoulli", "gaussian", "categorical", "palette")


def make_likelihood(
    name: str, *, sigma: float = 0.1, levels: int = 256, palette: tuple[str, ...] = (), pixel: int = 1
) -> Likelihood:
    """The likelihood called `name`, one of LIKELIHOODS.

    Raises:
        KeyError: for any other name.
    """
    choices: dict[str, Likelihood] = {
        "bernoulli": Bernoulli(),
        "gaussian": Gaussian(sigma),
        "categorical": Categorical(levels),
        "palette": Palette(palette, pixel),
    }
    return choices[name]
