"""The aggregate posterior, in its space and through a plane, against torch's own distributions."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal

from latentlab.core import gaussian
from latentlab.core.density import Mixture, add_to_grid, aggregate, in_plane, joined, kernel_width, near

EVEN = (torch.linspace(-4.0, 4.0, 81), torch.linspace(-3.0, 3.0, 61))


def posteriors(seed: int, count: int, latents: int) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    mean = 1.5 * torch.randn(count, latents, generator=draw)
    return mean, 0.2 + torch.rand(count, latents, generator=draw)


def plane(seed: int, latents: int) -> tuple[Tensor, Tensor]:
    """Two orthonormal directions."""
    drawn = torch.randn(latents, 2, generator=torch.Generator().manual_seed(seed))
    rows = torch.linalg.qr(drawn).Q.T
    return rows[0], rows[1]


def mixture_of(mean: Tensor, sigma: Tensor) -> MixtureSameFamily:
    return MixtureSameFamily(Categorical(mean.new_ones(len(mean))), Independent(Normal(mean, sigma), 1))


def on_grid(mixture: Mixture, across: Tensor, up: Tensor, piece: int = 7) -> Tensor:
    density = torch.zeros(len(up), len(across))
    for first in range(0, len(mixture), piece):
        add_to_grid(density, slice(first, first + piece), mixture, across, up)
    return density


def places(across: Tensor, up: Tensor) -> Tensor:
    """(rows, columns, 2), the first row the lowest."""
    v, u = torch.meshgrid(up, across, indexing="ij")
    return torch.stack([u, v], -1)


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 6))
def test_that_the_density_is_that_of_a_mixture_in_torch_distributions(seed, count, latents):
    mean, sigma = (values.double() for values in posteriors(seed, count, latents))
    points = 2.0 * torch.randn(11, latents, generator=torch.Generator().manual_seed(seed)).double()
    found = aggregate(mean, sigma).log_density(points)
    torch.testing.assert_close(found, mixture_of(mean, sigma).log_prob(points), atol=1e-7, rtol=1e-9)


def test_that_a_picture_left_out_has_no_say_and_the_others_share_its_weight():
    mean, sigma = (values.double() for values in posteriors(3, 6, 4))
    whole = aggregate(mean, sigma)
    found = whole.log_density(mean, without=torch.arange(6))
    for number in range(6):
        others = [other for other in range(6) if other != number]
        expected = mixture_of(mean[others], sigma[others]).log_prob(mean[number])
        assert found[number].item() == pytest.approx(expected.item(), abs=1e-9)
    assert (found < whole.log_density(mean)).all()


def test_that_draws_are_those_of_the_posteriors():
    mean, sigma = posteriors(0, 2, 3)
    draw = torch.Generator().manual_seed(1)
    drawn = aggregate(mean, sigma).draws(torch.ones(20_000, dtype=torch.int64), draw)
    torch.testing.assert_close(drawn.mean(0), mean[1], atol=0.03, rtol=0)
    torch.testing.assert_close(drawn.std(0), sigma[1], atol=0.03, rtol=0)


def test_that_two_dimensions_seen_along_their_axes_are_the_aggregate_posterior_itself():
    mean, sigma = posteriors(5, 40, 2)
    seen = in_plane(mean, sigma, torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]))
    assert len(seen) == 40
    found = on_grid(seen, *EVEN).log()
    expected = mixture_of(mean.double(), sigma.double()).log_prob(places(*EVEN).reshape(-1, 2)).view(61, 81)
    torch.testing.assert_close(found.double(), expected, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("latents", [2, 3, 16])
def test_that_a_plane_shows_the_projected_posteriors_with_their_whole_covariances(latents):
    mean, sigma = posteriors(latents, 30, latents)
    across, up = plane(7, latents)
    seen = in_plane(mean, sigma, across, up)
    assert len(seen) > 30, "posteriors aslant to the plane must be correlated in it"
    assert seen.weight.sum().item() == pytest.approx(1.0, abs=1e-5)
    rows = torch.stack([across, up])
    covariance = rows @ torch.diag_embed(sigma.square()) @ rows.T
    exact = MixtureSameFamily(Categorical(torch.ones(30)), MultivariateNormal(mean @ rows.T, covariance))
    expected = exact.log_prob(places(*EVEN)).exp()
    found = on_grid(seen, *EVEN)
    assert (found - expected).abs().max() < 0.01 * expected.max()
    points = places(*EVEN).reshape(-1, 2)
    assert (seen.log_density(points).exp().view(61, 81) - expected).abs().max() < 0.01 * expected.max()


@pytest.mark.parametrize("rho", [0.005, 0.01, 0.011, 0.2, 0.21, 0.4, 0.41, 0.6, 0.61, 0.8])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_that_a_correlated_gaussian_is_off_by_two_percent_of_its_peak_at_most(rho, sign):
    # Directions at 45 degrees turn variances (1 + rho, 1 - rho) into variances 1 and a correlation.
    half = math.sqrt(0.5)
    sigma = torch.tensor([[1.0 + sign * rho, 1.0 - sign * rho]]).sqrt()
    seen = in_plane(torch.zeros(1, 2), sigma, torch.tensor([half, half]), torch.tensor([half, -half]))
    covariance = torch.tensor([[1.0, sign * rho], [sign * rho, 1.0]])
    expected = MultivariateNormal(torch.zeros(2), covariance).log_prob(places(*EVEN)).exp()
    assert (on_grid(seen, *EVEN) - expected).abs().max() <= 0.02 * expected.max()


def test_that_a_prior_seen_through_any_plane_is_a_standard_normal():
    across, up = plane(11, 5)
    seen = in_plane(torch.zeros(3, 5), torch.ones(3, 5), across, up)
    expected = gaussian.standard_log_density(places(*EVEN))
    torch.testing.assert_close(on_grid(seen, *EVEN).log(), expected, atol=1e-4, rtol=1e-4)


def test_that_one_dimension_alone_makes_all_rows_alike():
    mean, sigma = posteriors(2, 12, 1)
    seen = in_plane(mean, sigma, torch.tensor([1.0]), torch.tensor([0.0]))
    found = on_grid(seen, *EVEN)
    assert (found == found[:1]).all()
    expected = mixture_of(mean, sigma).log_prob(EVEN[0].unsqueeze(-1))
    torch.testing.assert_close(found[0].log(), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("place", [0.0, 0.03, 0.05])
def test_that_a_posterior_far_narrower_than_a_cell_does_not_slip_between_two(place):
    seen = in_plane(
        torch.full((1, 2), place),
        torch.full((1, 2), 1e-4),
        torch.tensor([1.0, 0.0]),
        torch.tensor([0.0, 1.0]),
    )
    across = torch.arange(-20, 21) * 0.1
    mass = on_grid(seen, across, across).sum() * 0.1 * 0.1
    assert mass.item() == pytest.approx(1.0, abs=0.05)


def test_that_parts_joined_are_what_they_were_together():
    mean, sigma = posteriors(6, 30, 4)
    across, up = plane(2, 4)
    whole = in_plane(mean, sigma, across, up)
    parts = [in_plane(mean[some], sigma[some], across, up) for some in (slice(0, 7), slice(7, 30))]
    both = joined(parts, (7, 23))
    torch.testing.assert_close(on_grid(both, *EVEN), on_grid(whole, *EVEN), atol=1e-7, rtol=1e-4)
    own = torch.arange(30)
    points = torch.zeros(30, 2)
    torch.testing.assert_close(both.log_density(points, own), whole.log_density(points, own))


def test_that_what_is_left_out_beside_a_box_is_not_missed_in_it():
    mean, sigma = posteriors(4, 200, 2)
    whole = in_plane(8.0 * mean, 0.1 * sigma, torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]))
    some = near(whole, torch.tensor([-4.0, -3.0]), torch.tensor([4.0, 3.0]))
    assert 0 < len(some) < 100
    torch.testing.assert_close(on_grid(some, *EVEN), on_grid(whole, *EVEN), atol=1e-12, rtol=1e-4)


def test_that_the_mass_of_a_grid_is_one():
    mean, sigma = posteriors(9, 25, 6)
    across = torch.linspace(-12.0, 12.0, 241)
    density = on_grid(in_plane(mean, sigma, *plane(3, 6)), across, across)
    assert (density.sum() * 0.1 * 0.1).item() == pytest.approx(1.0, abs=1e-3)


def test_that_the_width_of_a_kernel_is_scotts_and_never_nothing():
    points = torch.randn(400, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 3.0])
    torch.testing.assert_close(kernel_width(points), points.std(0, correction=0) * 400 ** (-1 / 6))
    assert (kernel_width(torch.zeros(5, 3)) > 0).all()
    assert (kernel_width(torch.tensor([[0.0, 0.0], [1.0, 0.0]])) > 0).all()


def test_that_posteriors_that_are_the_prior_give_the_prior_even_far_away():
    points = torch.tensor([[0.0, 0.0], [1.0, -2.0], [300.0, 400.0]], dtype=torch.float64)
    found = aggregate(torch.zeros(5, 2), torch.ones(5, 2)).log_density(points)
    torch.testing.assert_close(found, gaussian.standard_log_density(points))


def test_that_narrow_posteriors_far_from_the_origin_keep_their_digits():
    mean = torch.tensor([[1000.0, -1000.0]], dtype=torch.float64)
    one = aggregate(mean, torch.full((1, 2), 1e-3, dtype=torch.float64))
    peak = one.log_density(mean).item()
    assert peak == pytest.approx(-gaussian.LOG_2PI - 2.0 * math.log(1e-3))
    assert one.log_density(mean + 1e-3).item() == pytest.approx(peak - 1.0, abs=1e-6)
