"""Grids over planes of many dimensions, traversals, and what the encodings say of each dimension."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from latentlab.core import gaussian
from latentlab.engine.inference.moments import Moments
from latentlab.engine.rendering.drawing import CHUNK
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.grids import GridRequest, UnderlayRequest
from latentlab.engine.rendering.requests.opening import EncodeRequest, LoadRequest
from latentlab.engine.rendering.requests.points import PointRequest, TraversalRequest
from latentlab.errors import LabError
from tests.engine.conftest import replies
from tests.tiny import CONFIG, save_tiny_model, toy_set

Z = (0.5, -0.25, 1.0, 0.125, -1.5)
VALUES = (-3.0, 0.0, 3.0)


@pytest.fixture
def wide(renderer: Renderer, tmp_path) -> Renderer:
    """A renderer with a model of five dimensions open."""
    path = save_tiny_model(tmp_path / "5d.safetensors", dataclasses.replace(CONFIG, latents=5))
    replies(renderer, LoadRequest(1, str(path), "toy"))
    return renderer


def turned() -> Projection:
    rows, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 2)))
    return Projection(tuple(rows[:, 0].tolist()), tuple(rows[:, 1].tolist()))


@pytest.mark.parametrize("plane", [Projection.pair(3, 1, 5), turned()], ids=["pair", "turned"])
@pytest.mark.parametrize("kind", [GridRequest, UnderlayRequest])
def test_that_each_cell_is_the_base_moved_within_the_plane(wide: Renderer, plane: Projection, kind) -> None:
    request = kind(7, 4, 3, (-2.0, 2.0, -1.0, 3.0), projection=plane, base=Z)
    last = replies(wide, request)[-1]
    assert (last.projection, last.base) == (plane, Z)
    for row, column in np.ndindex(3, 4):
        z = plane.place(Z, last.across[column], last.up[2 - row])
        (point,) = replies(wide, PointRequest(1, z))
        cell = last.mosaic[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        assert np.abs(cell.astype(int) - point.picture).max() <= 1


def test_that_the_standard_plane_of_two_dimensions_makes_the_same_grid_as_none(renderer: Renderer) -> None:
    plain = replies(renderer, GridRequest(1, 6, 5))[-1]
    standard = Projection.pair(0, 1, 2)
    asked = replies(renderer, GridRequest(2, 6, 5, projection=standard, base=(0.0, 0.0)))[-1]
    assert np.array_equal(plain.mosaic, asked.mosaic)


def test_that_a_model_of_one_dimension_has_a_grid_of_one_row(renderer: Renderer, tmp_path) -> None:
    path = save_tiny_model(tmp_path / "1d.safetensors", dataclasses.replace(CONFIG, latents=1))
    replies(renderer, LoadRequest(1, str(path), "toy"))
    line = Projection.pair(0, 1, 1)
    last = replies(renderer, GridRequest(1, 5, 1, projection=line, base=(0.0,)))[-1]
    for column, u in enumerate(last.across):
        (point,) = replies(renderer, PointRequest(1, (u,)))
        cell = last.mosaic[:, 8 * column : 8 * column + 8]
        assert np.abs(cell.astype(int) - point.picture).max() <= 1
    encodings = replies(renderer, EncodeRequest(1))[-1]
    assert encodings.components is None
    assert len(encodings.kl_per_dimension) == len(encodings.spread) == 1


def test_that_a_traversal_moves_one_dimension_and_lets_others_go_between(wide: Renderer) -> None:
    steps = list(wide.serve(TraversalRequest(3, Z, (4, 0), VALUES)))
    assert [(step.generation, step.dimension, step.done) for step in steps] == [(3, 4, False), (3, 0, True)]
    for step in steps:
        assert step.strip.shape == (8, 24)
        for number, value in enumerate(VALUES):
            z = (*Z[: step.dimension], value, *Z[step.dimension + 1 :])
            (point,) = replies(wide, PointRequest(1, z))
            picture = step.strip[:, 8 * number : 8 * number + 8]
            assert np.abs(picture.astype(int) - point.picture).max() <= 1
    assert len(VALUES) < CHUNK


@pytest.mark.parametrize("dimension", [-1, 5])
def test_that_a_dimension_that_is_not_there_is_told(wide: Renderer, dimension: int) -> None:
    with pytest.raises(LabError, match=f"no dimension {dimension}"):
        replies(wide, TraversalRequest(1, Z, (dimension,), VALUES))


def test_that_a_traversal_comes_after_everything_but_the_encodings() -> None:
    assert UnderlayRequest.priority < TraversalRequest.priority < EncodeRequest.priority


def test_that_the_last_encodings_tell_what_each_dimension_says(wide: Renderer) -> None:
    wide.opened.data = toy_set("test", 5000)
    told = replies(wide, EncodeRequest(2))
    assert all(not reply.kl_per_dimension and reply.components is None for reply in told[:-1])
    last = told[-1]
    mean, log_variance = torch.from_numpy(last.mean), 2 * torch.from_numpy(last.sigma).log()
    kl = gaussian.kl_per_dimension(mean, log_variance).mean(0)
    assert last.kl_per_dimension == pytest.approx(kl.tolist(), rel=1e-3, abs=1e-5)
    assert last.spread == pytest.approx(last.mean.std(0).tolist(), rel=1e-3)


def test_that_the_components_are_orthonormal_and_the_directions_of_widest_spread() -> None:
    generator = np.random.default_rng(1)
    turn, _ = np.linalg.qr(generator.normal(size=(6, 6)))
    spread = np.array([3.0, 2.0, 0.5, 0.4, 0.3, 0.2])
    cloud = (generator.normal(size=(4000, 6)) * spread @ turn.T + 5.0).astype(np.float32)
    moments = Moments()
    for part in np.array_split(cloud, 7):
        moments.add(np.ascontiguousarray(part), np.zeros_like(part))
    rows = np.array(moments.summary().components)
    assert rows @ rows.T == pytest.approx(np.eye(2), abs=1e-9)
    assert abs(rows[0] @ turn[:, 0]) > 0.99
    assert abs(rows[1] @ turn[:, 1]) > 0.99
    assert (rows[np.arange(2), np.abs(rows).argmax(1)] > 0).all(), "the sign must repeat"


def test_that_an_autoencoders_point_masses_leave_the_spread_to_tell() -> None:
    moments = Moments()
    cloud = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    moments.add(cloud, np.full_like(cloud, -np.inf))
    whole = moments.summary()
    assert whole.kl_per_dimension == (float("inf"),) * 3
    assert whole.spread == pytest.approx(cloud.std(0).tolist(), rel=1e-4)
    assert whole.components is not None


def test_that_encodings_that_are_not_finite_have_no_components() -> None:
    moments = Moments()
    moments.add(np.full((4, 3), np.nan, np.float32), np.zeros((4, 3), np.float32))
    assert moments.summary().components is None
