"""Films: read back by the library that every player uses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.engine.files.animation import save_animation
from latentlab.engine.files.provenance import Provenance
from latentlab.errors import LabError

av = pytest.importorskip("av")

MADE = Provenance("walk", "tiny", "0123456789ab", z=(1.0, -2.0))
# Flat pictures: H.264 changes what is fine, not which picture is which.
GREYS = [np.full((7, 9), level, dtype=np.uint8) for level in (20, 90, 160, 230)]


def _decoded(path: Path) -> tuple[list[np.ndarray], float, dict[str, str]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return frames, float(stream.average_rate), dict(container.metadata)


def test_that_a_film_shows_the_pictures_in_order_at_their_rate(tmp_path: Path):
    path = save_animation(tmp_path / "a.mp4", GREYS, frames_per_second=1, provenance=MADE)
    frames, rate, _ = _decoded(path)
    assert rate == 1.0
    assert [round(float(frame.mean())) for frame in frames] == pytest.approx([20, 90, 160, 230], abs=3)


def test_that_small_pictures_become_large_and_sides_even(tmp_path: Path):
    path = save_animation(tmp_path / "a.mp4", GREYS, frames_per_second=1, provenance=MADE)
    height, width, _ = _decoded(path)[0][0].shape
    assert width >= 256
    assert height % 2 == width % 2 == 0


def test_that_colours_stay_what_they_are(tmp_path: Path):
    picture = np.zeros((8, 8, 3), dtype=np.uint8)
    picture[:, :4], picture[:, 4:] = (200, 30, 60), (20, 160, 90)
    path = save_animation(tmp_path / "a.mp4", [picture] * 4, frames_per_second=4, provenance=MADE)
    frame = _decoded(path)[0][0].astype(int)
    assert np.abs(frame[128, 40] - (200, 30, 60)).max() <= 8
    assert np.abs(frame[128, 220] - (20, 160, 90)).max() <= 8


def test_that_a_short_film_is_written_several_times_over(tmp_path: Path):
    path = save_animation(tmp_path / "a.mp4", GREYS, frames_per_second=8, provenance=MADE)
    frames, rate, _ = _decoded(path)
    assert len(frames) % 4 == 0
    assert len(frames) / rate >= 2.5


def test_that_a_film_says_where_it_comes_from(tmp_path: Path):
    path = save_animation(tmp_path / "a.mp4", GREYS, frames_per_second=2, provenance=MADE)
    told = json.loads(_decoded(path)[2]["comment"])
    assert (told["model"], told["z"]) == ("tiny", [1.0, -2.0])


def test_that_without_pyav_the_message_says_what_to_install_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(LabError, match="PyAV") as refused:
        save_animation(tmp_path / "a.mp4", GREYS, frames_per_second=2, provenance=MADE)
    assert "latentlab-desktop[video]" in (refused.value.hint or "")
    assert not list(tmp_path.iterdir())


def test_that_an_existing_film_is_kept_unless_told_otherwise(tmp_path: Path):
    path = tmp_path / "a.mp4"
    Image.new("L", (4, 4)).save(path, "PNG")
    before = path.read_bytes()
    with pytest.raises(LabError, match="already exists"):
        save_animation(path, GREYS, frames_per_second=2, provenance=MADE)
    assert path.read_bytes() == before


def test_that_a_film_that_plays_once_is_written_once(tmp_path: Path):
    path = save_animation(tmp_path / "a.mp4", GREYS, frames_per_second=20, provenance=MADE, once=True)
    assert len(_decoded(path)[0]) == len(GREYS)
