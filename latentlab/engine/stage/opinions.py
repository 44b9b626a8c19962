"""What a discriminator believes, beside what is so.

    log p/q      f(x) of a discriminator, once it has learnt
    JS           log 2 - 1/2 ( E_x softplus(-f(x)) + E_G softplus(f(x)) ): at most the true one, for no f is
                 better than the best
    |grad f|     of the best critic: 1 on the segments of the best transport plan (Gulrajani et al. 2017,
                 proposition 1), at most 1 elsewhere

The density of what a generator makes is not known: it is that of many of its points, each blurred, and then
so is that of the data.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentlab.core.density_ratio import correlation, jensen_shannon_bound
from latentlab.core.divergence import jensen_shannon, places, square
from latentlab.core.points import Points
from latentlab.engine.stage.duel import Duel
from latentlab.engine.stage.events import FIELD, REACH, Ratio, Slopes
from latentlab.engine.stage.numbers import numbers

# The blur, and the points of an estimated density.
BLUR, _MANY = 0.1, 2000
_ALONG = 21
_QUANTILES = (0.1, 0.5, 0.9)
_JS_CELLS, _JS_DRAWS, _WIDER = 128, 4000, 1.25


def slopes_of(duel: Duel, ends: Tensor, made: Tensor) -> Slopes:
    """|grad f| between made points (N, 2) and where the best plan takes them (N, 2)."""
    draw = torch.Generator().manual_seed(0)
    others = ends[torch.randperm(len(ends), generator=draw)]
    along = torch.linspace(0.0, 1.0, _ALONG)
    found = []
    for start in (ends, others):
        steps = torch.lerp(start.unsqueeze(0), made.unsqueeze(0), along.view(-1, 1, 1).double())
        slope = duel.slope(steps.flatten(0, 1).float()).view(_ALONG, -1)
        found.append(numbers(slope.quantile(torch.tensor(_QUANTILES), dim=1)))
    return Slopes(numbers(along), *found)


def densities(duel: Duel, data: Points) -> tuple[Points, Points, bool] | None:
    """p and q, and whether both are exact; None where the data have no density."""
    if not data.known:
        return None
    other = duel.points
    if other is not None:
        return (data, other, True) if other.known else None
    return data.blurred(BLUR), Points(duel.made(_MANY), BLUR), False


def ratio_of(duel: Duel, data: Points, cloud: Tensor, made: Tensor) -> Ratio | None:
    """At the points of both clouds."""
    found = densities(duel, data)
    if found is None:
        return None
    p, q, exact = found
    x = torch.cat((cloud, made))
    true, believed = p.log_density(x) - q.log_density(x), duel.value(x).double()
    found_with = correlation(true, believed)
    return Ratio(numbers(true), numbers(believed), 0.0 if math.isnan(found_with) else found_with, exact)


def js_of(duel: Duel, data: Points) -> dict[str, float]:
    """The divergence as the discriminator has it, and on a grid."""
    draw = torch.Generator().manual_seed(1)
    real, made = data.draw(_JS_DRAWS, draw), duel.made(_JS_DRAWS)
    f = torch.cat((duel.value(real), duel.value(made)))
    figures = {"JS by the discriminator": jensen_shannon_bound(f, torch.arange(len(f)) < len(real))}
    found = densities(duel, data)
    if found is not None:
        line, cell = places(_WIDER * REACH, _JS_CELLS), (2.0 * _WIDER * REACH / _JS_CELLS) ** 2
        p, q = (one.on_grid(line) for one in found[:2])
        if float(q.sum()) > 0.0:
            figures["JS on a grid"] = jensen_shannon(p, q, cell)
    return figures


def nodes() -> Tensor:
    """The nodes of a field."""
    return square(REACH, FIELD)
