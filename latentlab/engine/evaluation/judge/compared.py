"""The six figures that compare samples with training pictures in a feature space.

Errors: of the Fréchet distance by bootstrap over the samples; of the kernel distance over blocks of both
sets; of shares the binomial one, and of density that of a mean.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core.frechet import moments, squared_distance
from latentlab.core.judgement import Behind
from latentlab.core.kernel_distance import squared_mmd, squared_mmd_error
from latentlab.core.manifolds import cover
from latentlab.engine.evaluation.judge.spaces import Reference

# Pictures that a cell names.
SHOWN = 24
_BOOTSTRAPS = 24
NOTHING_BEHIND = Behind()
NAMES = ("frechet", "kid", "precision", "recall", "density", "coverage")


@dataclass(frozen=True)
class Figure:
    """A figure with its standard error, and the pictures behind it."""

    value: float
    error: float
    behind: Behind = NOTHING_BEHIND


def compare(reference: Reference, points: Tensor, seed: int) -> Generator[float, None, dict[str, Figure]]:
    """Figures by name of samples' points (N, F); yields the share done."""
    stream = torch.Generator().manual_seed(seed)
    first = Behind("samples", tuple(range(min(SHOWN, len(points)))), "the first samples")
    found = {}
    distance = squared_distance(moments(points), reference.train)
    again = []
    for number in range(_BOOTSTRAPS):
        chosen = torch.randint(len(points), (len(points),), generator=stream)
        again.append(squared_distance(moments(points[chosen]), reference.train))
        if number % 8 == 7:
            yield 0.5 * (number + 1) / _BOOTSTRAPS
    found["frechet"] = Figure(distance, float(torch.tensor(again).std()), first)
    real = reference.real.points
    distance, error = squared_mmd(points, real), squared_mmd_error(points, real, stream)
    found["kid"] = Figure(distance, error, first)
    yield 0.75
    covering = cover(reference.real, points)
    precise = covering.precise.double()
    found["precision"] = share(
        precise, Behind("samples", _where(~covering.precise), "samples that lie among no training pictures")
    )
    found["recall"] = share(
        covering.recalled.double(),
        Behind("training", _where(~covering.recalled, reference.numbers), "training pictures near no sample"),
    )
    loneliest = covering.dense.argsort(stable=True)[:SHOWN]
    found["density"] = mean(
        covering.dense, Behind("samples", tuple(loneliest.tolist()), "samples in the fewest balls")
    )
    found["coverage"] = share(
        covering.covered.double(),
        Behind(
            "training", _where(~covering.covered, reference.numbers), "training pictures without a sample"
        ),
    )
    yield 1.0
    return found


def mean(of_each: Tensor, behind: Behind = NOTHING_BEHIND) -> Figure:
    """The mean over pictures (N,), with its standard error."""
    spread = float(of_each.double().std()) if len(of_each) > 1 else math.nan
    return Figure(float(of_each.double().mean()), spread / math.sqrt(len(of_each)), behind)


def share(of_each: Tensor, behind: Behind = NOTHING_BEHIND) -> Figure:
    """The share of ones in (N,), with its standard error; of none or all, as if one were otherwise."""
    n, p = len(of_each), float(of_each.double().mean())
    likely = min(max(p, 1.0 / (n + 1)), n / (n + 1))
    return Figure(p, math.sqrt(likely * (1.0 - likely) / n), behind)


def _where(which: Tensor, numbers: Tensor | None = None) -> tuple[int, ...]:
    found = which.nonzero().squeeze(1)[:SHOWN]
    return tuple((found if numbers is None else numbers[found]).tolist())
