"""What a decoder's outputs mean: p(x|z) for pictures x in [0, 1], of shape (B, C, H, W).

    Bernoulli     log p = sum_i  x_i log p_i + (1 - x_i) log(1 - p_i),          p = sigmoid(output)
    Gaussian      log p = sum_i -1/2 ( log(2 pi s^2) + (x_i - m_i)^2 / s^2 ),    m = output
    Categorical   log p = sum_i  log softmax(output)_{level(x_i)}               L grey levels a channel

Bernoulli takes grey levels as probabilities (Kingma & Welling 2014): then log p is the expectation over
the binary images that those probabilities describe. A likelihood has no weights; it only reads outputs
of shape (B, C * outputs_per_channel, H, W). Sums run over C, H, W; results are in nats per picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from latentlab.core.gaussian import LOG_2PI, standard_noise


class Likelihood(Protocol):
    """p(x|z), given what the decoder put out for z."""

    @property
    def outputs_per_channel(self) -> int:
        """How many numbers the decoder gives for each channel of each pixel."""

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        """log p(x|outputs) in nats; (B, C*P, H, W), (B, C, H, W) -> (B,). Broadcasts over B."""

    def mean(self, outputs: Tensor) -> Tensor:
        """The expected picture, in [0, 1]; (B, C*P, H, W) -> (B, C, H, W)."""

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """One picture drawn from p(x|outputs); (B, C*P, H, W) -> (B, C, H, W)."""


@dataclass(frozen=True)
class Bernoulli:
    """Each pixel on or off; grey levels are read as the probability of being on."""

    @property
    def outputs_per_channel(self) -> int:
        return 1

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        # In logits l, for no probability may round to 0 or 1: x l - log(1 + e^l).
        return (x * outputs - functional.softplus(outputs)).sum((-3, -2, -1))

    def mean(self, outputs: Tensor) -> Tensor:
        return torch.sigmoid(outputs)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return torch.bernoulli(torch.sigmoid(outputs), generator=generator)


@dataclass(frozen=True)
class Gaussian:
    """Each pixel normal around the output, with one standard deviation `sigma` in [0, 1] units.

    `sigma` may be a tensor of no dimensions, to be learnt.
    """

    sigma: float | Tensor = 0.1

    @property
    def outputs_per_channel(self) -> int:
        return 1

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        log_sigma = self.sigma.log() if isinstance(self.sigma, Tensor) else math.log(self.sigma)
        terms = LOG_2PI + 2.0 * log_sigma + (x - outputs).square() / self.sigma**2
        return -0.5 * terms.sum((-3, -2, -1))

    def mean(self, outputs: Tensor) -> Tensor:
        return outputs.clamp(0.0, 1.0)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return (outputs + self.sigma * standard_noise(outputs, generator)).clamp(0.0, 1.0)


@dataclass(frozen=True)
class Categorical:
    """Each channel of each pixel one of `levels` evenly spaced grey levels, 0 and 1 included."""

    levels: int = 256

    @property
    def outputs_per_channel(self) -> int:
        return self.levels

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        level = (x * (self.levels - 1)).round().long()
        log_p = torch.log_softmax(self._by_level(outputs), dim=-4)
        batch = torch.broadcast_shapes(log_p.shape[:-4], level.shape[:-3])
        level = level.expand(*batch, *level.shape[-3:]).unsqueeze(-4)
        picked = log_p.expand(*batch, *log_p.shape[-4:]).gather(-4, level)
        return picked.sum((-4, -3, -2, -1))

    def mean(self, outputs: Tensor) -> Tensor:
        p = torch.softmax(self._by_level(outputs), dim=-4)
        grey = torch.linspace(0.0, 1.0, self.levels, dtype=p.dtype, device=p.device)
        return (p * grey.view(-1, 1, 1, 1)).sum(-4)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        p = torch.softmax(self._by_level(outputs), dim=-4).movedim(-4, -1)
        flat = p.reshape(-1, self.levels)
        level = torch.multinomial(flat, 1, generator=generator).view(p.shape[:-1])
        return level.to(outputs.dtype) / (self.levels - 1)

    def _by_level(self, outputs: Tensor) -> Tensor:
        """(..., levels * C, H, W) -> (..., levels, C, H, W)."""
        levels: Tensor = outputs.unflatten(-3, (self.levels, -1))
        return levels


LIKELIHOODS: tuple[str, ...] = ("bernoulli", "gaussian", "categorical")


def make_likelihood(name: str, *, sigma: float = 0.1, levels: int = 256) -> Likelihood:
    """The likelihood called `name`, one of LIKELIHOODS.

    Raises:
        KeyError: for any other name.
    """
    choices: dict[str, Likelihood] = {
        "bernoulli": Bernoulli(),
        "gaussian": Gaussian(sigma),
        "categorical": Categorical(levels),
    }
    return choices[name]
