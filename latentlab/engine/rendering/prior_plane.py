"""A prior projected on a plane: its quantiles along the two axes, and facts for the window.

    N(0, I)              each direction of a plane has the quantiles Phi^-1(p)
    its marginals known  those of its marginal along the direction
    z = T(u), u ~ N(0, I)   along axes of z that T maps each by itself: T(Phi^-1(p))
    any other            quantiles of draws, projected on the direction

In place of the circles at 1, 2 and 3 sigma of N(0, I) stand the level lines of the density on the plane
within which as much of a prior lies: 1 - exp(-sigma^2 / 2), which is 39 %, 86 % and 98.9 %.

Source of the grid: Kingma & Welling (2014), fig. 4.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentlab.core import gaussian, latent
from latentlab.core.level_lines import Line, level_lines
from latentlab.engine.rendering.prior_facts import PriorFacts
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Flat, Point
from latentlab.models.base import Decodes, HasPrior, prior_of
from latentlab.models.priors import FromNormal, Prior, Projects, is_standard

_DRAWS, _KEPT = 20_000, 256
# Draws from which the levels of lines are found.
_FEWER = 4000
_NUMBERS = 200_000
_SIGMAS, _CORNERS = (1.0, 2.0, 3.0), 96
# Cells of the grid on which level lines are found, along each axis.
_CELLS = 100
# The extent of a prior: the share of N(0, 1) within 2.3 standard deviations.
_NEARLY = 0.99


def quantile_axes(
    prior: Prior, projection: Projection | None, columns: int, rows: int
) -> tuple[Tensor, Tensor]:
    """Coordinates of equal prior mass along the two axes of a plane; float64 (columns,) and (rows,)."""
    if is_standard(prior):
        return latent.quantile_axis(columns), latent.quantile_axis(rows)
    plane = projection or Projection.pair(0, 1, prior.dimensions)
    if isinstance(prior, Projects):
        return _along(prior, plane.across, columns), _along(prior, plane.up, rows)
    if isinstance(prior, FromNormal) and plane.axes is not None and _maps_axes(prior):
        return _mapped(prior, plane.axes[0], columns), _mapped(prior, plane.axes[1], rows)
    z = _draws(prior)
    directions = torch.tensor([plane.across, plane.up], dtype=torch.float64)
    return _quantiles(z @ directions[0], columns), _quantiles(z @ directions[1], rows)


def log_prior_in_plane(prior: Prior, projection: Projection, across: Tensor, up: Tensor) -> Tensor | None:
    """log p of a plane's coordinates, (columns,) and (rows,) -> (rows or 1, columns); None where unknown.

    It is known for N(0, I), whose projections are normal, for a prior that has its marginals, and for a space
    that is the plane itself.
    """
    flat = projection.flat
    if is_standard(prior):
        square = across.square() + (0.0 if flat else up.square().unsqueeze(-1))
        return -0.5 * ((1 if flat else 2) * gaussian.LOG_2PI + square)
    if isinstance(prior, Projects):
        places = across.unsqueeze(-1) if flat else _mesh(across, up)
        found = _shown(prior, projection).log_density(places)
        return found.unsqueeze(0) if flat else found
    if flat and prior.dimensions == 1:
        return prior.log_density(across.unsqueeze(-1)).unsqueeze(0)
    if prior.dimensions != 2 or projection.axes is None:
        return None
    places = _mesh(across, up)
    return prior.log_density(places if projection.axes == (0, 1) else places.flip(-1))


def prior_edge(prior: Prior, projection: Projection) -> float | None:
    """log p in the plane above which as much of a prior lies as within 3 sigma of N(0, I), if known."""
    if is_standard(prior):
        dimensions = 1 if projection.flat else 2
        return -0.5 * (dimensions * gaussian.LOG_2PI + _SIGMAS[-1] ** 2)
    return _levels(_shown(prior, projection))[-1] if isinstance(prior, Projects) else None


def prior_lines(prior: Prior, projection: Projection) -> tuple[Line, ...]:
    """The level lines of a prior's density on a plane, in its coordinates; none where it is not known."""
    if not isinstance(prior, Projects) or projection.flat or prior.dimensions < 2:
        return ()
    shown = _shown(prior, projection)
    drawn = _draws(shown)
    low, high = drawn.min(0).values, drawn.max(0).values
    margin = 0.15 * (high - low)
    share = torch.linspace(0.0, 1.0, _CELLS, dtype=torch.float64).unsqueeze(1)
    across, up = torch.lerp(low - margin, high + margin, share).T
    height = shown.log_density(_mesh(across, up)).numpy()
    found = (level_lines(height, across.numpy(), up.numpy(), level) for level in _levels(shown))
    return tuple(line for lines in found for line in lines)


def facts_of(model: Decodes) -> PriorFacts:
    """The facts about a model's prior."""
    prior, latents = prior_of(model), model.latents
    stands_in = not isinstance(model, HasPrior)
    if is_standard(prior):
        reach = -float(torch.special.ndtri(torch.tensor((1.0 - _NEARLY) / 2.0, dtype=torch.float64)))
        return PriorFacts(
            prior.formula, True, stands_in, (0.0,) * latents, (-reach,) * latents, (reach,) * latents
        )
    z = _draws(prior)
    low, high = (z.quantile(share, 0) for share in ((1.0 - _NEARLY) / 2.0, (1.0 + _NEARLY) / 2.0))
    middle = z.mean(0)
    if isinstance(prior, Projects):
        # The mean of a mixture may lie in a hole.
        middle = prior.highest()
    elif isinstance(prior, FromNormal):
        middle = prior.from_normal(torch.zeros(1, latents))[0]
    return PriorFacts(
        formula=prior.formula,
        standard=False,
        stands_in=stands_in,
        middle=_point(middle),
        low=_point(low),
        high=_point(high),
        contours=_contours(prior),
        draws=tuple(map(_point, z[:_KEPT])),
    )


def _draws(prior: Prior) -> Tensor:
    """The same draws at every call, float64 (N, D); fewer of many dimensions."""
    count = max(_FEWER, min(_DRAWS, _NUMBERS // prior.dimensions))
    return prior.draw(count, torch.Generator().manual_seed(0)).double()


def _quantiles(values: Tensor, count: int) -> Tensor:
    return values.quantile((torch.arange(count, dtype=torch.float64) + 0.5) / count)


def _mesh(across: Tensor, up: Tensor) -> Tensor:
    """(u, v) at each row and column, (rows, columns, 2)."""
    return torch.stack(torch.meshgrid(up, across, indexing="ij"), -1).flip(-1)


def _shown(prior: Projects, projection: Projection) -> FromNormal:
    """What a plane, or a line, shows of a prior."""
    rows = [projection.across] if projection.flat else [projection.across, projection.up]
    return prior.projected(torch.tensor(rows, dtype=torch.float64))


def _along(prior: Projects, direction: Point, count: int) -> Tensor:
    """Quantiles along a direction, (count,); 0 along none."""
    if not any(direction):
        return torch.zeros(count, dtype=torch.float64)
    line = prior.projected(torch.tensor([direction], dtype=torch.float64))
    return line.from_normal(latent.quantile_axis(count).unsqueeze(-1))[:, 0].double()


def _levels(shown: Prior) -> list[float]:
    """The log densities above which as much of a prior lies as within each sigma of N(0, I)."""
    height = shown.log_density(_draws(shown)[:_FEWER]).double()
    squares = torch.tensor(_SIGMAS, dtype=torch.float64).square()
    if shown.dimensions == 1:
        outside = torch.special.erfc((0.5 * squares).sqrt())
    else:
        outside = torch.exp(-0.5 * squares)
    levels: list[float] = height.quantile(outside).tolist()
    return levels


def _maps_axes(prior: FromNormal) -> bool:
    """Whether each coordinate of T(u) depends on that of u alone, tested at some points."""
    u = torch.randn(64, prior.dimensions, generator=torch.Generator().manual_seed(0))
    whole = prior.from_normal(u)
    for axis in range(prior.dimensions):
        alone = torch.zeros_like(u)
        alone[:, axis] = u[:, axis]
        if not torch.allclose(prior.from_normal(alone)[:, axis], whole[:, axis], atol=1e-5):
            return False
    return True


def _mapped(prior: FromNormal, axis: int, count: int) -> Tensor:
    u = torch.zeros(count, prior.dimensions)
    u[:, axis] = latent.quantile_axis(count).float()
    return prior.from_normal(u)[:, axis].double()


def _contours(prior: Prior) -> tuple[tuple[Flat, ...], ...]:
    if prior.dimensions == 2 and isinstance(prior, Projects):
        return prior_lines(prior, Projection.pair(0, 1, 2))
    if prior.dimensions != 2 or not isinstance(prior, FromNormal):
        return ()
    angle = torch.linspace(0.0, 2.0 * math.pi, _CORNERS)
    circle = torch.stack([angle.cos(), angle.sin()], -1)
    lines = (prior.from_normal(sigma * circle).tolist() for sigma in _SIGMAS)
    return tuple(tuple((float(x), float(y)) for x, y in line) for line in lines)


def _point(row: Tensor) -> Point:
    return tuple(float(value) for value in row)
