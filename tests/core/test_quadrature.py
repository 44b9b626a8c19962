"""The quadrature against closed forms: wide and narrow peaks, several of them, one and two dimensions."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.core.gaussian import log_density
from latentlab.core.quadrature import Cells, grid, integrate, without_nothing


def box(dimensions: int, count: int, f, reach: float = 6.0) -> Cells:
    edge = torch.full((dimensions,), reach, dtype=torch.float64)
    middle, side = grid(-edge, edge, count)
    return Cells(middle, side, f(middle))


def peaks(*each: tuple[float, tuple[float, ...], float]):
    """Weighted Gaussians: weight, mean, sigma."""

    def f(z: torch.Tensor) -> torch.Tensor:
        return torch.stack([
            math.log(weight)
            + log_density(z, torch.tensor(mean, dtype=z.dtype), torch.full_like(z, 2.0 * math.log(sigma)))
            for weight, mean, sigma in each
        ]).logsumexp(0)  # fmt: skip

    return f


@pytest.mark.parametrize("sigma", [1.0, 0.3, 0.1, 0.03])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_that_a_gaussian_integrates_to_its_weight(sigma: float, dimensions: int) -> None:
    f = peaks((5.0, (0.37, -1.21)[:dimensions], sigma))
    found = integrate(f, box(dimensions, 64, f))
    assert found.log_integral == pytest.approx(math.log(5.0), abs=2e-3)
    assert float(found.share.sum()) == pytest.approx(1.0)
    mean = (found.share.unsqueeze(1) * found.middle).sum(0)
    assert mean.tolist() == pytest.approx((0.37, -1.21)[:dimensions], abs=0.05 * sigma + 1e-3)


def test_that_a_peak_far_narrower_than_a_cell_is_found_where_it_is_looked_for() -> None:
    f = peaks((1.0, (2.0, 1.0), 0.5), (3.0, (-1.234, 0.777), 0.004))
    near = torch.tensor([[-1.234, 0.777]], dtype=torch.float64)
    found = integrate(f, box(2, 64, f), near=near, width=torch.full_like(near, 0.004))
    assert found.log_integral == pytest.approx(math.log(4.0), abs=2e-3)


def test_that_peaks_far_apart_all_count() -> None:
    f = peaks((1.0, (-4.0, 0.0), 0.08), (2.0, (4.0, 3.0), 0.05), (0.5, (0.0, -4.0), 0.2))
    assert integrate(f, box(2, 64, f)).log_integral == pytest.approx(math.log(3.5), abs=3e-3)


def test_that_the_cells_always_fill_the_box_and_their_number_keeps_its_bound() -> None:
    f = peaks((1.0, (0.1, 0.2), 0.02))
    found = integrate(f, box(2, 20, f), most=2000)
    assert float(found.side.prod(1).sum()) == pytest.approx(144.0)
    assert len(found.middle) <= 400 + 2000


def test_that_what_is_next_to_nothing_may_be_left_out_but_not_where_a_peak_is_looked_for() -> None:
    f = peaks((1.0, (2.0, 1.0), 0.1), (3.0, (-1.234, 0.777), 0.004))
    near = torch.tensor([[-1.234, 0.777]], dtype=torch.float64)
    some = without_nothing(box(2, 64, f), near)
    assert len(some.middle) < 64**2 // 4
    found = integrate(f, some, near=near, width=torch.full_like(near, 0.004))
    assert found.log_integral == pytest.approx(math.log(4.0), abs=2e-3)
