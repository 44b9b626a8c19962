"""What a plane shows of a mixture prior: quantiles, level lines, density, and the KL of each dimension."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from latentlab.core import gaussian
from latentlab.engine.inference.evidence import Evidence
from latentlab.engine.inference.moments import Marginals, Moments
from latentlab.engine.inference.true_posterior import why_no_ladder
from latentlab.engine.rendering.known_figures import figures_of
from latentlab.engine.rendering.prior_plane import (
    facts_of,
    log_prior_in_plane,
    prior_edge,
    prior_lines,
    quantile_axes,
)
from latentlab.engine.rendering.projection import Projection
from latentlab.errors import LabError
from latentlab.models.base import has_kl
from latentlab.models.mixture_prior import MixturePrior
from latentlab.models.priors import StandardNormal
from latentlab.models.registry import build
from latentlab.models.with_prior import with_prior
from tests.engine.test_prior import some_prior
from tests.tiny import CONFIG

OBLIQUE = Projection((0.6, 0.8, 0.0), (0.0, 0.0, 1.0))


def normal(dimensions: int) -> MixturePrior:
    """A mixture that is N(0, I)."""
    return MixturePrior(1, dimensions)


def apart() -> MixturePrior:
    """Two narrow Gaussians far apart in the plane."""
    prior = MixturePrior(2, 2)
    prior.mean.copy_(torch.tensor([[-3.0, 0.0], [3.0, 0.0]]))
    prior.root.mul_(0.5)
    return prior


def test_that_quantiles_are_those_of_the_marginal_in_any_direction() -> None:
    ours = quantile_axes(normal(3), OBLIQUE, 7, 5)
    for found, wanted in zip(ours, quantile_axes(StandardNormal(3), OBLIQUE, 7, 5), strict=True):
        assert torch.allclose(found, wanted, atol=1e-6)
    prior = some_prior(4, 3)
    drawn = prior.draw(200_000, torch.Generator().manual_seed(0)).double()
    across, _ = quantile_axes(prior, OBLIQUE, 4, 4)
    shares = (drawn @ torch.tensor(OBLIQUE.across, dtype=torch.float64)).unsqueeze(1) < across
    assert shares.double().mean(0).tolist() == pytest.approx([1 / 8, 3 / 8, 5 / 8, 7 / 8], abs=0.01)


def test_that_the_density_on_a_plane_is_the_marginal() -> None:
    axis = torch.linspace(-2.0, 2.0, 9, dtype=torch.float64)
    ours = log_prior_in_plane(normal(3), OBLIQUE, axis, axis)
    theirs = log_prior_in_plane(StandardNormal(3), OBLIQUE, axis, axis)
    assert ours is not None
    assert theirs is not None
    assert torch.allclose(ours, theirs)
    line = Projection.pair(0, 0, 1)
    flat = log_prior_in_plane(normal(1), line, axis, axis)
    assert flat is not None
    assert flat.shape == (1, 9)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_that_as_much_is_expected_as_within_three_sigma(dimensions: int) -> None:
    plane = Projection.pair(0, 1, dimensions)
    found = prior_edge(normal(dimensions), plane)
    assert found == pytest.approx(prior_edge(StandardNormal(dimensions), plane), abs=0.4)


def test_that_the_lines_of_one_normal_are_its_circles() -> None:
    lines = prior_lines(normal(3), OBLIQUE)
    radii = [np.hypot(*np.array(line).T) for line in lines]
    assert [float(radius.mean()) for radius in radii] == pytest.approx([1.0, 2.0, 3.0], abs=0.12)
    assert all(float(radius.std()) < 0.02 for radius in radii)


def test_that_groups_far_apart_have_lines_of_their_own() -> None:
    facts = facts_of(_model(apart()))
    assert len(facts.contours) == 6
    assert {math.copysign(1, line[0][0]) for line in facts.contours} == {-1.0, 1.0}
    # The mean of the mixture is a hole; the probe begins where the density is high.
    assert abs(facts.middle[0]) == pytest.approx(3.0)
    assert facts.formula == "mixture of 2 Gaussians"
    assert not facts.standard
    assert not facts.stands_in


def test_that_of_more_dimensions_the_lines_wait_for_a_plane() -> None:
    prior = some_prior(3, 3)
    assert prior_lines(prior, Projection.pair(0, 2, 3)) != prior_lines(prior, Projection.pair(0, 1, 3)) != ()


def _model(prior: MixturePrior, kind: str = "vae") -> torch.nn.Module:
    config = {**vars(CONFIG), "latents": prior.dimensions}
    return with_prior(build(kind, config), prior).eval()


# --- KL of each dimension, and models whose codes are points ---


def test_that_the_kl_of_a_dimension_is_that_to_its_marginal() -> None:
    draw = torch.Generator().manual_seed(0)
    mean, log_variance = torch.randn(50, 3, generator=draw), 0.5 * torch.randn(50, 3, generator=draw)
    found = Marginals(normal(3)).kl_from(mean, log_variance)
    assert torch.allclose(found.float(), gaussian.kl_per_dimension(mean, log_variance), atol=1e-3)
    prior, z = some_prior(4, 3), 1.5 * torch.randn(20, 3, generator=draw)
    table = Marginals(prior).log_density(z)
    for j, row in enumerate(torch.eye(3, dtype=torch.float64)):
        exact = prior.projected(row.unsqueeze(0)).log_density(z[:, j : j + 1].double())
        assert torch.allclose(table[:, j], exact, rtol=0.02, atol=0.02)


def test_that_moments_are_measured_against_the_prior_of_the_model() -> None:
    mean, log_variance = np.zeros((4, 2), np.float32), np.zeros((4, 2), np.float32)
    for prior, kl in ((StandardNormal(2), 0.0), (normal(2), 0.0)):
        moments = Moments(prior)
        moments.add(mean, log_variance)
        assert moments.summary().kl_per_dimension == pytest.approx((kl, kl), abs=1e-3)
    moments = Moments(apart())
    moments.add(mean, log_variance)
    far, near = moments.summary().kl_per_dimension
    assert far > 3.0 > near


def test_that_points_are_not_measured_against_a_prior() -> None:
    model = _model(some_prior(3, 2), "ae")
    assert not has_kl(model)
    assert "elbo" not in figures_of(model)
    assert "kl" not in figures_of(model)
    assert "reconstruction" in figures_of(model)
    assert "codes are points" in why_no_ladder(model)
    with pytest.raises(LabError, match="points"):
        Evidence(model)


@pytest.mark.slow
def test_that_a_ladder_under_a_mixture_agrees_with_the_integral() -> None:
    wide = some_prior(3, 2)
    wide.root.mul_(2.0)
    model = _model(wide)
    *_, ladder = Evidence(model).ladder(torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert ladder.quadrature is not None
    # An encoder that has learnt nothing: its draws are a bound, those of the prior an estimate.
    assert ladder.importance[5000].value < ladder.quadrature + 0.1
    assert ladder.naive.value == pytest.approx(ladder.quadrature, abs=0.3)
    assert ladder.elbo.value <= ladder.quadrature + 3 * ladder.elbo.error
