"""The classifier between two sets of pictures, and its training.

    f(x) = g(c(x)) + v . h + w . h^2,   h = U x          f: the log ratio, before calibration
    loss = -[ y log sigmoid(f) + (1 - y) log (1 - sigmoid(f)) ],   y = 1 for pictures of A

c is a small convolutional net without norms, for what distinguishes two sets may be how strong their contrast
is. The last two terms have the form of the log ratio of two Gaussians; without them the net has to learn what
a square is, and is wrong far out. Weights are averaged over steps; the training ends where the loss of
pictures that were put aside does not fall any more.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Generator

import torch
from torch import Tensor, nn
from torch.nn import functional

# One in so many pictures is put aside.
_ASIDE, _FEWEST_ASIDE = 5, 10
_BATCH, _AT_ONCE = 64, 500
_RATE, _DECAY = 1e-3, 1e-3
# The most times through the pictures, the most steps, and how often the loss may fail to fall.
_ROUNDS, _STEPS, _PATIENCE = 40, 2500, 4
_LEAST_FALL = 1e-4
# Steps between two events.
_PIECE = 4
_QUADRATIC, _WIDTH, _GRID = 64, 64, 4
# The averaged weights follow this closely: 1 - 1 / steps.
_AVERAGED = 100.0


class RatioNet(nn.Module):
    """f of pictures (B, C, H, W), float -> (B,).

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
        self.body = nn.Sequential(
            nn.Conv2d(channels, half, 3, stride, 1), nn.SiLU(),
            nn.Conv2d(half, _WIDTH, 3, 1, 1), nn.SiLU(),
            nn.Conv2d(_WIDTH, _WIDTH, 3, 2, 1), nn.SiLU(),
            nn.Conv2d(_WIDTH, _WIDTH, 3, 1, 1), nn.SiLU(),
            nn.AdaptiveAvgPool2d(_GRID), nn.Flatten(),
        )  # fmt: skip
        last, squares = nn.Linear(2 * _WIDTH, 1), nn.Linear(2 * _QUADRATIC, 1)
        for layer in (last, squares):  # at first it knows nothing: D = 1/2
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.head = nn.Sequential(nn.Linear(_WIDTH * _GRID**2, 2 * _WIDTH), nn.SiLU(), last)
        self.across = nn.Linear(centre.numel(), _QUADRATIC)
        self.squares = squares

    def forward(self, x: Tensor) -> Tensor:
        x = (x - self.centre) / self.scale
        h = self.across(x.flatten(1))
        f: Tensor = self.head(self.body(x)) + self.squares(torch.cat([h, h.square()], 1))
        return f.squeeze(1)


class Fitted:
    """A trained classifier."""

    def __init__(self, net: RatioNet) -> None:
        self._net = net

    @torch.no_grad()
    def __call__(self, x: Tensor) -> Tensor:
        """f of pictures (N, C, H, W), uint8 or float; -> float32 (N,) on the CPU."""
        device = self._net.centre.device
        return torch.cat([self._net(as_numbers(some).to(device)).cpu() for some in x.split(_AT_ONCE)])


def as_numbers(x: Tensor) -> Tensor:
    """uint8 pictures in [0, 1]; others as they are, float32."""
    return x.float() / 255.0 if x.dtype == torch.uint8 else x.float()


def fit(
    x: Tensor, is_a: Tensor, seed: int, device: torch.device | str = "cpu"
) -> Generator[float, None, Fitted]:
    """Trains a classifier; yields the share of the most steps done.

    Args:
        x: pictures (N, C, H, W), uint8 or float.
        is_a: bool (N,), which of them are of A; about as many as are not.
        seed: of everything random.
    """
    stream = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(x), generator=stream)
    aside = max(_FEWEST_ASIDE, len(x) // _ASIDE)
    held, learnt = order[:aside], order[aside:]
    mean = as_numbers(x[learnt]).mean(0)
    scale = math.sqrt(
        sum(float((as_numbers(some) - mean).square().sum()) for some in x[learnt].split(_AT_ONCE))
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = RatioNet(mean, max(1e-6, scale / math.sqrt(len(learnt) * mean.numel()))).to(device)
    averaged = copy.deepcopy(net).eval()
    best, now = copy.deepcopy(averaged), Fitted(averaged)
    optimiser = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=_DECAY)
    each = math.ceil(len(learnt) / _BATCH)
    rounds = max(2, min(_ROUNDS, _STEPS // each))
    lowest, waited, step = math.inf, 0, 0
    for number in range(rounds):
        for some in learnt[torch.randperm(len(learnt), generator=stream)].split(_BATCH):
            y = is_a[some].float().to(device)
            loss = functional.binary_cross_entropy_with_logits(net(as_numbers(x[some]).to(device)), y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
            _follow(averaged, net, step)
            if step % _PIECE == 0:
                yield min(1.0, step / (rounds * each))
        loss = functional.binary_cross_entropy_with_logits(now(x[held]), is_a[held].float())
        if float(loss) < lowest - _LEAST_FALL:
            lowest, waited, best = float(loss), 0, copy.deepcopy(averaged)
        else:
            waited += 1
        if waited >= _PATIENCE:
            break
        yield (number + 1) / rounds
    return Fitted(best)


@torch.no_grad()
def _follow(averaged: RatioNet, net: RatioNet, step: int) -> None:
    """Moves the averaged weights: the mean of all at first, later of about the last hundred."""
    share = 1.0 / min(_AVERAGED, step)
    for kept, new in zip(averaged.parameters(), net.parameters(), strict=True):
        kept.lerp_(new, share)
