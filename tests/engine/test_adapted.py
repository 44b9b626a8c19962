"""The wide proposal: a density whose integral is 1, with draws of its own, also of the hints of a grid."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.core.quadrature import Cells, grid
from latentlab.engine.inference.adapted import Hints, Wide
from latentlab.models.priors import StandardNormal


def hints(dimensions: int) -> tuple[Hints, Cells]:
    """Of N(3, 0.2^2) along each axis, in a box of 5 about 0."""
    low = torch.full((dimensions,), -5.0, dtype=torch.float64)
    middle, side = grid(low, -low, 40)
    cells = Cells(middle, side, -0.5 * ((middle - 3.0) / 0.2).square().sum(1))
    return Hints.of(cells, low), cells


@pytest.mark.parametrize("dimensions", [1, 2])
def test_that_the_integral_of_the_proposal_is_one(dimensions: int) -> None:
    found, _ = hints(dimensions)
    mean = torch.full((dimensions,), 0.4, dtype=torch.float64)
    wide = Wide(mean, torch.full_like(mean, -2.0), StandardNormal(dimensions), found)
    low = torch.full((dimensions,), -8.0, dtype=torch.float64)
    middle, side = grid(low, -low, 480)
    mass = (wide.log_density(middle) + side.log().sum(1)).logsumexp(0)
    assert float(mass) == pytest.approx(0.0, abs=1e-2)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_that_draws_of_hints_lie_in_their_cells_as_often_as_these_have_shares(dimensions: int) -> None:
    found, cells = hints(dimensions)
    z = found.draw(20_000, torch.Generator().manual_seed(0))
    best = cells.middle[cells.value.argmax()]
    inside = ((z - best).abs() <= 0.5 * cells.side[0]).all(1)
    share = math.exp(float(found.log_share.max()))
    assert float(inside.double().mean()) == pytest.approx(share, abs=4.0 * (share / 20_000) ** 0.5)
    volume = float(cells.side[0].log().sum())
    assert float(found.log_density(best.unsqueeze(0))) == pytest.approx(math.log(share) - volume)
    assert math.isinf(float(found.log_density(best.unsqueeze(0) + 10.0)))


def test_that_the_proposal_draws_as_many_as_it_is_asked_for_from_every_part() -> None:
    mean = torch.tensor([-3.0, -3.0], dtype=torch.float64)
    wide = Wide(mean, torch.full_like(mean, -6.0), StandardNormal(2), hints(2)[0])
    z = wide.draw(1000, torch.Generator().manual_seed(0))
    assert z.shape == (1000, 2)
    for place, share in ((mean, 0.4), (torch.tensor([3.0, 3.0]), 0.2), (torch.zeros(2), 0.2)):
        assert float(((z - place).square().sum(1) < 1.5).double().mean()) > 0.5 * share
