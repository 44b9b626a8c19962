"""The points in their look: hidden ones gone, those not found dimmed, and very many thinned while moving."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.qt.controllers.points.look import Look
from latentlab.qt.views.latent_plane import scatter as parts
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.scatter import Scatter, dress, place, seen_in
from latentlab.qt.views.latent_plane.ticks import label, spaced_ticks

PLANE = Projection.pair(0, 1, 2)
INK = 0xFF3F90DA


def encodings(count: int) -> EncodingsReply:
    mean = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    return EncodingsReply(1, mean, np.ones_like(mean), count)


def look(count: int, **masks: np.ndarray) -> Look:
    return Look(np.full(count, INK, dtype=np.uint32), **masks)


def test_that_hidden_points_are_gone_and_those_not_found_dimmed_beneath() -> None:
    rows = np.arange(40)
    placed = place(encodings(40), look(40), PLANE)
    assert (len(placed.shown), placed.dimmed) == (40, None)
    dressed = dress(placed, look(40, shown=rows < 30, found=rows % 2 == 0))
    assert dressed.shown.row.tolist() == list(range(0, 30, 2))
    assert dressed.dimmed is not None
    assert dressed.dimmed.row.tolist() == list(range(1, 30, 2))
    pixels = parts.rendered(dressed, Camera(width=200, height=200), 1.0)
    bright = (pixels == INK).sum()
    assert 0 < bright < (pixels != 0).sum()
    alone = parts.rendered(
        dress(placed, look(40, shown=dressed_only(40, dressed.shown.row))), Camera(width=200, height=200), 1.0
    )
    assert ((pixels == INK) >= (alone == INK)).all(), "nothing dimmed lies over what is found"


def dressed_only(count: int, rows: np.ndarray) -> np.ndarray:
    mask = np.zeros(count, dtype=bool)
    mask[rows] = True
    return mask


def test_that_a_look_of_more_pictures_than_are_encoded_yet_is_taken_from_the_first() -> None:
    placed = place(encodings(10), look(25, shown=np.arange(25) != 3), PLANE)
    assert placed.shown.row.tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_that_very_many_points_are_thinned_while_the_view_moves_and_whole_at_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "_MOST_MOVING", 100)
    scatter, camera = Scatter(), Camera(width=300, height=300)
    scatter.take(place(encodings(1000), look(1000), PLANE))
    assert scatter.many
    counts = []
    for moving in (True, False):
        scatter._image = None
        scatter.image(camera, 1.0, moving=moving)
        counts.append(int((scatter._pixels != 0).sum()))
    assert counts[0] < 0.5 * counts[1]
    assert scatter.placed is not None
    kept = seen_in(scatter.placed, (camera, 1.0, False))
    scatter.take(kept)
    image = scatter.image(camera, 1.0, moving=True)
    assert scatter.image(camera, 1.0, moving=False) is image, "what was rendered for rest is kept"


@pytest.mark.parametrize("width", [60, 150, 400, 1600])
@pytest.mark.parametrize("span", [1e-6, 0.03, 8.0, 4e5])
def test_that_the_numbers_of_an_axis_never_touch(width: int, span: float) -> None:
    low, high = 1.0 - 0.5 * span, 1.0 + 0.5 * span
    found = spaced_ticks(low, high, width, lambda text: 7 * len(text))
    step = found[1] - found[0] if len(found) > 1 else span
    ends = [((value - low) / span * width, 3.5 * len(label(value, step))) for value in found]
    gaps = [(b - half_b) - (a + half_a) for (a, half_a), (b, half_b) in pairwise(ends)]
    assert all(gap > 4 for gap in gaps)
    assert found or width < 150
