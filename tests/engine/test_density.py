"""The density of encoded pictures, piece by piece, as the window asks for it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from latentlab.core.density import aggregate
from latentlab.core.gaussian import standard_log_density
from latentlab.data import catalog
from latentlab.engine.rendering import density as engine
from latentlab.engine.rendering.density import Density
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.grids import (
    DensityMapReply,
    DensityMapRequest,
    ProbeDensityReply,
    ProbeDensityRequest,
)
from latentlab.engine.rendering.requests.opening import EncodeRequest
from latentlab.models.priors import Prior, StandardNormal
from tests.engine.conftest import replies
from tests.engine.test_render_follow import follow, snapshots
from tests.tiny import toy_set

REGION = (-3.0, 3.0, -2.0, 2.0)
NORMAL = StandardNormal(2)
FLAT = Projection.pair(0, 1, 2)


def posteriors(count: int = 400, latents: int = 2, seed: int = 0):
    """Two groups of pictures with a gap between them."""
    draw = np.random.default_rng(seed)
    mean = 0.3 * draw.normal(size=(count, latents)).astype(np.float32)
    mean[::2, 0] += 2.0
    mean[1::2, 0] -= 2.0
    return mean, (0.1 + 0.1 * draw.random((count, latents))).astype(np.float32)


def map_of(
    known: Density, projection: Projection = FLAT, region=REGION, prior: Prior | None = NORMAL
) -> list[DensityMapReply]:
    request = DensityMapRequest(4, 60, 40, region, projection)
    return [reply for reply in known.map(request, prior) if reply is not None]


def at(known: Density, *z: float) -> ProbeDensityReply:
    *_, reply = known.at(ProbeDensityRequest(5, z))
    return reply


def test_that_the_map_of_two_dimensions_is_the_aggregate_posterior_and_the_prior():
    mean, sigma = posteriors()
    (found,) = map_of(Density(mean, sigma))
    assert (found.generation, found.region, found.projection, found.done) == (4, REGION, FLAT, True)
    assert found.pictures == 400
    u = torch.linspace(-2.95, 2.95, 60, dtype=torch.float64)
    v = torch.linspace(1.95, -1.95, 40, dtype=torch.float64)
    places = torch.stack(torch.meshgrid(v, u, indexing="ij")[::-1], -1)
    expected = aggregate(torch.from_numpy(mean), torch.from_numpy(sigma)).log_density(places.view(-1, 2))
    np.testing.assert_allclose(found.log_density, expected.view(40, 60).clamp(min=-87.0), atol=1e-3)
    np.testing.assert_allclose(found.log_prior, standard_log_density(places), atol=1e-5)


def test_that_a_gap_between_two_groups_is_told_as_one():
    (found,) = map_of(Density(*posteriors()))
    middle, beside = found.log_density[20, 30], found.log_density[20, 50]
    assert middle < found.levels[-1] < found.levels[0] < beside + 1.0
    assert middle < found.log_prior[20, 30] - 5.0, "the prior has mass there and the data have none"
    assert list(found.levels) == sorted(found.levels, reverse=True)


def test_that_a_plane_of_many_dimensions_shows_the_projected_density():
    mean, sigma = posteriors(latents=5)
    across, up = (
        tuple(map(float, row)) for row in np.linalg.qr(np.random.default_rng(1).normal(size=(5, 2)))[0].T
    )
    known = Density(mean, sigma)
    (found,) = (reply for reply in map_of(known, Projection(across, up)) if reply.done)
    rows = torch.tensor([across, up])
    covariance = rows @ torch.diag_embed(torch.from_numpy(sigma).square()) @ rows.T
    exact = torch.distributions.MultivariateNormal(torch.from_numpy(mean) @ rows.T, covariance)
    u, v = torch.linspace(-2.95, 2.95, 60), torch.linspace(1.95, -1.95, 40)
    places = torch.stack(torch.meshgrid(v, u, indexing="ij")[::-1], -1)
    expected = exact.log_prob(places.unsqueeze(2)).exp().mean(-1).numpy()
    assert np.abs(np.exp(found.log_density) - expected).max() < 0.02 * expected.max()


def test_that_many_pictures_give_a_coarse_map_first_in_many_small_pieces():
    pieces = list(Density(*posteriors(8000)).map(DensityMapRequest(1, 60, 40, REGION, FLAT), NORMAL))
    assert pieces.count(None) > 20
    coarse, fine = (piece for piece in pieces if piece is not None)
    assert (coarse.done, coarse.log_density.shape) == (False, (13, 20))
    assert (fine.done, fine.log_density.shape) == (True, (40, 60))
    assert np.abs(np.exp(coarse.log_density[6, 3]) - np.exp(fine.log_density[18:21, 9:12]).mean()) < 0.05


def test_that_another_region_of_the_same_plane_needs_no_new_levels():
    known = Density(*posteriors())
    first = len(list(known.map(DensityMapRequest(1, 60, 40, REGION, FLAT), NORMAL)))
    second = list(known.map(DensityMapRequest(2, 60, 40, (0.0, 1.0, 0.0, 1.0), FLAT), NORMAL))
    assert len(second) < first
    assert second[-1].region == (0.0, 1.0, 0.0, 1.0)


def test_that_a_region_without_any_pictures_is_empty_and_not_an_error():
    (found,) = map_of(Density(*posteriors()), region=(50.0, 60.0, 50.0, 60.0))
    assert (found.log_density == -87.0).all()


def test_that_more_pictures_than_can_be_shown_are_spread_out_and_the_reply_says_of_how_many(monkeypatch):
    monkeypatch.setattr(engine, "MOST_SHOWN", 150)
    monkeypatch.setattr(engine, "MOST_AT_PROBE", 100)
    mean, sigma = posteriors()
    known, third = Density(mean, sigma), Density(mean[::3], sigma[::3])
    (some,), (all_,) = map_of(known), map_of(third)
    assert some.pictures == all_.pictures == 134
    np.testing.assert_array_equal(some.log_density, all_.log_density)
    assert at(known, 2.0, 0.0).pictures == 100
    aslant = Projection((0.6, 0.8), (0.8, -0.6))
    assert 2 <= map_of(known, aslant)[-1].pictures < 134


def test_that_a_probe_among_the_pictures_is_not_far_and_one_beyond_them_is():
    known = Density(*posteriors())
    among, gap, beyond = at(known, 2.0, 0.0), at(known, 0.0, 0.0), at(known, 9.0, 9.0)
    assert (among.generation, among.z, among.pictures) == (5, (2.0, 0.0), 400)
    assert not among.far
    assert gap.far
    assert beyond.far
    assert among.usual == gap.usual == beyond.usual
    assert among.lower > 0.1
    assert gap.lower < 0.01
    assert beyond.lower == 0.0


@pytest.mark.parametrize("latents", [2, 20])
def test_that_one_in_a_hundred_new_pictures_is_called_far(latents):
    mean, sigma = posteriors(3000, latents)
    known = Density(mean[:2000], sigma[:2000])
    draw = np.random.default_rng(3)
    fresh = mean[2000:] + sigma[2000:] * draw.normal(size=(1000, latents)).astype(np.float32)
    share = np.mean([at(known, *map(float, z)).far for z in fresh])
    assert 0.002 <= share <= 0.03


def test_that_an_encoder_of_points_has_a_kernel_and_without_a_prior_nothing_to_compare_with():
    mean, _ = posteriors()
    known = Density(mean, np.zeros_like(mean))
    (found,) = map_of(known, prior=None)
    assert found.log_prior is None
    assert found.log_density[20, 50] > found.log_density[20, 30]
    assert at(known, 9.0, 9.0).far
    assert not at(known, 2.0, 0.0).far


class Square:
    """Uniform over [-1, 1]^2, but twice as likely where the first number is positive."""

    dimensions, formula = 2, "a lopsided square"

    def draw(self, count, generator=None):
        raise NotImplementedError

    def log_density(self, z):
        inside = (z.abs() <= 1.0).all(-1)
        return torch.where(inside, torch.where(z[..., 0] > 0, 2.0, 1.0).div(6.0).log(), -torch.inf)


def test_that_holes_are_those_of_the_models_own_prior():
    (found,) = map_of(Density(*posteriors()), prior=Square())
    assert found.log_prior[20, 32] == pytest.approx(np.log(1 / 3)), "u > 0"
    assert found.log_prior[20, 28] == pytest.approx(np.log(1 / 6)), "u < 0"
    assert found.log_prior[0, 0] <= -87.0, "outside"
    (turned,) = map_of(Density(*posteriors()), Projection.pair(1, 0, 2), prior=Square())
    assert turned.log_prior[18, 32] == pytest.approx(np.log(1 / 3)), "the first number runs up"
    assert turned.log_prior[22, 32] == pytest.approx(np.log(1 / 6))
    cube = Square()
    cube.dimensions = 3
    (of_a_slice,) = map_of(Density(*posteriors(latents=3)), Projection.pair(0, 1, 3), prior=cube)
    assert of_a_slice.log_prior is None, "its projection is not known"


def test_that_a_single_latent_makes_columns():
    mean, sigma = posteriors(latents=1)
    (found,) = map_of(Density(mean, sigma), Projection.pair(0, 0, 1))
    assert (found.log_density == found.log_density[:1]).all()
    assert found.log_prior[0, 30] == pytest.approx(-0.92, abs=0.01)


@pytest.mark.parametrize("spoilt", [np.nan, np.inf])
def test_that_nothing_is_said_where_the_places_are_no_numbers(spoilt):
    mean, sigma = posteriors()
    mean[7, 1] = spoilt
    known = Density(mean, sigma)
    assert map_of(known) == []
    assert at(known, 0.0, 0.0).log_density is None
    assert not at(known, 0.0, 0.0).far


def test_that_a_point_or_a_plane_of_another_model_is_not_answered_wrongly():
    known = Density(*posteriors())
    assert at(known, 1.0, 2.0, 3.0).log_density is None
    assert map_of(known, Projection.pair(0, 1, 3)) == []


def test_that_the_renderer_answers_once_all_pictures_have_their_places(renderer: Renderer):
    probe, plane = ProbeDensityRequest(1, (0.0, 0.0)), DensityMapRequest(2, 20, 10, REGION, FLAT)
    assert replies(renderer, plane) == []
    assert replies(renderer, probe)[0].log_density is None
    encodings = replies(renderer, EncodeRequest(3))[-1]
    (found,) = replies(renderer, probe)
    whole = aggregate(torch.from_numpy(encodings.mean), torch.from_numpy(encodings.sigma))
    expected = whole.log_density(torch.zeros(1, 2))
    assert found.log_density == pytest.approx(expected.item(), abs=1e-6)
    (shown,) = replies(renderer, plane)
    assert (shown.log_density.shape, shown.pictures) == ((10, 20), 64)


def test_that_the_map_follows_a_training(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    run, before, after = snapshots(tmp_path)
    renderer, plane = Renderer(), DensityMapRequest(2, 20, 10, REGION, Projection.pair(0, 1, 3))
    maps = []
    for step, theta in enumerate((before, after)):
        list(renderer.serve(follow(run, theta, step)))
        maps += replies(renderer, plane)
    assert [found.pictures for found in maps] == [64, 64]
    assert not np.allclose(maps[0].log_density, maps[1].log_density)
