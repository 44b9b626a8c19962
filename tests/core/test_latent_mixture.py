"""Mixtures over a latent space: densities against torch's, marginals, and the map from N(0, I)."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from latentlab.core.latent_mixture import LatentMixture


def mixture(components: int, dimensions: int, seed: int = 0) -> LatentMixture:
    draw = torch.Generator().manual_seed(seed)
    weights = torch.rand(components, generator=draw, dtype=torch.float64)
    mean = 3.0 * torch.randn(components, dimensions, generator=draw, dtype=torch.float64)
    root = 0.5 * torch.randn(components, dimensions, dimensions, generator=draw, dtype=torch.float64).tril()
    root.diagonal(dim1=1, dim2=2).abs_().add_(0.2)
    return LatentMixture(weights / weights.sum(), mean, root)


def in_torch(known: LatentMixture) -> MixtureSameFamily:
    return MixtureSameFamily(
        Categorical(known.weights), MultivariateNormal(known.mean, scale_tril=known.root)
    )


def points(count: int, dimensions: int, seed: int = 1) -> Tensor:
    return torch.randn(count, dimensions, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (5, 7)])
def test_that_log_densities_are_those_of_torch(size: tuple[int, int]) -> None:
    known, z = mixture(*size), 4.0 * points(50, size[1])
    assert torch.allclose(known.log_density(z), in_torch(known).log_prob(z), rtol=1e-10)
    assert known.log_density(z.view(5, 10, -1)).shape == (5, 10)


def test_that_a_marginal_is_the_density_of_projected_points() -> None:
    known = mixture(4, 5)
    directions = points(2, 5, seed=2)
    shown = known.projected(directions)
    covariance = directions @ (known.root @ known.root.mT) @ directions.T
    assert torch.allclose(shown.root @ shown.root.mT, covariance)
    assert bool((shown.root.diagonal(dim1=1, dim2=2) > 0).all())
    assert torch.allclose(shown.mean, known.mean @ directions.T)


def test_that_the_map_from_normal_gives_draws_of_the_mixture_and_goes_back() -> None:
    known, u = mixture(3, 3), points(4000, 3)
    z = known.from_normal(u)
    assert torch.allclose(known.to_normal(z), u, atol=1e-6)
    # Its expected log density and mean are those of its own draws.
    drawn = known.draw(40_000, torch.Generator().manual_seed(3))
    assert float(known.log_density(z).mean()) == pytest.approx(
        float(known.log_density(drawn).mean()), abs=0.05
    )
    assert torch.allclose(z.mean(0), drawn.mean(0), atol=0.15)


def test_that_the_density_is_that_of_the_map() -> None:
    """p(z) = N(u; 0, I) / |det dz/du|."""
    known, u = mixture(3, 2), points(1, 2)
    z = known.from_normal(u)
    jacobian = torch.autograd.functional.jacobian(lambda z: known.to_normal(z)[0], z)
    slope = jacobian[:, 0].det().abs().log()
    normal = -0.5 * (u.square().sum() + 2 * torch.log(torch.tensor(2 * torch.pi, dtype=torch.float64)))
    assert float(known.log_density(z)[0]) == pytest.approx(float(normal + slope), abs=1e-5)


def test_that_far_quantiles_keep_their_digits() -> None:
    known = mixture(2, 1)
    u = torch.tensor([[-8.0], [-5.0], [5.0], [8.0]], dtype=torch.float64)
    assert torch.allclose(known.to_normal(known.from_normal(u)), u, atol=1e-6)


def test_that_one_gaussian_is_mapped_linearly() -> None:
    known, u = mixture(1, 4), points(20, 4)
    assert torch.allclose(known.from_normal(u), known.mean + u @ known.root[0].T, atol=1e-8)


def test_that_a_smaller_count_gives_the_first_of_the_same_draws() -> None:
    known = mixture(5, 3)
    many = known.draw(100, torch.Generator().manual_seed(0))
    for count in (1, 2, 17):
        assert torch.equal(known.draw(count, torch.Generator().manual_seed(0)), many[:count])


def test_that_components_without_weight_are_never_drawn() -> None:
    known = LatentMixture(
        torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64),
        torch.tensor([[-9.0], [0.0], [9.0]], dtype=torch.float64),
        torch.full((3, 1, 1), 0.1, dtype=torch.float64),
    )
    assert float(known.draw(1000, torch.Generator().manual_seed(0)).abs().max()) < 1.0
    u = points(50, 1)
    assert torch.allclose(known.from_normal(u), 0.1 * u, atol=1e-9)
    assert torch.isfinite(known.log_density(u)).all()
