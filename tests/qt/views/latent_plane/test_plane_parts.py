"""The arithmetic of the plane: cameras, clouds of points and ticks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud, diameter_for, splat, stamp
from latentlab.qt.views.latent_plane.ticks import label, ticks

places = st.floats(-100, 100)
cameras = st.builds(
    Camera,
    x=places,
    y=places,
    scale=st.floats(5, 5000),
    width=st.integers(50, 3000),
    height=st.integers(50, 3000),
)


def cloud_of(points: list[tuple[float, float]], inks: list[int] | None = None) -> Cloud:
    inks = inks or [0xFF000000 + number + 1 for number in range(len(points))]
    return Cloud.of(
        np.asarray(points, dtype=np.float32).reshape(-1, 2),
        np.asarray(inks, dtype=np.uint32),
    )


@given(cameras, places, places)
def test_that_a_place_is_found_again_at_its_pixel(camera: Camera, x: float, y: float) -> None:
    assert camera.to_plane(*camera.to_pixel(x, y)) == pytest.approx((x, y), abs=1e-6)


@given(cameras, st.floats(0.1, 10), st.floats(0, 3000), st.floats(0, 3000))
def test_that_zooming_keeps_the_place_under_the_mouse(
    camera: Camera, factor: float, left: float, top: float
) -> None:
    before = camera.to_plane(left, top)
    after = camera.zoomed(factor, left, top).to_plane(left, top)
    assert after == pytest.approx(before, abs=1e-5)


@given(cameras, st.floats(-500, 500), st.floats(-500, 500))
def test_that_panning_moves_the_plane_with_the_hand(camera: Camera, right: float, down: float) -> None:
    x, y = camera.to_plane(10, 20)
    assert camera.panned(right, down).to_pixel(x, y) == pytest.approx((10 + right, 20 + down), abs=1e-3)


@given(cameras)
def test_that_a_fitted_camera_shows_all_of_the_region(camera: Camera) -> None:
    left, right, bottom, top = camera.fitted((-3.0, 1.0, -2.0, 5.0)).region
    assert left <= -3.0 + 1e-6
    assert right >= 1.0 - 1e-6
    assert bottom <= -2.0 + 1e-6
    assert top >= 5.0 - 1e-6


def test_that_zooming_stops_at_both_ends() -> None:
    camera = Camera()
    for _ in range(200):
        camera = camera.zoomed(2.0, 0, 0)
    assert camera.scale == 200_000.0
    for _ in range(200):
        camera = camera.zoomed(0.5, 0, 0)
    assert camera.scale == 2.0


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("diameter", [1, 3, 4])
def test_that_a_dot_lies_around_its_place(ratio: float, diameter: int) -> None:
    camera = Camera(x=0.3, y=-0.2, scale=50, width=100, height=80)
    pixels = splat(cloud_of([(0.5, 0.1)]), camera, ratio, diameter)
    assert pixels.shape == (80 * ratio, 100 * ratio)
    rows, columns = np.nonzero(pixels)
    left, top = camera.to_pixel(0.5, 0.1)
    assert columns.mean() + 0.5 == pytest.approx(left * ratio, abs=0.75)
    assert rows.mean() + 0.5 == pytest.approx(top * ratio, abs=0.75)
    assert np.ptp(rows) + 1 <= diameter
    assert np.ptp(columns) + 1 <= diameter


def test_that_dots_outside_leave_no_ink_and_dots_at_the_edge_are_cut() -> None:
    camera = Camera(x=0, y=0, scale=10, width=20, height=20)
    far = cloud_of([(x, y) for x, y in itertools.product((-5.0, 0.0, 5.0), repeat=2) if (x, y) != (0, 0)])
    assert not splat(far, camera, 1.0, 4).any()
    for x, y in ((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)):
        assert splat(cloud_of([(x, y)]), camera, 1.0, 5).any()


def test_that_an_empty_cloud_is_an_empty_picture_with_nothing_near() -> None:
    empty = cloud_of([])
    assert not splat(empty, Camera(), 1.0, 3).any()
    assert empty.nearest(0.0, 0.0) is None


def test_that_no_rim_covers_a_core() -> None:
    camera = Camera(x=0, y=0, scale=1, width=40, height=40)
    inks = [0xFFAA0000, 0xFF00AA00]
    pixels = splat(cloud_of([(0.0, 0.0), (4.0, 0.0)], inks), camera, 1.0, 4)
    _, core = stamp(4)
    assert (pixels == 0xFFAA0000).sum() == len(core)
    assert (pixels == 0xFF00AA00).sum() == len(core)


@given(st.lists(st.tuples(places, places), min_size=1, max_size=40), places, places)
def test_that_the_nearest_point_is_the_nearest(points: list[tuple[float, float]], x: float, y: float) -> None:
    cloud = cloud_of(points)
    found = cloud.nearest(x, y)
    assert found is not None
    gaps = np.hypot(cloud.x - np.float32(x), cloud.y - np.float32(y))
    assert found[1] == pytest.approx(float(gaps.min()), rel=1e-3, abs=1e-3)


def test_that_a_hidden_point_is_neither_drawn_nor_found() -> None:
    points = np.asarray([(0.0, 0.0), (1.0, 1.0)], dtype=np.float32)
    inks = np.asarray([0xFF111111, 0xFF222222], dtype=np.uint32)
    cloud = Cloud.of(points, inks).only(np.asarray([False, True]))
    assert cloud.nearest(0.0, 0.0) == (1, pytest.approx(2**0.5))
    assert not (splat(cloud, Camera(), 1.0, 3) == 0xFF111111).any()


def test_that_more_points_are_smaller_dots() -> None:
    assert diameter_for(10_000, 1) > diameter_for(70_000, 1) > diameter_for(1_000_000, 1) >= 1
    assert diameter_for(10_000, 2) == 2 * diameter_for(10_000, 1)


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e5), st.integers(1, 20))
def test_that_ticks_are_even_inside_and_not_too_many(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most + 1
    assert all(low - 1e-6 * span <= value <= low + span + 1e-6 * span for value in found)
    gaps = np.diff(found)
    assert np.allclose(gaps, gaps[:1] if len(gaps) else 0, rtol=1e-3, atol=1e-9)


def test_that_tick_labels_have_the_decimals_of_their_step() -> None:
    assert [label(value, 0.5) for value in (-0.5, 0.0, 0.5)] == ["\N{MINUS SIGN}0.5", "0.0", "0.5"]
    assert label(-0.0001, 1.0) == "0"
    assert label(20.0, 10.0) == "20"
