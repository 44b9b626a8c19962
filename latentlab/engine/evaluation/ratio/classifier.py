"""The classifier between two sets of pictures, and its training.

    f(x) = alpha g(x) + beta + c(x)                              f: the log ratio, before calibration
    loss = -[ y log sigmoid(f) + (1 - y) log (1 - sigmoid(f)) ],   y = 1 for pictures of A

g is the log ratio of two Gaussians, see `latentlab.core.gaussian_ratio`, and the classifier begins with it: a
network takes long to learn what a square is, is wrong far out, and misses a difference along directions in
which pictures vary little beside others. c is a small convolutional net without norms, for what distinguishes
two sets may be how strong their contrast is. It begins with 0 and learns what the Gaussians do not see. Its
weights are averaged over steps, and those are kept with which the loss of pictures that were put aside was
lowest.

The Gaussians are fitted twice, each time to one half of the pictures: while the network learns, the g of a
picture is by those that were fitted to the others. That of a picture that is not learnt from is the mean of
both.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.density_ratio import platt
from latentlab.core.gaussian_ratio import GaussianRatio, gaussian_ratio
from latentlab.engine.training.adam import AdamW
from latentlab.engine.training.averages import Averages
from latentlab.engine.training.weights import Weights
from latentlab.models.players import Player

# One in so many pictures is put aside.
_ASIDE = 5
_BATCH, _AT_ONCE = 64, 500
_RATE, _DECAY, _BETAS, _AVERAGE = 1e-3, 1e-3, (0.9, 0.999), 0.99
# The most times through the pictures, and the fewest and the most steps.
_ROUNDS, _FEWEST, _MOST = 40, 400, 2500
# The loss of what was put aside is looked at after a round, but not more often than after so many steps; it
# may fail to fall so often, after the fewest steps: with few pictures a round is a step or two, in which
# nothing falls.
_LOOK, _PATIENCE = 25, 4
_LEAST_FALL = 1e-4
# Steps between two events.
_PIECE = 4
_WIDTH, _GRID = 64, 4
# The Gaussians see larger pictures made small: a matrix of so many rows has to be turned.
_NUMBERS = 1024


class RatioNet(nn.Module):
    """c of pictures (B, C, H, W), float -> (B,).

    Args:
        centre: the mean picture, (C, H, W).
        scale: what differences from it are divided by.
    """

    centre: Tensor

    def __init__(self, centre: Tensor, scale: float) -> None:
        super().__init__()
        channels, height, width = centre.shape
        self.register_buffer("centre", centre)
        self.scale = scale
        # Full resolution would take as long as all the rest.
        stride, half = (2 if min(height, width) >= 16 else 1), _WIDTH // 2
        last = nn.Linear(2 * _WIDTH, 1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(
            nn.Conv2d(channels, half, 3, stride, 1), nn.SiLU(),
            nn.Conv2d(half, _WIDTH, 3, 1, 1), nn.SiLU(),
            nn.Conv2d(_WIDTH, _WIDTH, 3, 2, 1), nn.SiLU(),
            nn.Conv2d(_WIDTH, _WIDTH, 3, 1, 1), nn.SiLU(),
            nn.AdaptiveAvgPool2d(_GRID), nn.Flatten(),
            nn.Linear(_WIDTH * _GRID**2, 2 * _WIDTH), nn.SiLU(), last,
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        c: Tensor = self.layers((x - self.centre) / self.scale)
        return c.squeeze(1)


@dataclass(frozen=True, eq=False)
class Gaussians:
    """alpha g(x) + beta, by the mean of two g; on the CPU."""

    pair: tuple[GaussianRatio, GaussianRatio]
    slope: float
    offset: float

    def __call__(self, x: Tensor) -> Tensor:
        """Of pictures (N, C, H, W), uint8 or float; -> float32 (N,)."""
        rows = as_rows(x)
        one, other = (ratio(rows) for ratio in self.pair)
        return (self.slope * 0.5 * (one + other) + self.offset).float()


class Fitted:
    """A trained classifier."""

    def __init__(self, gaussians: Gaussians, net: RatioNet) -> None:
        self._gaussians, self._net = gaussians, net

    @torch.no_grad()
    def __call__(self, x: Tensor) -> Tensor:
        """f of pictures (N, C, H, W), uint8 or float; -> float32 (N,) on the CPU."""
        return torch.cat([self._gaussians(some) + _net_of(self._net, some) for some in x.split(_AT_ONCE)])


def as_numbers(x: Tensor) -> Tensor:
    """uint8 pictures in [0, 1]; others as they are, float32."""
    return x.float() / 255.0 if x.dtype == torch.uint8 else x.float()


def as_rows(x: Tensor) -> Tensor:
    """Pictures (N, C, H, W) as rows of at most 1024 numbers, float64, the larger ones made small."""
    numbers, (channels, height, width) = as_numbers(x), x.shape[1:]
    if channels * height * width > _NUMBERS:
        side = max(1, math.isqrt(_NUMBERS // channels))
        numbers = functional.adaptive_avg_pool2d(numbers, (min(side, height), min(side, width)))
    return numbers.flatten(1).double()


def fit(
    x: Tensor, is_a: Tensor, seed: int, device: torch.device | str = "cpu"
) -> Generator[float, None, Fitted]:
    """Trains a classifier; yields the share of the most steps done.

    Args:
        x: pictures (N, C, H, W), uint8 or float.
        is_a: bool (N,), which of them are of A; about as many as are not, and five or more of each.
        seed: of everything random.
    """
    stream = torch.Generator().manual_seed(seed)
    held, one, other = _dealt(is_a, stream)
    learnt = torch.cat([one, other])
    gaussians, start = yield from _begin(x, is_a, one, other)
    net = _network(x, learnt, seed).to(device)
    averaged = copy.deepcopy(net).eval()
    weights, averages = Weights(net), Averages(net, averaged, (Player(),), _AVERAGE)
    optimiser = AdamW(weights, betas=_BETAS, weight_decay=_DECAY)
    known, labels = gaussians(x[held]), is_a[held].float()
    best, waited = averages.vector.clone(), 0
    lowest = float(functional.binary_cross_entropy_with_logits(known, labels))
    each = math.ceil(len(learnt) / _BATCH)
    steps, look = min(_MOST, max(_FEWEST, _ROUNDS * each)), max(_LOOK, each)
    for step, some in enumerate(_batches(len(learnt), stream), 1):
        picked = learnt[some]
        f = start[some].to(device) + net(as_numbers(x[picked]).to(device))
        loss = functional.binary_cross_entropy_with_logits(f, is_a[picked].float().to(device))
        weights.differentiate(loss)
        optimiser.step(_RATE)
        averages.follow(weights.theta, step)
        if step % _PIECE == 0:
            yield min(1.0, step / steps)
        if step % look == 0 or step == steps:
            with torch.no_grad():
                f = known + torch.cat([_net_of(averaged, part) for part in x[held].split(_AT_ONCE)])
            loss = functional.binary_cross_entropy_with_logits(f, labels)
            waited += 1
            if float(loss) < lowest - _LEAST_FALL:
                lowest, waited = float(loss), 0
                best.copy_(averages.vector)
        if (waited >= _PATIENCE and step >= _FEWEST) or step >= steps:
            break
    averages.vector.copy_(best)
    return Fitted(gaussians, averaged)


def _dealt(is_a: Tensor, stream: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers of the pictures that are put aside, and of two halves of the others: of each set alike."""
    parts: tuple[list[Tensor], ...] = ([], [], [])
    for some in (is_a.nonzero().flatten(), (~is_a).nonzero().flatten()):
        mixed = some[torch.randperm(len(some), generator=stream)]
        aside = max(1, len(some) // _ASIDE)
        for part, numbers in zip(parts, (mixed[:aside], mixed[aside::2], mixed[aside + 1 :: 2]), strict=True):
            part.append(numbers)
    held, one, other = (torch.cat(part) for part in parts)
    return held, one, other


def _begin(
    x: Tensor, is_a: Tensor, one: Tensor, other: Tensor
) -> Generator[float, None, tuple[Gaussians, Tensor]]:
    """The Gaussians' part, and its values for the pictures of both halves, (N,), none fitted to itself."""
    rows, pair, values = (as_rows(x[one]), as_rows(x[other])), list[GaussianRatio](), list[Tensor]()
    labels = is_a[one], is_a[other]
    for number in range(2):
        yield 0.0
        pair.append(gaussian_ratio(rows[number], labels[number], rows[1 - number], labels[1 - number]))
        yield 0.0
        values.append(pair[-1](rows[1 - number]))
    g = torch.cat([values[1], values[0]])
    slope, offset = platt(g, torch.cat(labels))
    return Gaussians((pair[0], pair[1]), slope, offset), (slope * g + offset).float()


def _network(x: Tensor, learnt: Tensor, seed: int) -> RatioNet:
    """A new one, for pictures such as those it learns from."""
    mean = as_numbers(x[learnt]).mean(0)
    squares = sum(float((as_numbers(some) - mean).square().sum()) for some in x[learnt].split(_AT_ONCE))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return RatioNet(mean, max(1e-6, math.sqrt(squares / (len(learnt) * mean.numel()))))


def _batches(count: int, stream: torch.Generator) -> Iterator[Tensor]:
    """Places of pictures, 64 at a time, round after round."""
    while True:
        yield from torch.randperm(count, generator=stream).split(_BATCH)


def _net_of(net: RatioNet, x: Tensor) -> Tensor:
    """c of some pictures, on the CPU."""
    c: Tensor = net(as_numbers(x).to(net.centre.device)).cpu()
    return c
