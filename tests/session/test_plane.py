"""Which plane a state shows, and that moving within it changes nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.engine.rendering.projection import Projection
from latentlab.session.plane import axis_names, pair_of, paired, projection_of, shows_components
from latentlab.session.state import COMPONENTS, PAIR, PlaneSettings

NUMBER = st.floats(-10, 10)


@st.composite
def turned(draw: st.DrawFn) -> Projection:
    """A plane that lies in no way along the axes."""
    latents = draw(st.integers(2, 9))
    generator = np.random.default_rng(draw(st.integers(0, 999)))
    rows, _ = np.linalg.qr(generator.normal(size=(latents, 2)))
    return Projection(tuple(rows[:, 0].tolist()), tuple(rows[:, 1].tolist()))


PLANES = st.one_of(
    turned(),
    st.integers(3, 9).flatmap(
        lambda latents: st.permutations(range(latents)).map(
            lambda order: Projection.pair(order[0], order[1], latents)
        )
    ),
)


@given(PLANES, NUMBER, NUMBER, st.data())
def test_that_a_place_in_the_plane_is_found_there_and_the_rest_is_kept(
    plane: Projection, u: float, v: float, data: st.DataObject
) -> None:
    z = data.draw(st.tuples(*[NUMBER] * plane.latents))
    moved = plane.place(z, u, v)
    assert plane.to_plane(moved) == pytest.approx((u, v), abs=1e-9)
    assert plane.rest(moved) == pytest.approx(plane.rest(z), abs=1e-9)


@given(PLANES, st.data())
def test_that_many_points_are_projected_as_each_is(plane: Projection, data: st.DataObject) -> None:
    cloud = data.draw(st.lists(st.tuples(*[NUMBER] * plane.latents), min_size=1, max_size=5))
    flat = plane.project(np.array(cloud, dtype=np.float32))
    assert flat == pytest.approx(np.array([plane.to_plane(z) for z in cloud]), abs=1e-4)


def test_that_along_two_axes_coordinates_go_through_to_the_last_bit() -> None:
    plane = Projection.pair(2, 0, 3)
    z = plane.place((0.1, 0.2, 0.3), 1 / 3, 1e-30)
    assert z == (1e-30, 0.2, 1 / 3)
    assert plane.to_plane(z) == (1 / 3, 1e-30)


def test_that_with_one_dimension_the_second_coordinate_is_nought_whatever_is_wished() -> None:
    line = Projection.pair(0, 1, 1)
    assert line.flat
    assert line.place((0.5,), 2.0, 7.0) == (2.0,)
    assert line.to_plane((2.0,)) == (2.0, 0.0)
    assert line.project(np.ones((3, 1), np.float32)).tolist() == [[1.0, 0.0]] * 3


@given(turned(), st.data())
def test_that_the_shadow_of_a_gaussian_has_its_covariance(plane: Projection, data: st.DataObject) -> None:
    sigma = data.draw(st.tuples(*[st.floats(0.01, 3)] * plane.latents))
    one, two, angle = plane.ellipse(sigma)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rows = np.array([plane.across, plane.up])
    expected = rows @ np.diag(np.square(sigma)) @ rows.T
    assert turn @ np.diag([one**2, two**2]) @ turn.T == pytest.approx(expected, abs=1e-6)
    assert Projection.pair(1, 0, 2).ellipse((0.1, 0.2)) == (0.2, 0.1, 0.0)


@pytest.mark.parametrize(
    ("latents", "components", "names"),
    [
        (1, None, ("z₁", "")),
        (2, ((0.0, 1.0), (1.0, 0.0)), ("z₁", "z₂")),
        (3, ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0)), ("PC 1", "PC 2")),
        (3, None, ("z₁", "z₂")),
        (3, ((0.0, 1.0), (1.0, 0.0)), ("z₁", "z₂")),
    ],
)
def test_that_unless_chosen_the_components_are_shown_where_two_axes_are_not_everything(
    latents: int, components, names: tuple[str, str]
) -> None:
    assert axis_names(projection_of(PlaneSettings(), latents, components)) == names


def test_that_a_chosen_pair_is_shown_and_one_that_does_not_exist_is_not() -> None:
    assert axis_names(projection_of(PlaneSettings(PAIR, 11, 4), 12)) == ("z₁₂", "z₅")
    assert pair_of(PlaneSettings(PAIR, 11, 4), 6) == (0, 1)
    assert shows_components(PlaneSettings(COMPONENTS), 2)
    assert not shows_components(PlaneSettings(PAIR), 9)


def test_that_a_dimension_takes_an_axis_and_changes_places_where_it_has_the_other() -> None:
    plane = PlaneSettings(PAIR, 3, 5)
    assert paired(plane, 9, 7, across=True) == PlaneSettings(PAIR, 7, 5)
    assert paired(plane, 9, 7, across=False) == PlaneSettings(PAIR, 3, 7)
    assert paired(plane, 9, 5, across=True) == PlaneSettings(PAIR, 5, 3)
    assert paired(plane, 9, 3, across=False) == PlaneSettings(PAIR, 5, 3)
    assert paired(PlaneSettings(), 9, 4, across=False) == PlaneSettings(PAIR, 0, 4)
