"""Walks that move: exact frames, right times, for ever."""

from __future__ import annotations

import errno
import os
import tempfile
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from latentlab.engine.files.animation import ANIMATION_FORMATS, estimated_bytes, save_animation
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.files.video import VIDEO_SUFFIX
from latentlab.errors import LabError

LOSSLESS = [suffix for suffix in ANIMATION_FORMATS if suffix != VIDEO_SUFFIX]
MADE = Provenance("walk", "tiny", "0123456789ab")
_NOISE = np.random.default_rng(0)
GREY = [_NOISE.integers(0, 256, (6, 8), dtype=np.uint8) for _ in range(4)]
COLOUR = [_NOISE.integers(0, 256, (6, 8, 3), dtype=np.uint8) for _ in range(4)]


def _play(path: Path, mode: str) -> list[tuple[bytes, int]]:
    """(pixels, milliseconds) of each stored frame."""
    frames = []
    with Image.open(path) as film:
        for number in range(getattr(film, "n_frames", 1)):
            film.seek(number)
            film.load()
            frames.append((film.convert(mode).tobytes(), round(film.info.get("duration", 0))))
    return frames


@pytest.mark.parametrize("ending", LOSSLESS)
@settings(max_examples=25, deadline=None)
@given(
    order=st.lists(st.integers(0, 3), min_size=2, max_size=9), rate=st.sampled_from([1, 7, 12, 24, 30, 50])
)
def test_that_grey_frames_are_exact_in_order_and_in_time(ending: str, order: list[int], rate: int):
    frames = [GREY[number] for number in order]
    with tempfile.TemporaryDirectory() as folder:
        path = save_animation(Path(folder, f"a{ending}"), frames, frames_per_second=rate, provenance=MADE)
        played = _play(path, "L")
    runs = [(number, len(list(same))) for number, same in groupby(order)]
    assert [pixels for pixels, _ in played] == [GREY[number].tobytes() for number, _ in runs]
    if len(runs) > 1:  # what does not move is a still picture, which has no time
        tick = 10 if ending == ".gif" else 1
        for (_, stay), (_, count) in zip(played, runs, strict=True):
            assert abs(stay - 1000 * count / rate) <= tick
        assert abs(sum(stay for _, stay in played) - 1000 * len(order) / rate) <= tick / 2


@pytest.mark.parametrize("ending", [".webp", ".apng", ".png"])
def test_that_colour_frames_are_exact(tmp_path: Path, ending: str):
    path = save_animation(tmp_path / f"a{ending}", COLOUR, frames_per_second=10, scale=2, provenance=MADE)
    expected = [frame.repeat(2, 0).repeat(2, 1).tobytes() for frame in COLOUR]
    assert [pixels for pixels, _ in _play(path, "RGB")] == expected


def test_that_frames_that_differ_in_one_level_of_one_pixel_are_kept(tmp_path: Path):
    frames = [np.zeros((6, 8), dtype=np.uint8) for _ in range(3)]
    frames[1][2, 3] = 1
    for ending in LOSSLESS:
        path = save_animation(tmp_path / f"a{ending}", frames, frames_per_second=10, provenance=MADE)
        assert [pixels for pixels, _ in _play(path, "L")] == [frame.tobytes() for frame in frames]


@pytest.mark.parametrize("ending", LOSSLESS)
def test_that_it_loops_for_ever(tmp_path: Path, ending: str):
    path = save_animation(tmp_path / f"a{ending}", GREY, frames_per_second=10, provenance=MADE)
    with Image.open(path) as film:
        assert film.is_animated
        assert film.info["loop"] == 0


@pytest.mark.parametrize("ending", LOSSLESS)
def test_that_a_single_frame_is_a_picture(tmp_path: Path, ending: str):
    path = save_animation(tmp_path / f"a{ending}", GREY[:1], frames_per_second=10, provenance=MADE)
    assert [pixels for pixels, _ in _play(path, "L")] == [GREY[0].tobytes()]


@pytest.mark.parametrize(
    ("name", "frames", "rate", "scale", "reason"),
    [
        ("a.avi", GREY, 10, 1, r"Known: \.webp"),
        ("a.gif", [], 10, 1, "no pictures"),
        ("a.gif", [GREY[0], GREY[1][:3]], 10, 1, "shapes"),
        ("a.gif", GREY, 51, 1, "0.5 to 50"),
        ("a.webp", GREY, 101, 1, "0.5 to 100"),
        ("a.webp", GREY, float("nan"), 1, "nan frames"),
        ("a.webp", GREY, 0, 1, "0 frames"),
        ("a.webp", GREY, 10, 0, "scale"),
        ("a.webp", GREY, 10, -3, "scale"),
        ("a.webp", [np.zeros((1000, 1000), np.uint8)] * 400, 10, 1, "too many"),
        ("a.webp", [np.zeros((10, 1000), np.uint8)], 10, 20, "WEBP"),
        ("missing/a.webp", GREY, 10, 1, "folder does not exist"),
    ],
    ids=range(12),
)
def test_that_a_wrong_wish_is_refused_and_nothing_written(tmp_path, name, frames, rate, scale, reason):
    with pytest.raises(LabError, match=reason):
        save_animation(tmp_path / name, frames, frames_per_second=rate, scale=scale, provenance=MADE)
    assert list(tmp_path.iterdir()) == []


def test_that_a_full_disk_leaves_the_old_file_and_no_temporary(tmp_path: Path, monkeypatch):
    path = tmp_path / "walk.webp"
    path.write_bytes(b"precious")

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LabError, match="No space left"):
        save_animation(path, GREY, frames_per_second=10, provenance=MADE, overwrite=True)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("ending", "loop"), [(".webp", 1), (".apng", 1), (".gif", None)])
def test_that_a_film_that_plays_once_says_so(tmp_path: Path, ending: str, loop: int | None):
    path = tmp_path / f"a{ending}"
    save_animation(path, GREY, frames_per_second=10, provenance=MADE, once=True)
    with Image.open(path) as film:
        assert film.info.get("loop") == loop
        assert film.n_frames == len(GREY)


@pytest.mark.parametrize("ending", LOSSLESS)
def test_that_the_size_of_a_file_is_known_roughly_before_it_is_made(tmp_path: Path, ending: str):
    place = np.hypot(*np.mgrid[-14:14, -14:14])
    frames = [np.uint8(255 * np.exp(-np.square(place - step) / 20)) for step in range(12)]
    path = save_animation(tmp_path / f"a{ending}", frames, frames_per_second=10, scale=8, provenance=MADE)
    about = estimated_bytes(ending, frames, range(12), 8)
    assert 0.4 < about / path.stat().st_size < 2.5
