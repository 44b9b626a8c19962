"""Lines, arcs and grids."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from latentlab.core import latent

T = torch.linspace(0, 1, 13)
finite = st.floats(-5, 5, width=32)


def same_length(n: int = 5):
    sizes = st.integers(1, n)
    return sizes.flatmap(lambda k: st.tuples(*[st.lists(finite, min_size=k, max_size=k)] * 2))


@given(same_length())
def test_that_both_ways_begin_and_end_at_their_ends(ends):
    a, b = torch.tensor(ends[0]), torch.tensor(ends[1])
    for way in (latent.lerp, latent.slerp):
        path = way(a, b, T)
        assert path.shape == (13, len(a))
        assert path.dtype == torch.float32
        torch.testing.assert_close(path[0], a, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(path[-1], b, atol=1e-5, rtol=1e-5)


@given(same_length())
def test_that_lerp_is_even_and_straight(ends):
    a, b = torch.tensor(ends[0]), torch.tensor(ends[1])
    torch.testing.assert_close(latent.lerp(a, b, T), a + T.unsqueeze(-1) * (b - a), atol=1e-5, rtol=1e-5)


@given(same_length())
def test_that_slerps_radius_goes_steadily_from_one_to_the_other(ends):
    a, b = torch.tensor(ends[0]), torch.tensor(ends[1])
    cosine = torch.nn.functional.cosine_similarity(a.double(), b.double(), dim=0).item()
    assume(a.norm() > 1e-3 and b.norm() > 1e-3 and abs(cosine) < 1 - 1e-11)
    radii = latent.slerp(a, b, T).norm(dim=-1)
    torch.testing.assert_close(radii, a.norm() + T * (b.norm() - a.norm()), atol=1e-4, rtol=1e-4)


def test_that_slerp_turns_by_equal_angles():
    a, b = torch.tensor([2.0, 0.0, 0.0]), torch.tensor([-0.5, 0.5, 1.0])
    path = torch.nn.functional.normalize(latent.slerp(a, b, T), dim=-1)
    turns = torch.acos((path[1:] * path[:-1]).sum(-1).clamp(-1, 1))
    total = torch.acos(torch.dot(path[0], path[-1])).item()
    torch.testing.assert_close(turns, torch.full((12,), total / 12), atol=1e-3, rtol=0)


def test_that_slerp_of_a_quarter_turn_is_the_circle():
    path = latent.slerp(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), T)
    angle = T * math.pi / 2
    torch.testing.assert_close(path, torch.stack([angle.cos(), angle.sin()], -1))


@pytest.mark.parametrize("tilt", [1e-2, 1e-3, 1e-4, 1e-5, 3e-6])
def test_that_nearly_opposite_ends_keep_the_radius(tilt):
    a, b = torch.tensor([1.0, 0.0, 0.3]), -torch.tensor([1.0, tilt, 0.3])
    radii = latent.slerp(a, b, T).norm(dim=-1)
    low, high = sorted([a.norm().item(), b.norm().item()])
    assert low - 1e-5 <= radii.min().item() <= radii.max().item() <= high + 1e-5


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1.0, 2.0], [-1.0, -2.0]),
        ([0.1, 0.3], [-0.17, -0.51]),
        ([0.0, 0.0], [1.0, 1.0]),
        ([1.0, 1.0], [0.0, 0.0]),
        ([0.0, 0.0], [0.0, 0.0]),
        ([1.0, 2.0], [2.0, 4.0]),
    ],
    ids=["opposite", "opposite-by-rounding", "from-zero", "to-zero", "nowhere", "same-direction"],
)
def test_that_slerp_falls_back_to_the_line_where_no_arc_is_defined(a, b):
    a, b = torch.tensor(a), torch.tensor(b)
    torch.testing.assert_close(latent.slerp(a, b, T), latent.lerp(a, b, T), atol=1e-5, rtol=1e-5)


def test_that_the_quantile_axis_has_the_known_quantiles():
    expected = torch.tensor(
        [-1.2815515655446004, -0.5244005127080407, 0.0, 0.5244005127080407, 1.2815515655446004],
        dtype=torch.float64,
    )
    torch.testing.assert_close(latent.quantile_axis(5), expected, atol=1e-12, rtol=0)
    assert latent.quantile_axis(1).tolist() == [0.0]


@given(st.integers(1, 60))
def test_that_quantile_cells_have_equal_prior_mass(n):
    mass = torch.special.ndtr(latent.quantile_axis(n))
    torch.testing.assert_close(mass, (torch.arange(n, dtype=torch.float64) + 0.5) / n)


@given(st.floats(-10, 10), st.floats(0.01, 10), st.integers(1, 50))
def test_that_even_cells_fill_the_interval(low, width, n):
    axis = latent.even_axis(low, low + width, n)
    half = width / n / 2
    assert axis[0].item() - half == pytest.approx(low, abs=1e-9)
    assert axis[-1].item() + half == pytest.approx(low + width, abs=1e-9)
    if n > 1:
        torch.testing.assert_close(axis.diff(), torch.full((n - 1,), width / n, dtype=torch.float64))


def test_that_the_grid_is_read_like_a_page_with_the_largest_y_on_top():
    places = latent.grid(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10.0, 20.0]))
    assert places.tolist() == [[1, 20], [2, 20], [3, 20], [1, 10], [2, 10], [3, 10]]
