"""Logistic regression: a linear classifier of points, as a probe of what they tell.

    loss = 1/N sum_i -log softmax(W x_i + b)_{y_i}  +  1/(2 C N) |W|^2            one of several classes
    the same with a sigmoid for each attribute, summed over the attributes

It is convex: L-BFGS (Liu & Nocedal, 1989) finds the one minimum; torch's own brings in a compiler that takes
seconds to import. Points are centred and divided by one number, so that their mean variance is 1 and the
penalty does not depend on their scale; directions that hardly vary are not blown up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

# As scikit-learn's default.
C = 1.0
_ROUND, _MOST, _HISTORY = 20, 500, 20
_TOLERANCE, _ARMIJO = 1e-5, 1e-4


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted classifier: logits = ((x - mean) / scale) W^T + b.

    Attributes:
        weight, bias: (A, F) and (A,).
        mean: (F,).
        scale: what differences from it are divided by.
        exclusive: whether the A are classes, not attributes.
    """

    weight: Tensor
    bias: Tensor
    mean: Tensor
    scale: float
    exclusive: bool

    def logits(self, x: Tensor) -> Tensor:
        """(N, F) -> (N, A)."""
        return _standard(x, self.mean, self.scale) @ self.weight.T + self.bias

    def right(self, x: Tensor, y: Tensor) -> Tensor:
        """What it gets right: of classes y (N,) -> 0 or 1 (N,), of attributes (N, A) the share, (N,)."""
        logits = self.logits(x)
        if self.exclusive:
            return (logits.argmax(1) == y).double()
        return ((logits > 0.0) == (y > 0.5)).double().mean(1)


def fit_in_rounds(
    x: Tensor, y: Tensor, names: int, *, exclusive: bool, penalty: float = 1.0 / C
) -> Iterator[float | Linear]:
    """Fits in rounds of 20 steps: yields the share of the most rounds done, at the end the classifier.

    Args:
        x: points (N, F).
        y: int64 (N,), the class of each; or (N, A), 0 or 1 for each attribute.
        names: A, how many classes or attributes there are.
        exclusive: whether they are classes.
        penalty: 1 / C.
    """
    mean = x.mean(0)
    scale = float((x - mean).square().mean().sqrt()) or 1.0
    points = _standard(x, mean, scale)
    target = nn.functional.one_hot(y, names).to(x.dtype) if exclusive else y.to(x.dtype)
    share = penalty / len(x)

    def loss(place: Tensor) -> tuple[Tensor, Tensor]:
        """The loss at weights and biases in one row, and its gradient."""
        weight, bias = place[:-names].view(names, -1), place[-names:]
        logits = points @ weight.T + bias
        if exclusive:
            fitted, p = -(target * torch.log_softmax(logits, 1)).sum(), torch.softmax(logits, 1)
        else:
            fitted = (nn.functional.softplus(logits) - target * logits).sum()
            p = torch.sigmoid(logits)
        apart = (p - target) / len(x)
        gradient = torch.cat([(apart.T @ points + share * weight).flatten(), apart.sum(0)])
        return fitted / len(x) + 0.5 * share * weight.square().sum(), gradient

    place = torch.zeros(names * (x.shape[1] + 1), dtype=x.dtype)
    for number, better in enumerate(_descent(loss, place), 1):
        place = better
        if number % _ROUND == 0:
            yield min(1.0, number / _MOST)
    weight, bias = place[:-names].view(names, -1), place[-names:]
    yield Linear(weight, bias, mean, scale, exclusive)


def _descent(loss: Callable[[Tensor], tuple[Tensor, Tensor]], place: Tensor) -> Iterator[Tensor]:
    """L-BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.4), halving steps that do not descend."""
    value, gradient = loss(place)
    rounding = 4.0 * torch.finfo(place.dtype).eps
    kept: deque[tuple[Tensor, Tensor]] = deque(maxlen=_HISTORY)
    for _ in range(_MOST):
        if float(gradient.abs().max()) <= _TOLERANCE:
            return
        direction = -_times_inverse(gradient, kept)
        slope = float(gradient @ direction)
        step = 1.0 if kept else min(1.0, 1.0 / float(gradient.abs().sum()))
        while True:
            there = place + step * direction
            value_there, gradient_there = loss(there)
            if float(value_there) <= float(value) + _ARMIJO * step * slope:
                break
            step *= 0.5
            if -step * slope <= rounding * float(value):  # no descent is left in these digits
                return
        moved, turned = there - place, gradient_there - gradient
        if float(moved @ turned) > 1e-10 * float(turned @ turned):
            kept.append((moved, turned))
        place, value, gradient = there, value_there, gradient_there
        yield place


def _times_inverse(gradient: Tensor, kept: deque[tuple[Tensor, Tensor]]) -> Tensor:
    """The inverse Hessian, as known from kept moves and turns of the gradient, times a gradient."""
    found, shares = gradient, []
    for moved, turned in reversed(kept):
        share = (moved @ found) / (moved @ turned)
        shares.append(share)
        found = found - share * turned
    if kept:
        moved, turned = kept[-1]
        found = found * ((moved @ turned) / (turned @ turned))
    for (moved, turned), share in zip(kept, reversed(shares), strict=True):
        found = found + moved * (share - (turned @ found) / (moved @ turned))
    return found


def fit(x: Tensor, y: Tensor, names: int, *, exclusive: bool, penalty: float = 1.0 / C) -> Linear:
    """The same at once."""
    *_, last = fit_in_rounds(x, y, names, exclusive=exclusive, penalty=penalty)
    assert isinstance(last, Linear)
    return last


def _standard(x: Tensor, mean: Tensor, scale: float) -> Tensor:
    return (x - mean) / scale
