"""Distributions of points in the plane: some with a name and a known density, some drawn by hand.

    p(x) = sum_k w_k N(x; c_k, s^2 I)
    log p(x) = logsumexp_k ( log w_k - |x - c_k|^2 / (2 s^2) ) - log(2 pi s^2)
    (p * N(0, h^2 I))(x): the same with s^2 + h^2       blurring is exact

Rings, grids, spirals and lines are many small Gaussians. Those with a name lie about the origin, within the
square from -2 to 2. Everything is float64.

Source: the sets on which Metz et al., Unrolled Generative Adversarial Networks (2017), and Srivastava et al.,
VEEGAN (2017), look at lost modes: rings and grids of Gaussians.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

# Numbers of the table of points and centres that is held at once.
_NUMBERS = 2**22


@dataclass(frozen=True, eq=False)
class Points:
    """A mixture of round Gaussians of one width.

    Attributes:
        centres: (K, 2).
        width: s, the standard deviation of each; 0 for the centres themselves, which have no density.
        weights: (K,), adding up to 1; None if all are equal.
        modes: (M, 2), places that a model of these points should reach; None if there are none to count.
    """

    centres: Tensor
    width: float
    weights: Tensor | None = None
    modes: Tensor | None = None

    def __post_init__(self) -> None:
        if self.centres.ndim != 2 or self.centres.shape[1] != 2 or not len(self.centres):
            raise ValueError(f"centres of shape {tuple(self.centres.shape)}; expected (K, 2)")
        if not bool(self.centres.isfinite().all()):
            raise ValueError("centres must be finite")

    @property
    def known(self) -> bool:
        """Whether it has a density."""
        return self.width > 0.0

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """(count, 2)."""
        if self.weights is None:
            which = torch.randint(len(self.centres), (count,), generator=generator)
        else:
            which = torch.multinomial(self.weights, max(2, count), replacement=True, generator=generator)
        noise = torch.randn(count, 2, generator=generator, dtype=torch.float64)
        return self.centres[which[:count]] + self.width * noise

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) in nats, (N, 2) -> (N,).

        Raises:
            ValueError: if it has none.
        """
        if not self.known:
            raise ValueError("points without a width have no density")
        rows = max(1, _NUMBERS // len(self.centres))
        return torch.cat([self._log_density(some) for some in x.double().split(rows)])

    def _log_density(self, x: Tensor) -> Tensor:
        variance = self.width**2
        squares = (x.unsqueeze(1) - self.centres).square().sum(2)
        each = -squares / (2.0 * variance)
        each = each - math.log(len(self.centres)) if self.weights is None else each + self.weights.log()
        return each.logsumexp(1) - math.log(2.0 * math.pi * variance)

    def on_grid(self, places: Tensor) -> Tensor:
        """p at the nodes of a square grid, row by row: (R,) coordinates -> (R, R), up and across.

        A round Gaussian is one across times one up, so that it takes K R numbers and not K R^2.
        """
        if not self.known:
            raise ValueError("points without a width have no density")
        across, up = (
            torch.exp(-(places - self.centres[:, one : one + 1]).square() / (2.0 * self.width**2))
            for one in (0, 1)
        )
        weights = self.weights
        across = across / len(across) if weights is None else across * weights.unsqueeze(1)
        found: Tensor = up.T @ across / (2.0 * math.pi * self.width**2)
        return found

    def blurred(self, by: float) -> Points:
        """With Gaussian noise of this standard deviation added."""
        return replace(self, width=math.hypot(self.width, by))

    def moved(self, by: Sequence[float]) -> Points:
        """Moved across and up."""
        step = torch.tensor(tuple(by), dtype=torch.float64)
        modes = None if self.modes is None else self.modes + step
        return replace(self, centres=self.centres + step, modes=modes)

    @property
    def mean(self) -> Tensor:
        """(2,)."""
        if self.weights is None:
            return self.centres.mean(0)
        return self.weights @ self.centres


def reached(points: Tensor, modes: Tensor, width: float, share: float = 0.25) -> tuple[int, float]:
    """How many modes have at least `share` of their equal part of the points, and which part of all points
    lies within three widths of a mode.

    Args:
        points: (N, 2).
        modes: (M, 2), all of one weight.
    """
    distances = torch.cdist(points.double(), modes)
    nearest, which = distances.min(1)
    good = nearest <= 3.0 * width
    counts = torch.bincount(which[good], minlength=len(modes))
    enough = max(1.0, share * len(points) / len(modes))
    return int((counts >= enough).sum()), float(good.double().mean())


def _round(radius: float, count: int) -> Tensor:
    angle = torch.arange(count, dtype=torch.float64) * (2.0 * math.pi / count)
    return radius * torch.stack((angle.cos(), angle.sin()), 1)


def _ring_of_gaussians() -> Points:
    centres = _round(1.4, 8)
    return Points(centres, 0.1, modes=centres)


def _grid() -> Points:
    places = torch.linspace(-1.4, 1.4, 5, dtype=torch.float64)
    centres = torch.cartesian_prod(places, places)
    return Points(centres, 0.07, modes=centres)


def _rings() -> Points:
    # Twice the length has twice the points.
    return Points(torch.cat((_round(1.5, 96), _round(0.75, 48))), 0.06)


def _spiral() -> Points:
    # Evenly along its length: the angle grows with the root.
    t = torch.linspace(0.03, 1.0, 128, dtype=torch.float64).sqrt()
    angle = t * (3.5 * math.pi)
    return Points(1.55 * t.unsqueeze(1) * torch.stack((angle.cos(), angle.sin()), 1), 0.07)


def _moons() -> Points:
    angle = torch.linspace(0.0, math.pi, 48, dtype=torch.float64)
    upper = torch.stack((angle.cos() - 0.5, angle.sin() - 0.25), 1)
    return Points(torch.cat((upper, -upper)), 0.1)


def _board() -> Points:
    places = torch.linspace(-1.5, 1.5, 16, dtype=torch.float64)
    centres = torch.cartesian_prod(places, places)
    cell = ((centres + 1.6) / 0.8).floor().sum(1)
    return Points(centres[cell % 2 == 0], 0.07)


def _line() -> Points:
    up = torch.linspace(-1.0, 1.0, 64, dtype=torch.float64)
    return Points(torch.stack((torch.zeros_like(up), up), 1), 0.05)


def _gaussian() -> Points:
    return Points(torch.zeros(1, 2, dtype=torch.float64), 0.6)


def _two() -> Points:
    centres = torch.tensor(((-0.9, 0.0), (0.9, 0.0)), dtype=torch.float64)
    return Points(centres, 0.3, torch.tensor((0.7, 0.3), dtype=torch.float64))


# What makes them, by name.
NAMED: dict[str, Callable[[], Points]] = {
    "ring": _ring_of_gaussians,
    "grid": _grid,
    "spiral": _spiral,
    "rings": _rings,
    "moons": _moons,
    "board": _board,
    "line": _line,
    "two": _two,
    "blob": _gaussian,
}


def named(name: str) -> Points:
    """The points of this name.

    Raises:
        KeyError: if there are none.
    """
    return NAMED[name]()


def drawn(strokes: Sequence[Sequence[tuple[float, float]]], width: float, step: float) -> Points:
    """Points along strokes, evenly by length: a Gaussian of this width every `step`.

    Args:
        strokes: the corners of each, at least one in all.
    """
    places = []
    for stroke in strokes:
        corners = torch.tensor(list(stroke), dtype=torch.float64).view(-1, 2)
        places.append(corners[:1])
        for one, next_ in itertools.pairwise(corners):
            parts = max(1, math.ceil(float((next_ - one).norm()) / step))
            shares = torch.arange(1, parts + 1, dtype=torch.float64).unsqueeze(1) / parts
            places.append(torch.lerp(one, next_, shares))
    return Points(torch.cat(places), width)


def fitted(rows: Tensor, spread: float = 0.7) -> Points:
    """Given points (N, 2), of which no density is known: moved to the middle, and scaled so that the mean
    variance of a coordinate is the square of `spread`.
    """
    rows = rows.double()
    rows = rows - rows.mean(0)
    size = float(rows.var(0, correction=0).mean().sqrt())
    return Points(rows * (spread / size if size > 0.0 else 1.0), 0.0)
